// Data sets as people have them, each as it has to be understood: images, boxes, classes, and which are for validation.
#include <cstdio>
#include <filesystem>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "data/data_sets.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace cases {

using boxfeed::testing::TemporaryFolder;
using Catch::Matchers::ContainsSubstring;
using localization::AnnotationFiles;
using localization::DataFiles;
using localization::DataSets;
using Words = std::vector<std::string>;
namespace fs = std::filesystem;

constexpr int kCount = 24, kTrain = 18, kWidth = 40, kHeight = 32;

std::string stem(int i) { return "raccoon-" + std::to_string(i + 1); }
std::string name(int i) { return stem(i) + ".jpg"; }

/// The corners of the box on image i.
std::vector<int> box(int i) { return {2 + i % 5, 3, 22 + i % 7, 25}; }

std::string corners(int i) {
  std::string text;
  for (const int value : box(i)) text += (text.empty() ? "" : ",") + std::to_string(value);
  return text;
}

std::string part_of(int i) { return i < kTrain ? "train" : "val"; }

/// The text for each image, one after the other.
template <typename Text>
std::string each(Text text, int count = kCount) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text(i);
  return out;
}

std::string yolo_line(int i) {
  const auto b = box(i);
  char line[100];
  std::snprintf(line, sizeof line, "0 %.6f %.6f %.6f %.6f\n", (b[0] + b[2]) / 2.0 / kWidth,
                (b[1] + b[3]) / 2.0 / kHeight, double(b[2] - b[0]) / kWidth, double(b[3] - b[1]) / kHeight);
  return line;
}

std::string voc_object(const std::vector<int>& b, const std::string& difficult = "0") {
  return "<object><name>raccoon</name><difficult>" + difficult + "</difficult><bndbox><xmin>" + std::to_string(b[0]) +
         "</xmin><ymin>" + std::to_string(b[1]) + "</ymin><xmax>" + std::to_string(b[2]) + "</xmax><ymax>" +
         std::to_string(b[3]) + "</ymax></bndbox></object>";
}

std::string voc_file(int i, const std::string& file_name, const std::string& more = "") {
  return "<annotation><filename>" + file_name + "</filename><size><width>40</width><height>32</height></size>" +
         voc_object(box(i)) + more + "</annotation>\n";
}

/// COCO's JSON of the first `images` images and the objects of all, with `more` objects.
std::string coco_file(const std::string& front = "", int images = kCount, const std::string& more = "",
                      const std::string& quote = "") {
  const auto id = [&](int i) {
    return quote + (quote.empty() ? std::to_string(i + 1) : "0" + std::to_string(i)) + quote;
  };
  const auto image = [&](int i) {
    return std::string(i > 0 ? ", " : "") + R"({"id": )" + id(i) + R"(, "file_name": ")" + front + name(i) +
           R"(", "width": 40, "height": 32})";
  };
  const auto object = [&](int i) {
    const auto b = box(i);
    return std::string(i > 0 ? ", " : "") + R"({"id": )" + std::to_string(i + 1) + R"(, "image_id": )" + id(i) +
           R"(, "category_id": 1, "iscrowd": 0, "bbox": [)" + std::to_string(b[0]) + ", " + std::to_string(b[1]) +
           ", " + std::to_string(b[2] - b[0]) + ", " + std::to_string(b[3] - b[1]) + R"(], "segmentation": []})";
  };
  return R"({"images": [)" + each(image, images) + R"(], "annotations": [)" + each(object) + more +
         R"(], "categories": [{"id": 1, "name": "raccoon"}]})";
}

/// A folder with one data set.
class Case : public TemporaryFolder {
 public:
  void put_image(const std::string& path) const {
    const cv::Mat pixels(kHeight, kWidth, CV_8UC3, cv::Scalar(90, 120, 200));
    fs::create_directories(fs::path(*this / path).parent_path());
    REQUIRE(cv::imwrite(*this / path, pixels));
  }

