#include <boxfeed/annotations/voc.h>
#include <boxfeed/core/error.h>

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
  CHECK(table.box_line(1, 0) == 4);
  CHECK(table.box_line(1, 1) == 7);

  CHECK(read_voc(folder.path().string(), VocOptions().difficult(false)).boxes(1).size() == 1);
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
  CHECK(refusal("<annotation></annotation>").reason() == Reason::kSyntax);
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
