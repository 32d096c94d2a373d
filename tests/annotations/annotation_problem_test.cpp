// What the readers do with problems when they are to go on.
#include <boxfeed/annotations/coco.h>
#include <boxfeed/annotations/csv.h>
#include <boxfeed/annotations/voc.h>
#include <boxfeed/annotations/yolo.h>
#include <boxfeed/core/error.h>

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace boxfeed;
using Catch::Matchers::ContainsSubstring;
using Problems = std::vector<AnnotationProblem>;

TEST_CASE("a CSV is read without its bad rows, all of which are listed") {
  testing::TemporaryFolder folder;
  std::string text = "image,class,x,y,h,w\n";
  for (int i = 0; i < 60; ++i) {
    const std::string box = i % 2 == 0 ? "1,2,3,4" : "1,2,three,4";
    text += "a" + std::to_string(i) + ".jpg," + (i == 10 ? "cow" : "cat") + "," + box + "\n";
  }
  Problems problems;
  const auto table = read_csv(folder.write("d.csv", text + "short,cat\n"), CsvOptions().class_names({"cat"}), problems);
  CHECK(table.size() == 29);
  for (std::size_t i = 0; i < table.size(); ++i) CHECK(table.boxes(i)[0] == Box{1, 2, 5, 5});
  CHECK(table.name(5) == "a12.jpg");
  CHECK(table.class_names() == std::vector<std::string>{"cat"});
  REQUIRE(problems.size() == 32);
  CHECK(problems[0].line == 3);
  CHECK(problems[0].reason == Reason::kBadNumber);
  CHECK(problems[0].image == "a1.jpg");
  CHECK(problems[0].path == folder / "d.csv");
  CHECK(problems[0].text == "column \"h\" (5): expected a number, got \"three\"");
  CHECK(problems[5].line == 12);
  CHECK(problems[5].reason == Reason::kClassRange);
  CHECK(problems[5].image == "a10.jpg");
  CHECK(problems[30].line == 61);
  CHECK(problems[31].line == 62);
  CHECK(problems[31].reason == Reason::kColumnCount);
  CHECK_THROWS_AS(read_csv(folder.write("h.csv", "image,x,y,h\n"), {}, problems), AnnotationError);
  CHECK(problems.size() == 32);
}

TEST_CASE("a CSV of bad rows only is an empty table") {
  testing::TemporaryFolder folder;
  Problems problems;
  CHECK(read_csv(folder.write("d.csv", "image,x,y,h,w\na.jpg,1,2,3,\n"), {}, problems).empty());
  CHECK(problems.size() == 1);
}

TEST_CASE("VOC is read without its bad files and objects") {
  testing::TemporaryFolder folder;
  const auto object = [](const std::string& name, const std::string& xmin) {
    return "<object><name>" + name + "</name><bndbox><xmin>" + xmin +
           "</xmin><ymin>2</ymin><xmax>5</xmax><ymax>6</ymax></bndbox></object>\n";
  };
  folder.write("a.xml", "<annotation><filename>a.jpg</filename>\n" + object("cat", "1") + object("cow", "1") +
                            object("dog", "one") + object("dog", "3") + "</annotation>");
  folder.write("b.xml", "<annotation><filename>b.jpg</filen");
  folder.write("c.xml", "");
  Problems problems;
  const auto table = read_voc(folder.path().string(), VocOptions().class_names({"cat", "dog"}), problems);
  REQUIRE(table.size() == 1);
  CHECK(table.boxes(0).to_vector() == std::vector<Box>{{1, 2, 5, 6}, {3, 2, 5, 6}});
  CHECK(table.class_ids(0).to_vector() == std::vector<std::int32_t>{0, 1});
  CHECK(table.box_line(0, 1) == 5);
  REQUIRE(problems.size() == 4);
  CHECK(problems[0].reason == Reason::kBadNumber);
  CHECK(problems[0].line == 4);
  CHECK(problems[0].image == "a.jpg");
  CHECK(problems[1].path == folder / "b.xml");
  CHECK(problems[1].reason == Reason::kSyntax);
  CHECK(problems[2].path == folder / "c.xml");
  CHECK(problems[2].reason == Reason::kEmptyFile);
  CHECK(problems[3].reason == Reason::kClassRange);
  CHECK(problems[3].line == 3);
}

TEST_CASE("COCO is read without its bad images and objects") {
  testing::TemporaryFolder folder;
  Problems problems;
  const auto table = read_coco(folder.write("d.json", R"({"images": [{"id": 1, "file_name": "a.jpg"}, {"id": 2}],
    "categories": [{"id": 5, "name": "cat"}], "annotations": [
    {"image_id": 1, "category_id": 5, "bbox": [1, 2, 3, 4]}, {"image_id": 2, "category_id": 5, "bbox": [1, 2, 3, 4]},
    {"image_id": 1, "category_id": 6, "bbox": [1, 2, 3, 4]}, {"image_id": 1, "category_id": 5, "bbox": [1, 2, 3]}]})"),
                               {}, problems);
  REQUIRE(table.size() == 1);
  CHECK(table.boxes(0).to_vector() == std::vector<Box>{{1, 2, 4, 6}});
  REQUIRE(problems.size() == 3);
  CHECK_THAT(problems[0].text, ContainsSubstring("images[1]"));
  CHECK_THAT(problems[1].text, ContainsSubstring("annotations[2]"));
  CHECK_THAT(problems[2].text, ContainsSubstring("annotations[3]"));
  CHECK(problems[0].image.empty());
  CHECK(problems[2].image == "a.jpg");
  CHECK(table.remarks() == std::vector<std::string>{"1 object of images that are not in the list left out"});
}

TEST_CASE("YOLO is read without its bad lines") {
  testing::TemporaryFolder folder;
  folder.write("i/a.jpg", "");
  folder.write("l/a.txt", "0 0.5 0.5 1 1\n0 0.5 x 1 1\n1 0.5 0.5 0.5 0.5\n");
  folder.write("l/b.txt", "");
  Problems problems;
  const auto table = read_yolo(folder / "l", folder / "i", {}, problems);
  REQUIRE(table.size() == 1);
  CHECK(table.boxes(0).to_vector() == std::vector<Box>{{0, 0, 1, 1}, {0.25F, 0.25F, 0.75F, 0.75F}});
  REQUIRE(problems.size() == 2);
  CHECK(problems[0].line == 2);
  CHECK(problems[0].image == "a.jpg");
  CHECK(problems[1].path == folder / "l/b.txt");
}
