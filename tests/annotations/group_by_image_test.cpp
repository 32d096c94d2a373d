#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/annotations/csv.h>

#include <chrono>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace boxfeed;

TEST_CASE("rows of an image become one record, adjacent or not") {
  testing::TemporaryFolder folder;
  const auto table = group_by_image(read_csv(
      folder.write("d.csv",
                   "image,x,y,w,h,class\na,1,2,3,4,cat\nb,,,,,\na,5,6,7,8,dog\nc,9,9,9,9,cat\na,1,1,1,1,cat\n"),
      CsvOptions().background(true)));
  REQUIRE(table.size() == 3);
  CHECK(table.name(0) == "a");
  CHECK(table.name(1) == "b");
  CHECK(table.name(2) == "c");
  CHECK(table.boxes(0).to_vector() == std::vector<Box>{{1, 2, 4, 6}, {5, 6, 12, 14}, {1, 1, 2, 2}});
  CHECK(table.class_ids(0).to_vector() == std::vector<std::int32_t>{0, 1, 0});
  CHECK(table.boxes(1).empty());
  CHECK(table.line(0) == 2);
  CHECK(table.box_line(0, 1) == 4);
  CHECK(table.box_line(0, 2) == 6);
  CHECK(table.box_line(2, 0) == 5);
}

TEST_CASE("records of several boxes are joined with the line and the area of each") {
  AnnotationTableBuilder builder({"t.csv"});
  AnnotationRecord two, one;
  two.name = one.name = "a";
  two.boxes = {{0, 0, 1, 1}, {0, 0, 2, 2}};
  two.box_lines = {2, 3};
  two.areas = {7, 8};
  one.boxes = {{0, 0, 3, 3}};
  one.line = 5;
  one.areas = {9};
  builder.add(two);
  builder.add(one);
  two.box_lines = {6, 7};
  builder.add(two);
  const auto table = group_by_image(builder.build());
  REQUIRE(table.size() == 1);
  CHECK(table.boxes(0).size() == 5);
  CHECK(table.box_line(0, 1) == 3);
  CHECK(table.box_line(0, 2) == 5);
  CHECK(table.box_line(0, 4) == 7);
  CHECK(table.areas(0).to_vector() == std::vector<float>{7, 8, 9, 7, 8});
}

TEST_CASE("an image of two sizes is refused") {
  testing::TemporaryFolder folder;
  const auto table = read_csv(folder.write(
      "d.csv", "image,width,height,xmin,ymin,xmax,ymax\na,640,480,1,2,3,4\nb,1,1,0,0,1,1\na,480,640,1,2,3,4\n"));
  CHECK_THROWS_WITH(group_by_image(table),
                    Catch::Matchers::ContainsSubstring("d.csv:4: expected the image \"a\" to be 480 × 640 (height × "
                                                       "width) as in line 2, got 640 × 480 (height × width)"));
}

TEST_CASE("grouping takes linear time") {
  const auto seconds = [](std::size_t n) {
    AnnotationTableBuilder builder;
    AnnotationRecord record;
    record.boxes = {{0, 0, 1, 1}};
    for (std::size_t i = 0; i < n; ++i) {
      record.name = std::to_string(i % (n / 2));
      builder.add(record);
    }
    const auto table = builder.build();
    const auto start = std::chrono::steady_clock::now();
    CHECK(group_by_image(table).size() == n / 2);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  const double small = seconds(20'000), large = seconds(400'000);
  CHECK(large < 20 * small * 8 + 0.2);  // a quadratic one takes 400 times as long
}
