#include <boxfeed/annotations/yolo.h>
#include <boxfeed/core/error.h>

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace boxfeed;
using Catch::Matchers::ContainsSubstring;

namespace {

/// A folder with an image `images/a.jpg` and this text in `labels/a.txt`.
AnnotationError refusal(const std::string& text, const YoloOptions& options = {}) {
  testing::TemporaryFolder folder;
  folder.write("images/a.jpg", "");
  folder.write("labels/a.txt", text);
  try {
    read_yolo(folder / "labels", folder / "images", options);
  } catch (const AnnotationError& error) {
    return error;
  }
  FAIL("accepted: " << text);
  return {Reason::kSyntax, "", 0, ""};
}

}  // namespace

TEST_CASE("folders of YOLO's text files and images") {
  testing::TemporaryFolder folder;
  folder.write("images/train/b.PNG", "");
  folder.write("images/a.jpg", "");
  folder.write("images/c.jpg", "");
  folder.write("labels/train/b.txt", "1 0.5 0.5 0.25 1\r\n\n0  0.125 0.25 0.25 0.5");
  folder.write("labels/c.txt", "");
  const auto numbers = read_yolo(folder / "labels", folder / "images");
  REQUIRE(numbers.size() == 3);
  CHECK(numbers.class_names() == std::vector<std::string>{"0", "1"});

  folder.write("classes.txt", "cat\ndog\nbird\n\n");
  const auto table = read_yolo(folder / "labels", folder / "images");
  CHECK(table.class_names() == std::vector<std::string>{"cat", "dog", "bird"});
  CHECK(table.box_units() == BoxUnits::kFractions);
  CHECK(table.name(0) == "a.jpg");
  CHECK(table.boxes(0).empty());
  CHECK(table.boxes(1).empty());
  CHECK(table.name(2) == "train/b.PNG");
  CHECK(table.boxes(2).to_vector() == std::vector<Box>{{0.375F, 0, 0.625F, 1}, {0, 0, 0.25F, 0.5F}});
  CHECK(table.class_ids(2).to_vector() == std::vector<std::int32_t>{1, 0});
  CHECK(table.box_line(2, 1) == 3);
  CHECK(table.place(2).annotation_path == folder / "labels/train/b.txt");
}

TEST_CASE("keypoints behind the boxes") {
  testing::TemporaryFolder folder;
  folder.write("i/a.jpg", "");
  folder.write("l/a.txt", "0 0.5 0.5 1 1 0.25 0.75 2 0 0 0\n");
  const auto table = read_yolo(folder / "l", folder / "i", YoloOptions().keypoints(2).keypoint_visibility(true));
  CHECK(table.keypoints(0).to_vector() == std::vector<Keypoint>{{0.25F, 0.75F, 2}, {0, 0, 0}});
}

TEST_CASE("wrong text files are named with their lines") {
  const auto word = refusal("0 0.5 0.5 1 1\n0 0.5 x 1 1\n");
  CHECK(word.reason() == Reason::kBadNumber);
  CHECK(word.line() == 2);
  CHECK_THAT(word.what(), ContainsSubstring("a.txt:2: number 3: expected a number, got \"x\""));
  CHECK(refusal("0 0.5 0.5 1\n").reason() == Reason::kColumnCount);
  CHECK(refusal("0 0.1 0.2 0.3 0.4 0.5 0.6\n").reason() == Reason::kColumnCount);
  CHECK(refusal("-1 0.5 0.5 1 1\n").reason() == Reason::kClassRange);
  CHECK(refusal("0.5 0.5 0.5 1 1\n").reason() == Reason::kClassRange);
  CHECK(refusal("2 0.5 0.5 1 1\n", YoloOptions().class_names({"a", "b"})).reason() == Reason::kClassRange);
  CHECK(refusal("0 50 50 100 100\n").reason() == Reason::kUnits);
}

TEST_CASE("a text file without an image, images without anything, no folder") {
  testing::TemporaryFolder folder;
  folder.write("i/a.jpg", "");
  folder.write("l/b.txt", "0 0.5 0.5 1 1\n");
  CHECK_THROWS_WITH(read_yolo(folder / "l", folder / "i"),
                    ContainsSubstring("b.txt: expected an image of the same name"));
  CHECK_THROWS_AS(read_yolo(folder / "none", folder / "i"), Error);
  testing::TemporaryFolder empty;
  CHECK_THROWS_AS(read_yolo(empty.path().string(), empty.path().string()), AnnotationError);
  CHECK(read_yolo(empty.path().string(), empty.path().string(), YoloOptions().allow_empty(true)).empty());
}

TEST_CASE("the names of the classes in data.yaml") {
  const auto names = [](const std::string& yaml) {
    testing::TemporaryFolder folder;
    folder.write("train/images/a.jpg", "");
    folder.write("train/labels/a.txt", "1 0.5 0.5 1 1\n");
    folder.write("data.yaml", yaml);
    return read_yolo(folder / "train/labels", folder / "train/images").class_names();
  };
  using Names = std::vector<std::string>;
  CHECK(names("path: ..\nnc: 2\nnames: ['big cat', dog]  # both\n") == Names{"big cat", "dog"});
  CHECK(names("names:\n- cat\n- \"dog: large\"\n") == Names{"cat", "dog: large"});
  CHECK(names("names:\n  1: dog\n  0: cat\ntrain: images\n") == Names{"cat", "dog"});
  CHECK(names("names: {0: cat, 1: dog, 2: cow}\n") == Names{"cat", "dog", "cow"});
  const auto refused = [&](const std::string& yaml) {
    try {
      names(yaml);
    } catch (const AnnotationError& error) {
      CHECK(error.reason() == Reason::kSyntax);
      return std::string(error.what()).substr(std::string(error.what()).find("data.yaml"));
    }
    return std::string("accepted");
  };
  CHECK_THAT(refused("nc: 2\n"), ContainsSubstring("data.yaml: expected \"names\""));
  CHECK_THAT(refused("nc: 2\nnames: cat\n"), ContainsSubstring("data.yaml:2: expected \"names\""));
  CHECK_THAT(refused("names:\n  0: cat\n  2: dog\n"),
             ContainsSubstring("data.yaml:3: expected the ids 0 to 1, each once, got \"2\""));
  CHECK_THAT(refused("names:\n  - cat\n  - [dog]\n"), ContainsSubstring("data.yaml:3: expected the name"));
  CHECK_THAT(refused("a: b\nnames: [cat\n"), ContainsSubstring("data.yaml:") && ContainsSubstring("expected YAML"));
  CHECK_THAT(refused("- cat\n"), ContainsSubstring("expected \"names\""));
}

TEST_CASE("keypoints of YOLO that are missing") {
  testing::TemporaryFolder folder;
  folder.write("i/a.jpg", "");
  folder.write("l/a.txt", "0 0.5 0.5 1 1 -1 -1 0.25 0.75\n");
  const auto table = read_yolo(folder / "l", folder / "i", YoloOptions().keypoints(2));
  CHECK(table.keypoints(0).to_vector() == std::vector<Keypoint>{{-1, -1, 0}, {0.25F, 0.75F, 2}});
  folder.write("l/a.txt", "0 0.5 0.5 1 1 0 0 0 0.25 0.75 1\n");
  const auto seen = read_yolo(folder / "l", folder / "i", YoloOptions().keypoints(2).keypoint_visibility(true));
  CHECK(seen.keypoints(0)[0].is_missing());
  CHECK(seen.keypoints(0)[1] == Keypoint{0.25F, 0.75F, 1});
}
