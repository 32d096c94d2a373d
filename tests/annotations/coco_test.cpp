#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/annotations/coco.h>
#include <boxfeed/core/error.h>

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace boxfeed;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::string kFile = R"({"info": {"year": 2026}, "licenses": [],
  "images": [{"id": 7, "file_name": "b.jpg", "width": 640, "height": 480},
             {"id": 3, "file_name": "a.jpg", "width": 100, "height": 50}],
  "annotations": [
    {"id": 1, "image_id": 3, "category_id": 18, "bbox": [10, 20.5, 30, 40], "area": 600, "iscrowd": 0,
     "segmentation": [[1, 2, 3, 4]], "keypoints": [11, 22, 2, 0, 0, 0], "num_keypoints": 1},
    {"id": 2, "image_id": 3, "category_id": 1, "bbox": [0, 0, 100, 50], "area": 5000, "iscrowd": 1,
     "segmentation": {"counts": [1, 2], "size": [50, 100]}}],
  "categories": [{"id": 18, "name": "dog"}, {"id": 1, "name": "person"}]})";

AnnotationError refusal(const std::string& text) {
  testing::TemporaryFolder folder;
  try {
    read_coco(folder.write("c.json", text));
  } catch (const AnnotationError& error) {
    return error;
  }
  FAIL("accepted: " << text);
  return {Reason::kSyntax, "", 0, ""};
}

std::string with_annotation(const std::string& annotation) {
  return R"({"images": [{"id": 1, "file_name": "a.jpg"}], "categories": [{"id": 5, "name": "cat"}], "annotations": [)" +
         annotation + "]}";
}

}  // namespace

TEST_CASE("a COCO file: categories with gaps, crowds, areas, images without objects") {
  testing::TemporaryFolder folder;
  const auto table = read_coco(folder.write("c.json", kFile));
  REQUIRE(table.size() == 2);
  CHECK(table.name(0) == "b.jpg");
  CHECK(table.image_id(0) == 7);
  CHECK(table.boxes(0).empty());
  CHECK(table.image_size(0) == ImageSize{480, 640});
  CHECK(table.boxes(1).to_vector() == std::vector<Box>{{10, 20.5F, 40, 60.5F}, {0, 0, 100, 50}});
  CHECK(table.class_names() == std::vector<std::string>{"person", "dog"});
  CHECK(table.category_ids() == std::vector<std::int64_t>{1, 18});
  CHECK(table.class_ids(1).to_vector() == std::vector<std::int32_t>{1, 0});
  CHECK(table.flags(1).to_vector() == std::vector<std::uint8_t>{kNoFlags, kCrowd});
  CHECK(table.areas(1).to_vector() == std::vector<float>{600, 5000});
  CHECK(table.keypoints(1).to_vector() == std::vector<Keypoint>{{11, 22, 2}, {0, 0, 0}});
}

TEST_CASE("what is written as COCO is read as the same table") {
  testing::TemporaryFolder folder;
  auto text = kFile;
  const std::string uneven = R"("keypoints": [11, 22, 2, 0, 0, 0],)";
  text.erase(text.find(uneven), uneven.size());  // not the same number for each object
  text.replace(text.find("20.5"), 4, "0.3333333");
  const auto table = read_coco(folder.write("c.json", text));
  write_coco(folder / "d.json", table);
  const auto again = read_coco(folder / "d.json");
  CHECK(again == table);
  CHECK(again.category_ids() == table.category_ids());
  CHECK(again.image_id(1) == 3);
  CHECK(again.areas(1).to_vector() == table.areas(1).to_vector());
  CHECK(testing::bytes_of(folder / "d.json").find("keypoints") == std::string::npos);
  text.replace(text.find("\"iscrowd\": 0"), 12, R"("iscrowd": 0, "keypoints": [1, 2, 2, 3, 4, 1])");
  text.replace(text.find("\"iscrowd\": 1"), 12, R"("iscrowd": 1, "keypoints": [5, 6, 2, 0, 0, 0])");
  const auto points = read_coco(folder.write("p.json", text));
  write_coco(folder / "q.json", points);
  CHECK(read_coco(folder / "q.json").keypoints(1).to_vector() ==
        std::vector<Keypoint>{{1, 2, 2}, {3, 4, 1}, {5, 6, 2}, {0, 0, 0}});
}

TEST_CASE("a name that is no UTF-8 makes no COCO file") {
  testing::TemporaryFolder folder;
  AnnotationTableBuilder builder({"t.csv"});
  AnnotationRecord record;
  record.name = "\xFF.jpg";
  builder.add(record);
  CHECK_THROWS_WITH(write_coco(folder / "c.json", builder.build()), ContainsSubstring("expected names in UTF-8"));
}

