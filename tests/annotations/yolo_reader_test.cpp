#include <boxfeed/annotations/yolo.h>
#include <boxfeed/core/error.h>

#include <filesystem>
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
  const auto table = read_yolo(folder / "l", folder / "i", YoloOptions().keypoints(2));
  CHECK(table.keypoints(0).to_vector() == std::vector<Keypoint>{{0.25F, 0.75F, 2}, {0, 0, 0}});
}

TEST_CASE("wrong text files are named with their lines") {
  const auto word = refusal("0 0.5 0.5 1 1\n0 0.5 x 1 1\n");
  CHECK(word.reason() == Reason::kBadNumber);
  CHECK(word.line() == 2);
  CHECK_THAT(word.what(), ContainsSubstring("a.txt:2: number 3: expected a number, got \"x\""));
  CHECK(refusal("0 0.5 0.5 1\n").reason() == Reason::kColumnCount);
  CHECK(refusal("0 0.1 0.2 0.3 0.4 0.5\n").reason() == Reason::kColumnCount);
  CHECK(refusal("0 0.1 0.2 0.3 0.4 0.5 0.6 0.7\n").reason() == Reason::kColumnCount);
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
  const auto seen = read_yolo(folder / "l", folder / "i", YoloOptions().keypoints(2));
  CHECK(seen.keypoints(0)[0].is_missing());
  CHECK(seen.keypoints(0)[1] == Keypoint{0.25F, 0.75F, 1});
}

TEST_CASE("one root with images and labels in any order of folders") {
  for (const bool split_first : {false, true}) {
    testing::TemporaryFolder folder;
    const auto path = [&](const std::string& kind, const std::string& split, const std::string& name) {
      return split_first ? split + "/" + kind + "/" + name : kind + "/" + split + "/" + name;
    };
    folder.write(path("images", "train", "a.jpg"), "");
    folder.write(path("labels", "train", "a.txt"), "0 0.5 0.5 1 1\n");
    folder.write(path("images", "valid", "a.JPG"), "");
    folder.write(path("labels", "valid", "a.txt"), "0 0.5 0.5 0.5 0.5\n");
    const auto table = read_yolo(folder.path().string(), folder.path().string());
    REQUIRE(table.size() == 2);
    CHECK(table.boxes(0).to_vector() == std::vector<Box>{{0, 0, 1, 1}});
    CHECK(table.boxes(1).to_vector() == std::vector<Box>{{0.25F, 0.25F, 0.75F, 0.75F}});
    CHECK(table.split(0) == "train");
    CHECK(table.split(1) == "valid");
  }
}

TEST_CASE("texts and images in one folder, other texts passed over, the classes of darknet") {
  testing::TemporaryFolder folder;
  folder.write("obj_train_data/a.jpg", "");
  folder.write("obj_train_data/a.txt", "1 0.5 0.5 1 1\n");
  folder.write("obj_train_data/train.jpg", "");
  folder.write("obj_train_data/train.txt", "0 0.5 0.5 1 1\n");
  folder.write("obj.names", "cat\ndog\n");
  folder.write("obj.data", "classes = 2\ntrain = data/train.txt\nvalid = data/valid.txt\nnames = data/obj.names\n");
  folder.write("train.txt", "data/obj_train_data/a.jpg\n");
  folder.write("valid.txt", "data/obj_train_data/train.jpg\n");
  folder.write("README.dataset.txt", "# Cats\n");
  folder.write("notes on the data.txt", "Cats and dogs\n");
  const auto table = read_yolo(folder.path().string(), folder.path().string());
  REQUIRE(table.size() == 2);
  CHECK(table.class_names() == std::vector<std::string>{"cat", "dog"});
  CHECK(table.boxes(0).size() == 1);
  CHECK(table.boxes(1).size() == 1);
  CHECK(table.split(0) == "train");
  CHECK(table.split(1) == "val");
  CHECK(table.remarks() == std::vector<std::string>{"1 text file without boxes and image passed over"});
  testing::TemporaryFolder plain;
  plain.write("a.jpg", "");
  plain.write("a.txt", "1 0.5 0.5 1 1\n");
  plain.write("animals.names", "cat\ndog\n");
  CHECK(read_yolo(plain.path().string(), plain.path().string()).class_names() ==
        std::vector<std::string>{"cat", "dog"});
  folder.write("b.txt", "0 0.5 0.5 1 1\n");
  CHECK_THROWS_WITH(read_yolo(folder.path().string(), folder.path().string()),
                    ContainsSubstring("b.txt: expected an image of the same name"));
}