  /// The image of each number under the path that `path` gives it, and a text beside it.
  template <typename PathOf>
  void put_each(PathOf path_of) const {
    for (int i = 0; i < kCount; ++i) put_image(path_of(i));
  }
  void put_images(const std::string& folder) const {
    put_each([&](int i) { return folder + "/" + name(i); });
  }
  template <typename PathOf, typename Text>
  void put_texts(PathOf path_of, Text text) const {
    for (int i = 0; i < kCount; ++i) write(path_of(i), text(i));
  }

  AnnotationFiles csv(const std::string& text, const std::string& images = "images") const {
    AnnotationFiles files;
    files.csv = write("data.csv", text);
    files.images = *this / images;
    return files;
  }
  AnnotationFiles coco(const std::string& text, const std::string& images = "images") const {
    AnnotationFiles files;
    files.coco = write("result.json", text);
    if (!images.empty()) files.images = *this / images;
    return files;
  }
  AnnotationFiles voc(const std::string& folder, const std::string& images) const {
    AnnotationFiles files;
    files.voc = *this / folder;
    files.images = *this / images;
    return files;
  }
  AnnotationFiles yolo(const std::string& folder) const {
    AnnotationFiles files;
    files.yolo = *this / folder;
    return files;
  }
};

DataSets load(const DataFiles& files) {
  localization::DataSetOptions options;
  options.look.keep = false;
  return load_data_sets(files, options);
}

DataSets load(const AnnotationFiles& files) {
  DataFiles all;
  all.annotations = files;
  return load(all);
}

std::string said(const DataSets& data) {
  std::string text;
  for (const auto& remark : data.remarks) text += remark + "\n";
  return text;
}

std::size_t images_of(const DataSets& data) { return data.train.plans.size() + data.validation.plans.size(); }

/// Checks that each image is there with the box that it should have, whichever part it is in.
void check_boxes(const DataSets& data, std::size_t images = kCount) {
  CHECK(images_of(data) == images);
  for (const auto* set : {&data.train, &data.validation}) {
    const auto& table = set->dataset.table();
    for (std::size_t i = 0; i < table.size(); ++i) {
      const std::string own = fs::path(std::string(table.name(i))).stem().string();
      const int number = std::stoi(own.substr(own.find('-') + 1)) - 1;
      const auto b = box(number);
      CAPTURE(own);
      REQUIRE(set->plans[i].boxes.size() == 1);
      const auto to = [&](int value, int side, double full) { return value * side / full; };
      const auto& found = set->plans[i].boxes[0];
      CHECK(found.xmin == Approx(to(b[0], 128, kWidth)).margin(0.01));
      CHECK(found.ymin == Approx(to(b[1], 96, kHeight)).margin(0.01));
      CHECK(found.xmax == Approx(to(b[2], 128, kWidth)).margin(0.01));
      CHECK(found.ymax == Approx(to(b[3], 96, kHeight)).margin(0.01));
    }
  }
}

/// Checks that the first 18 images are for training and the others for validation.
void check_split(const DataSets& data, std::size_t validation = kCount - kTrain) {
  CHECK(data.train.plans.size() == kTrain);
  CHECK(data.validation.plans.size() == validation);
  const auto& table = data.validation.dataset.table();
  for (std::size_t i = 0; i < table.size(); ++i) {
    const std::string own = fs::path(std::string(table.name(i))).stem().string();
    CHECK(std::stoi(own.substr(own.find('-') + 1)) > kTrain);
  }
  CHECK_THAT(said(data), ContainsSubstring("the split that the data have: 18 images for training, " +
                                           std::to_string(validation) + " for validation"));
}

}  // namespace cases

using namespace cases;

