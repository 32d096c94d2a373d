#include "data/annotation_files.h"

#include <boxfeed/core/error.h>

#include <string>

#include "support/catch.h"
#include "support/temporary_folder.h"

using boxfeed::testing::TemporaryFolder;
using localization::AnnotationFiles;
using localization::read_annotations;

namespace {

const std::string kXml = "<annotation><filename>a.jpg</filename></annotation>";
const std::string kCoco = R"({"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [], "categories": []})";

AnnotationFiles coco(const std::string& path) {
  AnnotationFiles files;
  files.coco = path;
  return files;
}

AnnotationFiles voc(const std::string& path) {
  AnnotationFiles files;
  files.voc = path;
  return files;
}

AnnotationFiles yolo(const std::string& path) {
  AnnotationFiles files;
  files.yolo = path;
  return files;
}

}  // namespace

TEST_CASE("the images of a CSV are in its folder unless it is said where else") {
  const TemporaryFolder folder;
  AnnotationFiles files;
  files.csv = folder.write("d/a.csv", "image,class,x,y,h,w\na.jpg,dog,1,2,3,4\n");
  const auto read = read_annotations(files);
  CHECK(read.images == folder / "d");
  REQUIRE(read.remarks.size() == 2);
  CHECK(read.remarks[1] == "1 image not found: \"a.jpg\"; " + boxfeed::quoted(folder / "d") + " has no image");
  CHECK(read.remarks[0] == files.csv +
                               ": image \"image\" (1); box x in \"x\" (3), y in \"y\" (4), h in \"h\" (5), w in "
                               "\"w\" (6); class \"class\" (2)");
  folder.write("elsewhere/A.JPG", "");
  files.images = folder / "elsewhere";
  files.class_names = {"cat", "dog"};
  CHECK(read_annotations(files).images == folder / "elsewhere");
  CHECK(read_annotations(files).table.name(0) == "A.JPG");
  CHECK(read_annotations(files).remarks.back() == "1 image found under another name: \"a.jpg\" is \"A.JPG\"");
  files.images = folder / "nowhere";
  CHECK_THROWS_AS(read_annotations(files), boxfeed::Error);
  files.images.clear();
  CHECK(read_annotations(files).table.class_ids(0)[0] == 1);
  files.class_names = {"cat"};
  CHECK_THROWS_AS(read_annotations(files), boxfeed::Error);
  std::vector<boxfeed::AnnotationProblem> problems;
  CHECK(read_annotations(files, &problems).table.empty());
  CHECK(problems.size() == 1);
}

TEST_CASE("the images of a COCO file are in or beside its folder") {
  const TemporaryFolder folder;
  const auto path = folder.write("d/annotations/a.json", kCoco);
  CHECK(read_annotations(coco(path)).images == folder / "d/annotations");
  folder.write("d/images/a.jpg", "");
  CHECK(read_annotations(coco(path)).images == folder / "d/images");
  folder.write("d/annotations/images/a.jpg", "");
  CHECK(read_annotations(coco(path)).images == folder / "d/annotations/images");
}

TEST_CASE("VOC's folder may be that of the XML files or the one above") {
  const TemporaryFolder folder;
  folder.write("d/Annotations/a.xml", kXml);
  CHECK(read_annotations(voc(folder / "d")).images == folder / "d");
  folder.write("d/JPEGImages/a.jpg", "");
  CHECK(read_annotations(voc(folder / "d")).images == folder / "d/JPEGImages");
  CHECK(read_annotations(voc(folder / "d/Annotations/")).images == folder / "d/JPEGImages");
  CHECK(read_annotations(voc(folder / "d")).table.name(0) == "a.jpg");
}

TEST_CASE("YOLO's images are where \"labels\" is called \"images\"") {
  const TemporaryFolder folder;
  folder.write("d/labels/train/a.txt", "0 0.5 0.5 1 1\n");
  folder.write("d/images/train/a.jpg", "");
  CHECK(read_annotations(yolo(folder / "d")).images == folder / "d/images");
  CHECK(read_annotations(yolo(folder / "d")).table.name(0) == "train/a.jpg");
  CHECK(read_annotations(yolo(folder / "d/labels/train")).images == folder / "d/images/train");
  folder.write("e/a.txt", "0 0.5 0.5 1 1\n");
  folder.write("e/a.jpg", "");
  CHECK(read_annotations(yolo(folder / "e")).images == folder / "e");
  CHECK(read_annotations(yolo(folder / "e")).table.boxes(0).size() == 1);
}