TEST_CASE("train and val of a yaml: folders, lists of folders, and lists of images") {
  const auto splits = [](const std::string& yaml) {
    testing::TemporaryFolder folder;
    for (const std::string name : {"one/a", "one/b", "two/c", "three/d"}) {
      folder.write("set/images/" + name + ".jpg", "");
      folder.write("set/labels/" + name + ".txt", "0 0.5 0.5 1 1\n");
    }
    folder.write("set/listed.txt", "./images/one/b.jpg\nimages/two/c.jpg\n");
    folder.write("set/anything.yml", "names: [cat]\n" + yaml);
    const auto table = read_yolo(folder / "set/labels", folder / "set/images");
    std::string out;
    for (std::size_t i = 0; i < table.size(); ++i) out += std::string(table.split(i)) + ",";
    for (const auto& remark : table.remarks()) out += remark;
    return out;  // of one/a, one/b, three/d, two/c
  };
  CHECK(splits("") == ",,,,");
  CHECK(splits("train: images/one\nval: images/two\n") == "train,train,,val,");
  CHECK(splits("path: .\ntrain: [images/one, images/three]\nval: images/two\n") == "train,train,train,val,");
  CHECK(splits("train: ../images/one\nval: ../images/two\ntest: ../images/three\n") == "train,train,test,val,");
  CHECK(splits("path: /no/such/folder\ntrain: images/one\nvalid: images/two\n") == "train,train,,val,");
  CHECK(splits("train: images/one/\nval: listed.txt\n") == "train,train,,val,");
  CHECK(splits("train: images/three\nval: listed.txt\n") == ",val,train,val,");
  CHECK(splits("train: images/one\nval: images/four\n") ==
        "train,train,,,anything.yml: val: \"images/four\" is not there");
}

TEST_CASE("names of classes in any one yaml, and files that contradict each other") {
  testing::TemporaryFolder folder;
  folder.write("images/a.jpg", "");
  folder.write("labels/a.txt", "1 0.5 0.5 1 1\n");
  folder.write("other.yaml", "a: b\n");
  folder.write("broken.yaml", "a: [b\n");
  folder.write("raccoons.yaml", "\xEF\xBB\xBFnames: {0: cat, 1: dog}\n");
  const auto names = [&] { return read_yolo(folder / "labels", folder / "images").class_names(); };
  CHECK(names() == std::vector<std::string>{"cat", "dog"});
  folder.write("second.yaml", "names: [cat, dog]\n");
  CHECK(names() == std::vector<std::string>{"cat", "dog"});
  folder.write("third.yaml", "names: [dog, cat]\n");
  CHECK_THROWS_WITH(names(), ContainsSubstring("third.yaml: expected the same classes as in") &&
                                 ContainsSubstring("`class_names({…})`"));
  // What is nearer to the text files goes first.
  folder.write("labels/classes.txt",
               "\xEF\xBB\xBF"
               "cow\nhen\n");
  std::filesystem::remove(folder.path() / "third.yaml");
  CHECK(names() == std::vector<std::string>{"cow", "hen"});
  folder.write("labels/classes.txt", std::string("\xFF\xFE"
                                                 "c\0a\0t\0",
                                                 8));
  CHECK_THROWS_WITH(names(), ContainsSubstring("save the file as UTF-8"));
}

TEST_CASE("other programs' files above the labels, which are no text, are passed over, and darknet's own is not") {
  testing::TemporaryFolder folder;
  folder.write("set/images/a.jpg", "");
  folder.write("set/labels/a.txt", "0 0.5 0.5 1 1\n");
  const std::string binary("PERFILE2\0\0h\0", 12);
  for (const char* name : {"perf.data", "set/x.yaml", "set/module.names"}) folder.write(name, binary);
  const auto read = [&] { return read_yolo(folder / "set/labels", folder / "set/images"); };
  CHECK(read().class_names() == std::vector<std::string>{"0"});
  folder.write("set/obj.data", binary);
  CHECK_THROWS_WITH(read(), ContainsSubstring("obj.data"));
}

