#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/annotations/csv.h>
#include <boxfeed/core/error.h>

#include <string>

#include "support/catch.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"

using namespace boxfeed;
using boxfeed::testing::bytes_of;

TEST_CASE("a table as CSV") {
  testing::TemporaryFolder folder;
  AnnotationTableBuilder builder({"t", false, {"cat, big", "dog"}});
  AnnotationRecord record;
  record.name = "a \"1\".jpg";
  record.boxes = {{1, 2, 3.5F, 4}, {5, 6, 7, 8}};
  record.class_ids = {1, 0};
  record.split = "val";
  record.image_size = ImageSize{50, 100};
  builder.add(record);
  record = {};
  record.name = "=b.jpg";
  record.image_size = ImageSize{5, 10};
  builder.add(record);
  write_csv(folder / "t.csv", builder.build());
  CHECK(bytes_of(folder / "t.csv") ==
        "image,image_width,image_height,split,class,xmin,ymin,xmax,ymax\n"
        "\"a \"\"1\"\".jpg\",100,50,\"val\",\"dog\",1,2,3.5,4\n"
        "\"a \"\"1\"\".jpg\",100,50,\"val\",\"cat, big\",5,6,7,8\n"
        "\"=b.jpg\",10,5,\"\",,,,,\n");
}

TEST_CASE("what is written as CSV is read as the same table") {
  testing::TemporaryFolder folder;
  AnnotationTableBuilder builder({"t", false, {"cat", "dog"}});
  AnnotationRecord record;
  for (int i = 0; i < 50; ++i) {
    record = {};
    record.name = " n" + std::to_string(i) + "\xFF,;.jpg ";
    for (int k = 0; k < i % 4; ++k) {
      const auto f = static_cast<float>(i * 10 + k);
      record.boxes.push_back({f / 7, f / 3, f / 7 + 1 / 3.0F, f * 1.1F + 1});
      record.class_ids.push_back((i + k) % 2);
      record.flags.push_back(static_cast<std::uint8_t>((i + k) % 4));
      record.keypoints.push_back({f / 9, -f, 1});
      record.keypoints.push_back({f, f / 11, 0});
      record.numbers.push_back(f * 1e-12F);
    }
    builder.add(record);
  }
  const auto table = builder.build();
  write_csv(folder / "t.csv", table);
  CHECK(group_by_image(read_csv(folder / "t.csv", CsvOptions().background(true))) == table);
}

TEST_CASE("what a CSV cannot hold is refused") {
  testing::TemporaryFolder folder;
  AnnotationTableBuilder newline, uneven, half_sized;
  AnnotationRecord record;
  record.name = "a\nb";
  newline.add(record);
  const auto refusal = [&](const AnnotationTable& table) {
    const auto error = testing::error_of([&] { write_csv(folder / "t.csv", table); });
    CHECK(error.reason() == Reason::kUnsupported);
    return std::string(error.what());
  };
  const std::string file = quoted(folder / "t.csv");
  CHECK(refusal(newline.build()) == "expected texts without the end of a line in " + file + R"(, got "a\x0ab")");
  record.name = "a";
  record.numbers = {1};
  uneven.add(record);
  record.numbers = {1, 2};
  uneven.add(record);
  CHECK(refusal(uneven.build()) == "expected equally many boxes, classes, keypoints and numbers for each object in " +
                                       file + R"(, got image "a" with another number)");
  record = {};
  record.name = "a";
  record.image_size = ImageSize{5, 10};
  half_sized.add(record);
  record.name = "b";
  record.image_size.reset();
  half_sized.add(record);
  CHECK(refusal(half_sized.build()) ==
        "expected the size of each image or of none in " + file + R"(, got image "b" without one)");
}