TEST_CASE("what is no JSON is refused with its line") {
  const auto error = refusal("{\"images\": [],\n\"annotations\": [}\n");
  CHECK(error.reason() == Reason::kSyntax);
  CHECK(error.line() == 2);
  CHECK(refusal("[1, 2").reason() == Reason::kSyntax);
  CHECK(refusal("[1, 2]").reason() == Reason::kSyntax);
  CHECK(refusal("\x01\x02").reason() == Reason::kSyntax);
  CHECK(refusal(std::string(100'000, '[')).reason() == Reason::kSyntax);
}

TEST_CASE("wrong annotations are named by their place and id") {
  const auto said = [](const std::string& annotation) {
    return std::string(refusal(with_annotation(annotation)).what());
  };
  CHECK_THAT(said(R"({"id": 9, "image_id": [2], "category_id": 5, "bbox": [1, 2, 3, 4]})"),
             ContainsSubstring("annotations[0] (id 9): expected the id of an image as \"image_id\", got [2]"));
  CHECK_THAT(said(R"({"image_id": 1, "category_id": 6, "bbox": [1, 2, 3, 4]})"),
             ContainsSubstring("annotations[0]: expected the id of a category as \"category_id\", got 6"));
  for (const auto* box : {"[1, 2, 3]", "[1, 2, 3, \"4\"]", "[1, 2, 3, null]", "7", "[1, 2, 3, 1e39]"}) {
    CHECK_THAT(said(R"({"image_id": 1, "category_id": 5, "bbox": )" + std::string(box) + "}"),
               ContainsSubstring("\"bbox\""));
  }
  CHECK_THAT(said(R"({"image_id": 1, "category_id": 5, "bbox": [1, 2, 3, 4], "keypoints": [1, 2]})"),
             ContainsSubstring("\"keypoints\""));
  CHECK(refusal(with_annotation(R"({"image_id": 1, "category_id": 5, "bbox": [1, 2, 3, 1e400]})")).reason() ==
        Reason::kOutOfRange);
}

TEST_CASE("wrong images and categories are refused") {
  const auto reason = [](const std::string& images, const std::string& categories) {
    return refusal(R"({"images": [)" + images + R"(], "annotations": [], "categories": [)" + categories + "]}")
        .reason();
  };
  CHECK(reason("", "") == Reason::kEmptyFile);
  CHECK(reason("{}", "") == Reason::kSyntax);
  CHECK(reason(R"({"id": 1})", "") == Reason::kSyntax);
  CHECK(reason(R"({"id": 1, "file_name": "a"}, {"id": 1, "file_name": "b"})", "") == Reason::kSyntax);
  CHECK(reason(R"({"id": 1, "file_name": "a", "width": 0, "height": 4})", "") == Reason::kSyntax);
  CHECK(reason(R"({"id": 1.5, "file_name": "a"})", "") == Reason::kSyntax);
  CHECK(reason(R"({"id": 1, "file_name": "a"})", R"({"id": 1, "name": "x"}, {"id": 1, "name": "y"})") ==
        Reason::kSyntax);
  CHECK(reason(R"({"id": 1, "file_name": "a"})", R"({"id": 1})") == Reason::kSyntax);
}

TEST_CASE("marks of difficult boxes and crowds are kept") {
  testing::TemporaryFolder folder;
  AnnotationTableBuilder builder({"by hand", false, {"cat"}});
  AnnotationRecord record;
  record.name = "a.jpg";
  record.boxes = {{1, 2, 3, 4}, {2, 2, 3, 4}, {3, 2, 4, 4}};
  record.class_ids = {0, 0, 0};
  record.flags = {kDifficult, kNoFlags, kDifficult | kCrowd};
  builder.add(record);
  write_coco(folder / "d.json", builder.build());
  CHECK(read_coco(folder / "d.json").flags(0).to_vector() ==
        std::vector<std::uint8_t>{kDifficult, kNoFlags, kDifficult | kCrowd});
}

TEST_CASE("ids are whole numbers or texts, compared as they stand") {
  testing::TemporaryFolder folder;
  const auto table = read_coco(folder.write("c.json", R"({"images": [{"id": "01_d", "file_name": "a.jpg"},
    {"id": "1", "file_name": "b.jpg"}, {"id": 1, "file_name": "c.jpg"}],
    "categories": [{"id": "x", "name": "cat"}], "annotations": [
    {"image_id": "01_d", "category_id": "x", "bbox": [1, 2, 3, 4]},
    {"image_id": "1", "category_id": "x", "bbox": [2, 2, 3, 4]},
    {"image_id": 1.0, "category_id": "x", "bbox": [3, 2, 3, 4]}]})"));
  REQUIRE(table.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    REQUIRE(table.boxes(i).size() == 1);
    CHECK(table.boxes(i)[0].xmin == static_cast<float>(i + 1));
  }
  CHECK(table.class_names() == std::vector<std::string>{"cat"});
  CHECK(table.category_ids().empty());
}

TEST_CASE("objects of images that are not in the list are left out and counted") {
  testing::TemporaryFolder folder;
  const auto table = read_coco(folder.write("c.json", R"({"images": [{"id": 1, "file_name": "a.jpg"}],
    "categories": [{"id": 5, "name": "cat"}], "annotations": [
    {"image_id": 2, "category_id": 5, "bbox": [1, 2, 3, 4]}, {"image_id": 1, "category_id": 5, "bbox": [1, 2, 3, 4]},
    {"image_id": 3, "category_id": 5, "bbox": "nonsense"}]})"));
  CHECK(table.boxes(0).size() == 1);
  CHECK(table.remarks() == std::vector<std::string>{"2 objects of images that are not in the list left out"});
  CHECK(table.subset({0}).remarks() == table.remarks());
}

TEST_CASE("an object with an outline and no box has the box around the outline") {
  const auto read = [](const std::string& annotation) {
    testing::TemporaryFolder folder;
    return read_coco(folder.write("c.json", with_annotation(annotation)));
  };
  const auto table = read(R"({"image_id": 1, "category_id": 5,
    "segmentation": [[10, 20, 30, 25, 15, 60], [5, 21, 8, 22, 7, 23, 6, 24]]})");
  CHECK(table.boxes(0).to_vector() == std::vector<Box>{{5, 20, 30, 60}});
  CHECK(table.areas(0)[0] == 25 * 40);
  CHECK(table.remarks() == std::vector<std::string>{"1 object without a box: the box around its outline"});
  CHECK(read(R"({"image_id": 1, "category_id": 5, "bbox": [], "segmentation": [[1, 2, 3, 4, 5, 6]]})").boxes(0)[0] ==
        Box{1, 2, 5, 6});
  // A box that is there goes before the outline.
  CHECK(read(R"({"image_id": 1, "category_id": 5, "bbox": [1, 1, 1, 1], "segmentation": [[1, 2, 3, 4, 5, 6]]})")
            .boxes(0)[0] == Box{1, 1, 2, 2});
  for (const auto* outline : {R"({"counts": [1, 2], "size": [3, 4]})", "[]", "[[1, 2, 3, 4]]", "[[1, 2, 3, 4, 5]]",
                              R"([[1, 2, 3, 4, 5, "6"]])"}) {
    CAPTURE(outline);
    CHECK_THAT(
        refusal(with_annotation(R"({"image_id": 1, "category_id": 5, "segmentation": )" + std::string(outline) + "}"))
            .what(),
        ContainsSubstring("expected \"bbox\" with x, y, width and height, or outlines"));
  }
}

TEST_CASE("NaN and Infinity are nothing in a field that nobody needs, and an error in a box") {
  testing::TemporaryFolder folder;
  const auto table = read_coco(folder.write("c.json", R"({"images": [{"id": 1, "file_name": "NaN.jpg", "fps": NaN}],
    "categories": [{"id": 5, "name": "a \"NaN\" cat"}], "annotations": [
    {"image_id": 1, "category_id": 5, "bbox": [1, 2, 3, 4], "area": Infinity, "score": -Infinity}]})"));
  CHECK(table.name(0) == "NaN.jpg");
  CHECK(table.class_names()[0] == "a \"NaN\" cat");
  CHECK(table.areas(0)[0] == 12);
  for (const auto* box : {"[NaN, 2, 3, 4]", "[1, 2, Infinity, 4]", "[1, 2, 3, -Infinity]"}) {
    const auto error =
        refusal(with_annotation(R"({"image_id": 1, "category_id": 5, "bbox": )" + std::string(box) + "}"));
    CHECK(error.reason() == Reason::kBadNumber);
    CHECK_THAT(error.what(), ContainsSubstring("annotations[0]: expected \"bbox\""));
  }
}

TEST_CASE("what is no JSON is told in the parser's words, and UTF-16 by its name") {
  CHECK_THAT(
      refusal("{\"images\": [\n1 2]}").what(),
      ContainsSubstring(":2: expected JSON, got at byte 16: parse error") && ContainsSubstring("unexpected number"));
  CHECK_THAT(refusal("[1, 2]").what(), ContainsSubstring("expected a list \"categories\""));
  const std::string wide("\xFF\xFE{\0}\0", 6);
  testing::TemporaryFolder folder;
  CHECK_THROWS_WITH(read_coco(folder.write("c.json", wide)), ContainsSubstring("save the file as UTF-8"));
  CHECK(read_coco(folder.write(
                      "d.json",
                      "\xEF\xBB\xBF" + with_annotation(R"({"image_id": 1, "category_id": 5, "bbox": [1, 2, 3, 4]})")))
            .boxes(0)
            .size() == 1);
}

TEST_CASE("folders of COCO's file names say the split") {
  testing::TemporaryFolder folder;
  const auto table = read_coco(folder.write("c.json", R"({"images": [{"id": 1, "file_name": "train2017/a.jpg"},
    {"id": 2, "file_name": "images/val/b.jpg"}, {"id": 3, "file_name": "c.jpg"}], "categories": [], "annotations": []})"));
  CHECK(table.split(0) == "train2017");
  CHECK(table.split(1) == "val");
  CHECK(table.split(2).empty());
}
