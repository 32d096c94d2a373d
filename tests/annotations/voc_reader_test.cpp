#include <boxfeed/annotations/voc.h>
#include <boxfeed/core/error.h>

#include <filesystem>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace boxfeed;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string object(const std::string& name, const std::string& box, const std::string& more = {}) {
  return "<object>\n<name>" + name + "</name>" + more + "<bndbox>" + box + "</bndbox>\n</object>\n";
}

std::string file(const std::string& image, const std::string& objects) {
  return "<annotation>\n<filename>" + image + "</filename>\n<size><width>100</width><height>50</height></size>\n" +
         objects + "</annotation>\n";
}

const std::string kBox = "<xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40.5</ymax>";

AnnotationError refusal(const std::string& xml) {
  testing::TemporaryFolder folder;
  folder.write("a.xml", xml);
  try {
    read_voc(folder.path().string());
  } catch (const AnnotationError& error) {
    return error;
  }
  FAIL("accepted: " << xml);
  return {Reason::kSyntax, "", 0, ""};
}

}  // namespace

TEST_CASE("a folder of VOC's files") {
  testing::TemporaryFolder folder;
  folder.write("b.xml", file("b.jpg", object("dog", kBox) + object(" cat ", kBox, "<difficult>1</difficult>")));
  folder.write("a.xml", file("a.jpg", ""));
  folder.write("notes.txt", "nothing");
  const auto table = read_voc(folder.path().string());
  REQUIRE(table.size() == 2);
  CHECK(table.name(0) == "a.jpg");
  CHECK(table.boxes(0).empty());
  CHECK(table.name(1) == "b.jpg");
  CHECK(table.image_size(1) == ImageSize{50, 100});
  CHECK(table.boxes(1)[0] == Box{1, 2, 30, 40.5F});
  CHECK(table.class_names() == std::vector<std::string>{"cat", "dog"});
  CHECK(table.class_ids(1).to_vector() == std::vector<std::int32_t>{1, 0});
  CHECK(table.flags(1).to_vector() == std::vector<std::uint8_t>{0, kDifficult});
  CHECK(table.place(1).annotation_path == folder / "b.xml");
  for (const std::string side : {"<width>100", "<height>50"}) {
    auto unknown = file("c.jpg", "");
    unknown.replace(unknown.find(side), side.size(), side.substr(0, side.find('>') + 1) + "0");
    testing::TemporaryFolder other;
    other.write("c.xml", unknown);
    CHECK_FALSE(read_voc(other.path().string()).image_size(0));
  }
  CHECK(table.box_line(1, 0) == 4);
  CHECK(table.box_line(1, 1) == 7);

  CHECK(read_voc(folder.path().string(), VocOptions().one_based(true)).boxes(1)[0] == Box{0, 1, 30, 40.5F});
  CHECK(read_voc(folder.path().string(), VocOptions().class_names({"dog", "cat"})).class_ids(1)[0] == 0);
  CHECK_THROWS_WITH(read_voc(folder.path().string(), VocOptions().class_names({"dog"})),
                    ContainsSubstring("b.xml:7: expected one of the 1 class names, got \"cat\""));
}

TEST_CASE("wrong XML files are named with their lines") {
  const auto cut = refusal("<annotation>\n<filename>a.jpg");
  CHECK(cut.reason() == Reason::kSyntax);
  CHECK(cut.line() == 2);
  CHECK(refusal("<html></html>").reason() == Reason::kSyntax);
  CHECK(refusal("no xml").reason() == Reason::kSyntax);
  const auto word = refusal(file("a.jpg", object("cat", "<xmin>1</xmin><ymin>two</ymin>")));
  CHECK(word.reason() == Reason::kBadNumber);
  CHECK(word.line() == 5);
  CHECK_THAT(word.what(), ContainsSubstring("a.xml:5: <ymin>: expected a number, got \"two\""));
  CHECK(refusal(file("a.jpg", "<object><name>cat</name></object>")).reason() == Reason::kSyntax);
  CHECK(refusal(file("a.jpg", object("", kBox))).reason() == Reason::kSyntax);
  CHECK(refusal("<annotation><filename>a</filename><size><width>-1</width></size></annotation>").reason() ==
        Reason::kBadNumber);
}

