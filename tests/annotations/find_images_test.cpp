#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/core/error.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace boxfeed;

namespace {

AnnotationTable table_of(const std::vector<std::string>& names, const std::string& source = {}) {
  AnnotationTableBuilder builder({"t", !source.empty()});
  AnnotationRecord record;
  record.source = source;
  for (const auto& name : names) {
    record.name = name;
    builder.add(record);
  }
  return builder.build();
}

/// The name that an image of this name is found under.
std::string found(const testing::TemporaryFolder& folder, const std::string& name, const std::string& source = {}) {
  return std::string(find_images(table_of({name}, source), folder / "images").name(0));
}

}  // namespace

TEST_CASE("names that mean an image that is there") {
  testing::TemporaryFolder folder;
  for (const std::string name : {"raccoon-1.JPG", "sub/b.jpg", "sub/c.v2.png", "other/d.jpg", "e.jpeg"}) {
    folder.write("images/" + name, "");
  }
  folder.write("images/notes.txt", "");
  CHECK(found(folder, "sub/b.jpg") == "sub/b.jpg");
  CHECK(found(folder, "raccoon-1.jpg") == "raccoon-1.JPG");
  CHECK(found(folder, "Raccoon-1.JPG") == "raccoon-1.JPG");
  CHECK(found(folder, "raccoon-1") == "raccoon-1.JPG");
  CHECK(found(folder, "sub\\b.jpg") == "sub/b.jpg");
  CHECK(found(folder, "C:\\data\\images\\sub\\b.jpg") == "sub/b.jpg");
  CHECK(found(folder, "/home/somebody/images/sub/b.jpg") == "sub/b.jpg");
  CHECK(found(folder, "b.jpg") == "sub/b.jpg");
  CHECK(found(folder, "c.v2") == "sub/c.v2.png");
  CHECK(found(folder, "e.png") == "e.jpeg");
  CHECK(found(folder, folder / "images/sub/b.jpg") == "sub/b.jpg");
  CHECK(found(folder, "wrong.jpg", "labels/e.xml") == "e.jpeg");
  // Another folder's image of the same name is another image.
  CHECK(found(folder, "train/d.jpg") == "train/d.jpg");
  CHECK(found(folder, "notes") == "notes");
  CHECK(found(folder, "") == "");
}

TEST_CASE("letters with marks are found in Unicode's other form") {
  testing::TemporaryFolder folder;
  folder.write("images/Wa\xCC\x88schba\xCC\x88r.jpg", "");              // letters and marks
  folder.write("images/\xEB\x84\x88\xEA\xB5\xAC\xEB\xA6\xAC.jpg", "");  // whole syllables
  CHECK(found(folder, "W\xC3\xA4schb\xC3\xA4r.jpg") == "Wa\xCC\x88schba\xCC\x88r.jpg");
  CHECK(found(folder, "\xE1\x84\x82\xE1\x85\xA5\xE1\x84\x80\xE1\x85\xAE\xE1\x84\x85\xE1\x85\xB5.jpg") ==
        "\xEB\x84\x88\xEA\xB5\xAC\xEB\xA6\xAC.jpg");
}

TEST_CASE("found names are told in one remark, and what fits several files stays and is told") {
  testing::TemporaryFolder folder;
  folder.write("images/a.JPG", "");
  folder.write("images/b.png", "");
  folder.write("images/x/c.jpg", "");
  folder.write("images/y/c.jpg", "");
  folder.write("images/d.jpg", "");
  folder.write("images/D.jpg", "");
  const auto table = find_images(table_of({"a.jpg", "b.jpg", "c.jpg", "d.jpg", "gone.jpg"}), folder / "images");
  CHECK(table.name(0) == "a.JPG");
  CHECK(table.name(1) == "b.png");
  CHECK(table.name(2) == "c.jpg");
  CHECK(table.name(3) == "d.jpg");
  CHECK(table.name(4) == "gone.jpg");
  CHECK(table.remarks() ==
        std::vector<std::string>{"2 images found under another name: \"a.jpg\" is \"a.JPG\"",
                                 "1 image not found, but several that fit: \"c.jpg\" may be \"x/c.jpg\" or \"y/c.jpg\"",
                                 "1 image not found: \"gone.jpg\"; there is \"D.jpg\" and 5 others"});
  CHECK(find_images(table_of({"a.jpg"}), folder / "images").remarks() ==
        std::vector<std::string>{"1 image found under another name: \"a.jpg\" is \"a.JPG\""});
  const auto same = table_of({"b.png"});
  CHECK(find_images(same, folder / "images").remarks().empty());
}

TEST_CASE("a folder that is not there cannot be listed") {
  testing::TemporaryFolder folder;
  CHECK_THROWS_AS(find_images(table_of({"a.jpg"}), folder / "none"), Error);
}

TEST_CASE("images are found in an archive, too") {
  testing::TemporaryFolder folder;
  folder.write("set/a.JPG", "x");
  folder.write("set/sub/b.jpg", "x");
  REQUIRE(std::system(("tar -C '" + folder.path().string() + "' -cf '" + (folder / "images") + "' set").c_str()) == 0);
  CHECK(found(folder, "a.jpg") == "a.JPG");
  CHECK(found(folder, "sub/b.jpg") == "sub/b.jpg");
  CHECK(found(folder, "/somewhere/sub/b.png") == "sub/b.jpg");
  CHECK(found(folder, "c.jpg") == "c.jpg");
}