TEST_CASE("outlines and oriented boxes are the boxes around their points") {
  testing::TemporaryFolder folder;
  folder.write("i/a.jpg", "");
  folder.write("l/a.txt",
               "\xEF\xBB\xBF"
               "0 0.5 0.5 1 1\n"
               "0 0.1 0.2 0.3 0.25 0.15 0.6\n"              // three points
               "1 0.5 0.25 0.75 0.5 0.5 0.75 0.25 0.5\n");  // four: an oriented box
  const auto table = read_yolo(folder / "l", folder / "i");
  CHECK(table.boxes(0).to_vector() ==
        std::vector<Box>{{0, 0, 1, 1}, {0.1F, 0.2F, 0.3F, 0.6F}, {0.25F, 0.25F, 0.75F, 0.75F}});
  CHECK(table.class_ids(0).to_vector() == std::vector<std::int32_t>{0, 0, 1});
  CHECK(table.remarks() == std::vector<std::string>{"2 outlines of points: the box around each"});
  CHECK(refusal("0 0.1 0.2 0.3 0.25 0.15 60\n").reason() == Reason::kUnits);
}

TEST_CASE("boxes with keypoints are not taken for outlines") {
  const std::string pose = "0 0.5 0.5 0.5 0.5 0.3 0.3 0.7 0.7 0.5 0.6\n0 0.5 0.5 0.5 0.5 0.4 0.3 0.6 0.7 0.5 0.5\n";
  const auto error = refusal(pose);
  CHECK(error.reason() == Reason::kAmbiguous);
  CHECK_THAT(error.what(), ContainsSubstring("a.txt:1: lines of 11 numbers") && ContainsSubstring("`keypoints(3)`"));
  testing::TemporaryFolder folder;
  folder.write("images/a.jpg", "");
  folder.write("labels/a.txt", pose);
  const auto read = [&](const YoloOptions& options = {}) {
    return read_yolo(folder / "labels", folder / "images", options);
  };
  CHECK(read(YoloOptions().keypoints(3)).keypoints(0).size() == 6);
  CHECK(read(YoloOptions().keypoints(0)).boxes(0)[0] == Box{0.3F, 0.3F, 0.7F, 0.7F});
  folder.write("data.yaml", "names: [cat]\nkpt_shape: [3, 2]\n");
  const auto table = read();
  CHECK(table.keypoints(0).size() == 6);
  CHECK(table.boxes(0)[0] == Box{0.25F, 0.25F, 0.75F, 0.75F});
}

TEST_CASE("a text file is found by its image's name in other case or in another folder") {
  testing::TemporaryFolder folder;
  folder.write("i/Sub/A.JPG", "");
  folder.write("i/deep/b.jpg", "");
  folder.write("l/sub/a.txt", "0 0.5 0.5 1 1\n");
  folder.write("l/b.txt", "0 0.5 0.5 0.5 1\n");
  const auto table = read_yolo(folder / "l", folder / "i");
  REQUIRE(table.size() == 2);
  CHECK(table.boxes(0).size() == 1);
  CHECK(table.boxes(1).size() == 1);
  folder.write("i/other/b.jpg", "");  // now the text may be that of either
  CHECK_THROWS_WITH(read_yolo(folder / "l", folder / "i"), ContainsSubstring("b.txt: expected an image"));
}

TEST_CASE("hidden files are passed over, and folders that are links are followed") {
  testing::TemporaryFolder folder;
  folder.write("store/a.jpg", "");
  folder.write("set/labels/train/a.txt", "0 0.5 0.5 1 1\n");
  folder.write("set/labels/train/._a.txt", std::string("\0\5", 2));
  folder.write("set/images/.cache/b.jpg", "");
  std::filesystem::create_directory_symlink("../../store", folder.path() / "set/images/train");
  const auto table = read_yolo(folder / "set/labels", folder / "set/images");
  REQUIRE(table.size() == 1);
  CHECK(table.name(0) == "train/a.jpg");
  CHECK(table.boxes(0).size() == 1);
}