TEST_CASE("a folder without XML files, and no folder") {
  testing::TemporaryFolder folder;
  CHECK_THROWS_WITH(read_voc(folder.path().string()), ContainsSubstring("expected XML files in this folder, got none"));
  CHECK(read_voc(folder.path().string(), VocOptions().allow_empty(true)).empty());
  CHECK_THROWS_AS(read_voc(folder / "none"), Error);
}

TEST_CASE("lists of ImageSets say the split, or else the folders") {
  testing::TemporaryFolder folder;
  const auto annotation = [](const std::string& name) {
    return "<annotation><filename>" + name + "</filename></annotation>";
  };
  for (const std::string name : {"a", "b", "c", "d"})
    folder.write("Annotations/" + name + ".xml", annotation(name + ".jpg"));
  folder.write("ImageSets/Main/train.txt",
               "\xEF\xBB\xBF"
               "a\r\nb 1\n");
  folder.write("ImageSets/Main/val.txt", "c -1\n");
  folder.write("ImageSets/Main/cat_train.txt", "d\n");
  for (const std::string path : {"/Annotations", "/Annotations/", ""}) {
    CAPTURE(path);
    const auto table = read_voc(folder.path().string() + path);
    REQUIRE(table.size() == 4);
    CHECK(table.split(0) == "train");
    CHECK(table.split(1) == "train");
    CHECK(table.split(2) == "val");
    CHECK(table.split(3).empty());
  }
  testing::TemporaryFolder other;
  other.write("x/val/a.xml", annotation("a.jpg"));
  other.write("x/b.xml", annotation("set/train/b.jpg"));
  const auto own = read_voc(other / "x");
  REQUIRE(own.size() == 1);
  CHECK(own.split(0) == "train");
  CHECK(own.remarks() == std::vector<std::string>{"1 XML file in sub-folders passed over"});
  std::filesystem::remove(other.path() / "x/b.xml");
  const auto below = read_voc(other / "x");
  REQUIRE(below.size() == 1);
  CHECK(below.split(0) == "val");
  CHECK(below.place(0).annotation_path == other / "x/val/a.xml");
}

TEST_CASE("an XML file that names no image is named as itself, and hidden files are passed over") {
  testing::TemporaryFolder folder;
  folder.write("a.xml", "<annotation><filename/></annotation>");
  folder.write("._a.xml", std::string("\0\5\26\7", 4));
  folder.write(".trash/b.xml", "no");
  const auto table = read_voc(folder.path().string());
  REQUIRE(table.size() == 1);
  CHECK(table.name(0) == "a");
}

TEST_CASE("an object without a box has the box around its outline") {
  testing::TemporaryFolder folder;
  const auto read = [&](const std::string& shape) {
    folder.write("a.xml",
                 "<annotation><filename>a.jpg</filename><object><name>cat</name>" + shape + "</object></annotation>");
    return read_voc(folder.path().string(), VocOptions().one_based(true));
  };
  const auto table = read("<polygon><x1>10</x1><y1>20</y1><x2>30</x2><y2>25</y2><x3>15</x3><y3>60</y3></polygon>");
  CHECK(table.boxes(0).to_vector() == std::vector<Box>{{10, 20, 30, 60}});
  CHECK(table.remarks() == std::vector<std::string>{"1 object without a box: the box around its outline"});
  CHECK(read("<polygon><pt><x>1</x><y>2</y></pt><pt><x>3</x><y>1</y></pt><pt><x>2</x><y>7</y></pt></polygon>")
            .boxes(0)[0] == Box{1, 1, 3, 7});
  // 40 × 20 (width × height), turned by a right angle.
  const auto turned = read("<robndbox><cx>50</cx><cy>60</cy><w>40</w><h>20</h><angle>1.5707963</angle></robndbox>");
  CHECK(turned.boxes(0)[0].xmin == Approx(40));
  CHECK(turned.boxes(0)[0].ymin == Approx(40));
  CHECK(turned.boxes(0)[0].xmax == Approx(60));
  CHECK(turned.boxes(0)[0].ymax == Approx(80));
  CHECK_THROWS_WITH(read("<robndbox><cy>60</cy><w>40</w><h>20</h><angle>0</angle></robndbox>"),
                    ContainsSubstring("expected a box in <bndbox>"));
  CHECK_THROWS_WITH(read("<polygon><x1>10</x1><y1>20</y1></polygon>"), ContainsSubstring("expected a box in <bndbox>"));
}