TEST_CASE("a crowd over the whole picture, or beyond it, is no target") {
  for (const auto* width : {"40", "90"}) {
    Case folder;
    folder.put_images("images");
    const auto data = load(folder.coco(coco_file("", kCount, R"(, {"id": 900, "image_id": 1, "category_id": 1,
      "iscrowd": 1, "bbox": [0, 0, )" + std::string(width) + R"(, 32], "area": 1,
      "segmentation": {"counts": [1, 2], "size": [32, 40]}})")));
    check_boxes(data);
    CHECK_THAT(said(data), ContainsSubstring("1 box left out (crowd 1)"));
  }
}

TEST_CASE("a difficult object goes after one that is not, and counts where there is no other") {
  Case folder;
  folder.put_images("images");
  folder.put_texts([](int i) { return "annotations/" + stem(i) + ".xml"; },
                   [](int i) {
                     if (i == 1)
                       return "<annotation><filename>" + name(1) + "</filename>" + voc_object(box(1), "1") +
                              "</annotation>";
                     return voc_file(i, name(i), i == 0 ? voc_object({0, 0, 40, 32}, "1") : "");
                   });
  const auto data = load(folder.voc("annotations", "images"));
  check_boxes(data);
}

TEST_CASE("YOLO's folders and yaml say the split, in any order of folders") {
  for (const bool split_first : {false, true}) {
    CAPTURE(split_first);
    Case folder;
    const auto path = [&](const std::string& kind, int i, const std::string& file) {
      const std::string part = split_first && i >= kTrain ? "valid" : part_of(i);
      return split_first ? part + "/" + kind + "/" + file : kind + "/" + part + "/" + file;
    };
    folder.put_each([&](int i) { return path("images", i, name(i)); });
    folder.put_texts([&](int i) { return path("labels", i, stem(i) + ".txt"); }, yolo_line);
    if (split_first) {
      folder.write("data.yaml", "train: ../train/images\nval: ../valid/images\n\nnc: 1\nnames: ['raccoon']\n");
      folder.write("README.dataset.txt", "# Raccoons\n");
    } else {
      folder.write("raccoons.yaml", "path: .\ntrain: images/train\nval: images/val\nnames:\n  0: raccoon\n");
    }
    const auto files = folder.yolo("");
    CHECK(localization::read_annotations(files).table.class_names() == Words{"raccoon"});
    const auto data = load(files);
    check_boxes(data);
    check_split(data);
    DataFiles by_hash;
    by_hash.annotations = files;
    by_hash.split_by_hash = true;
    const auto other = load(by_hash);
    CHECK(images_of(other) == kCount);
    CHECK_THAT(said(other), ContainsSubstring("the split that the data have is not used"));
  }
}

TEST_CASE("VOC's ImageSets say the split, and images in no list are left out") {
  Case folder;
  folder.put_images("JPEGImages");
  folder.put_texts([](int i) { return "Annotations/" + stem(i) + ".xml"; }, [](int i) { return voc_file(i, name(i)); });
  folder.write("ImageSets/Main/train.txt", each([](int i) { return i < kTrain ? stem(i) + "\n" : ""; }));
  folder.write("ImageSets/Main/val.txt", each([](int i) { return i >= kTrain && i < 22 ? stem(i) + "\n" : ""; }));
  const auto data = load(folder.voc("Annotations", "JPEGImages"));
  check_boxes(data, 22);
  check_split(data, 4);
  CHECK_THAT(said(data), ContainsSubstring("2 in no part, left out"));
}

TEST_CASE("columns and cells of a CSV that a training does not need") {
  Case folder;
  folder.put_images("images");
  const std::string header = "image,xmin,ymin,xmax,ymax";
  const auto row = [](int i) { return name(i) + "," + corners(i); };
  SECTION("a column of words beside a box and a class") {
    const auto data =
        load(folder.csv(header + ",class,photographer\n" + each([&](int i) { return row(i) + ",raccoon,jo\n"; })));
    check_boxes(data);
    CHECK_THAT(said(data), ContainsSubstring("ignored \"photographer\" (7)"));
  }
  SECTION("commas behind the last column") {
    check_boxes(load(folder.csv(header + ",,,\r\n" + each([&](int i) { return row(i) + ",,,\r\n"; }))));
  }
  SECTION("rows without a cell at the end") {
    check_boxes(load(folder.csv(header + "\r\n" + each([&](int i) { return row(i) + "\r\n"; }) +
                                each([](int) { return ",,,,\r\n"; }))));
  }
  SECTION("the image in the last column") {
    const auto data = load(folder.csv("label,xmin,ymin,xmax,ymax,filename\n" +
                                      each([](int i) { return "0," + corners(i) + "," + name(i) + "\n"; })));
    check_boxes(data);
  }
  SECTION("images without an object") {
    const auto data = load(folder.csv(header + ",class\n" + each([&](int i) {
                                        return i == 0 || i == 7 ? name(i) + ",,,,,\n" : row(i) + ",raccoon\n";
                                      })));
    check_boxes(data, 22);
    CHECK_THAT(said(data), ContainsSubstring("2 images without a box left out"));
  }
  SECTION("absolute names below the folder") {
    check_boxes(load(folder.csv("image,x1,y1,x2,y2,class\n" + each([&](int i) {
                                  return folder / ("images/" + name(i)) + "," + corners(i) + ",raccoon\n";
                                }),
                                "")));
  }
  SECTION("without a header, which has to be said") {
    for (const bool with_class : {false, true}) {
      auto files = folder.csv(each([&](int i) { return row(i) + (with_class ? ",raccoon\n" : "\n"); }));
      CHECK_THROWS_WITH(load(files), ContainsSubstring("without a header the option is `header(false)`"));
      files.columns.header(false);
      if (!with_class) {
        CHECK_THROWS_WITH(load(files), ContainsSubstring("`labels_as(ColumnRole::kBox)`"));
        files.columns.labels_as(boxfeed::ColumnRole::kBox).box_format(boxfeed::BoxFormat::kXYXY);
      }
      check_boxes(load(files));
    }
  }
  SECTION("a box that leaves its image by a pixel: found before the first step, clipped by option") {
    auto files =
        folder.csv(header + "\n" + each([&](int i) { return i == 2 ? name(i) + ",4,3,41,25\n" : row(i) + "\n"; }));
    CHECK_THROWS_WITH(load(files),
                      ContainsSubstring("data.csv:4: image \"raccoon-3.jpg\": expected a box within the image") &&
                          ContainsSubstring("`outside(BoxAction::kFix)` clips it"));
    files.box_policy.outside(boxfeed::BoxAction::kFix);
    const auto data = load(files);
    CHECK(images_of(data) == kCount);
    CHECK_THAT(said(data), ContainsSubstring("1 box repaired (outside 1)"));
  }
}

TEST_CASE("names that mean an image that is there, in every format") {
  Case folder;
  folder.put_images("images");
  SECTION("a JSON beside its images") {
    const auto data = load(folder.coco(coco_file("images/"), ""));
    check_boxes(data);
    CHECK(data.train.images == folder.path().string());
  }
  SECTION("backslashes") { check_boxes(load(folder.coco(coco_file("images\\\\"), ""))); }
  SECTION("VOC's names without an extension, or with another name than the XML's") {
    for (const bool other : {false, true}) {
      folder.put_texts([](int i) { return "annotations/" + stem(i) + ".xml"; },
                       [&](int i) { return voc_file(i, other ? "IMG_" + std::to_string(i) + ".png" : stem(i)); });
      const auto data = load(folder.voc("annotations", "images"));
      check_boxes(data);
      CHECK_THAT(said(data), ContainsSubstring("24 images found under another name: "));
    }
  }
  SECTION("a folder that is a link") {
    fs::create_directories(folder / "set/images");
    fs::create_directory_symlink("../../images", folder / "set/images/train");
    folder.put_texts([](int i) { return "set/labels/train/" + stem(i) + ".txt"; }, yolo_line);
    auto files = folder.yolo("set");
    CHECK_THROWS_WITH(load(files), ContainsSubstring("`allow_outside_root(true)` follows it"));
    files.follow_links = true;
    check_boxes(load(files));
  }
  SECTION("files that are links and lead out: by option") {
    Case store;
    store.put_images("store");
    fs::create_directories(folder / "linked");
    for (int i = 0; i < kCount; ++i) fs::create_symlink(store / ("store/" + name(i)), folder / ("linked/" + name(i)));
    auto files = folder.csv(
        "image,xmin,ymin,xmax,ymax\n" + each([](int i) { return name(i) + "," + corners(i) + "\n"; }), "linked");
    CHECK_THROWS_WITH(load(files), ContainsSubstring("`allow_outside_root(true)` follows it"));
    files.follow_links = true;
    check_boxes(load(files));
  }
}

TEST_CASE("files that are no annotations are passed over") {
  Case folder;
  const std::string hidden("\0\5\26\7\0\2\0\0Mac OS X", 16);
  SECTION("hidden files of VOC") {
    folder.put_images("images");
    folder.put_texts([](int i) { return "annotations/" + stem(i) + ".xml"; },
                     [](int i) { return voc_file(i, name(i)); });
    folder.put_texts([](int i) { return "annotations/._" + stem(i) + ".xml"; }, [&](int) { return hidden; });
    folder.put_texts([](int i) { return "images/._" + name(i); }, [&](int) { return hidden; });
    check_boxes(load(folder.voc("annotations", "images")));
  }
  SECTION("hidden files of YOLO") {
    folder.put_images("images");
    folder.put_texts([](int i) { return "labels/" + stem(i) + ".txt"; }, yolo_line);
    folder.put_texts([](int i) { return "labels/._" + stem(i) + ".txt"; }, [&](int) { return hidden; });
    check_boxes(load(folder.yolo("")));
  }
  SECTION("darknet") {
    folder.put_images("obj_train_data");
    folder.put_texts([](int i) { return "obj_train_data/" + stem(i) + ".txt"; }, yolo_line);
    folder.write("obj.names", "raccoon\n");
    folder.write("obj.data", "classes = 1\ntrain = data/train.txt\nnames = data/obj.names\n");
    folder.write("train.txt", each([](int i) { return "data/obj_train_data/" + name(i) + "\n"; }));
    const auto files = folder.yolo("");
    CHECK(localization::read_annotations(files).table.class_names() == Words{"raccoon"});
    check_boxes(load(files));
  }
}

TEST_CASE("COCO by the letter: ids that are texts, objects of images that are not in the list") {
  Case folder;
  folder.put_images("images");
  check_boxes(load(folder.coco(coco_file("", kCount, "", "\""))));
  const auto data = load(folder.coco(coco_file("", 20)));
  check_boxes(data, 20);
  CHECK_THAT(said(data), ContainsSubstring("4 objects of images that are not in the list left out"));
}

TEST_CASE("YOLO's outlines, byte order marks and UTF-16") {
  Case folder;
  folder.put_images("images");
  const auto label = [](int i) { return "labels/" + stem(i) + ".txt"; };
  SECTION("the box around an outline") {
    folder.put_texts(label, [](int i) {
      if (i % 5 != 0) return yolo_line(i);
      const auto b = box(i);
      const double x0 = double(b[0]) / kWidth, y0 = double(b[1]) / kHeight, x1 = double(b[2]) / kWidth,
                   y1 = double(b[3]) / kHeight;
      char line[200];
      std::snprintf(line, sizeof line, "0 %.6f %.6f %.6f %.6f %.6f %.6f %.6f %.6f %.6f %.6f\n", x0, y0, x1, y0, x1, y1,
                    (x0 + x1) / 2, y1, x0, y1);
      return std::string(line);
    });
    const auto data = load(folder.yolo(""));
    check_boxes(data);
    CHECK_THAT(said(data), ContainsSubstring("5 outlines of points: the box around each"));
  }
  SECTION("a byte order mark") {
    folder.put_texts(label, [](int i) { return (i == 4 ? "\xEF\xBB\xBF" : "") + yolo_line(i); });
    folder.write("labels/classes.txt", "\xEF\xBB\xBFraccoon\n");
    const auto files = folder.yolo("");
    CHECK(localization::read_annotations(files).table.class_names() == Words{"raccoon"});
    check_boxes(load(files));
  }
  SECTION("UTF-16") {
    folder.put_texts(label, yolo_line);
    folder.write("labels/classes.txt", std::string("\xFF\xFEr\0a\0c\0\r\0\n\0", 12));
    CHECK_THROWS_WITH(load(folder.yolo("")), ContainsSubstring("save the file as UTF-8"));
  }
}

TEST_CASE("a validation set of its own in the format of the training set") {
  Case folder;
  folder.put_images("images");
  DataFiles files;
  files.annotations = folder.coco(coco_file("", kTrain));
  files.validation = folder.write("val.json", coco_file("", 6));
  const auto data = load(files);
  CHECK(data.train.plans.size() == kTrain);
  CHECK(data.validation.plans.size() == 6);
}

TEST_CASE("a validation set whose classes have other numbers is refused") {
  Case folder;
  folder.put_images("images");
  const auto coco = [](const std::string& first, const std::string& second) {
    const auto object = [](int i) {
      return std::string(i > 0 ? ", " : "") + R"({"image_id": )" + std::to_string(i) + R"(, "category_id": )" +
             std::to_string(1 + i % 2) + R"(, "bbox": [1, 2, 20, 20]})";
    };
    const auto image = [](int i) {
      return std::string(i > 0 ? ", " : "") + R"({"id": )" + std::to_string(i) + R"(, "file_name": ")" + name(i) +
             R"("})";
    };
    return R"({"images": [)" + each(image, 6) + R"(], "annotations": [)" + each(object, 6) +
           R"(], "categories": [{"id": 1, "name": ")" + first + R"("}, {"id": 2, "name": ")" + second + R"("}]})";
  };
  DataFiles files;
  files.annotations = folder.coco(coco("cat", "dog"));
  files.validation = folder.write("val.json", coco("cat", "dog"));
  CHECK(load(files).target.classes == Words{"cat", "dog"});
  files.validation = folder.write("val.json", coco("dog", "cat"));
  CHECK_THROWS_WITH(load(files), ContainsSubstring("val.json: expected the classes \"cat, dog\", which the weights "
                                                   "have learned, found \"dog, cat\""));
}

TEST_CASE("images that cannot be used are all told at once, or left out up to a limit, and what was seen is kept") {
  Case folder;
  folder.put_images("images");
  folder.write("images/" + name(3), "no image");
  fs::remove(folder / ("images/" + name(5)));
  DataFiles files;
  files.annotations = folder.csv("image,xmin,ymin,xmax,ymax\n" +
                                 each([](int i) { return name(i) + "," + (i == 7 ? "1,2,99,9" : corners(i)) + "\n"; }));
  localization::DataSetOptions options;
  const auto refusal = [&] {
    try {
      load_data_sets(files, options);
    } catch (const boxfeed::Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK_THAT(refusal(), ContainsSubstring("data.csv:5: image ") && ContainsSubstring("data.csv:7: image ") &&
                            ContainsSubstring("data.csv:9: image \"raccoon-8.jpg\": expected a box within") &&
                            ContainsSubstring("3 images of 24 cannot be used: --skip-bad leaves such ones out"));
  options.look.skip.limit = 2;
  CHECK_FALSE(refusal().empty());
  for (const double enough : {3.0, 0.2}) {
    options.look.skip.limit = enough;
    const auto data = load_data_sets(files, options);
    check_boxes(data, 21);
    CHECK(data.train.bad.size() == 3);
    CHECK_THAT(said(data), ContainsSubstring("3 images that cannot be used left out, the first: "));
  }
  // A file of the same size and time is what it was, and another one is looked at again.
  const std::string seen = folder / "data.csv.images", good = folder / ("images/" + name(0));
  REQUIRE(fs::exists(seen));
  const auto time = fs::last_write_time(good);
  const auto size = fs::file_size(good);
  folder.write("images/" + name(0), std::string(size, 'x'));
  fs::last_write_time(good, time);
  CHECK(refusal().empty());
  fs::last_write_time(good, time + std::chrono::seconds(2));
  options.look.skip.limit = 0;
  CHECK_THAT(refusal(), ContainsSubstring("data.csv:2: image ") && ContainsSubstring("4 images of 24"));
  folder.write("data.csv.images", "something else");
  CHECK_THAT(refusal(), ContainsSubstring("4 images of 24"));
}
