// `localize` on the same data in every format.
#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/annotations/coco.h>
#include <boxfeed/annotations/csv.h>

#include <opencv2/imgcodecs.hpp>
#include <string>

#include "localization/program.h"
#include "support/catch.h"

using Catch::Matchers::ContainsSubstring;
using program::DataFolder;
using program::localize;

namespace {

/// The pictures of d/ as COCO, VOC and YOLO; the first picture has a second, smaller box, the last none.
class ManyFormats : public DataFolder {
 public:
  ManyFormats() {
    const auto table = boxfeed::read_csv(*this / "d/data.csv");
    boxfeed::AnnotationTableBuilder builder({"by hand", false, {"thing"}});
    boxfeed::AnnotationRecord record;
    std::string csv = "image,split,xmin,ymin,xmax,ymax\n";
    for (std::size_t i = 0; i < table.size(); ++i) {
      record = {};
      record.name = std::string(table.name(i));
      const cv::Mat image = cv::imread(*this / ("d/images/" + record.name));
      record.image_size = boxfeed::ImageSize{image.rows, image.cols};
      if (i == 0) record.boxes.push_back({1, 1, 3, 4});
      if (i + 1 < table.size()) record.boxes.push_back(table.boxes(i)[0]);
      record.class_ids.assign(record.boxes.size(), 0);
      builder.add(record);
      std::string objects, lines;
      for (const auto& box : record.boxes) {
        const auto text = [](float value) { return std::to_string(value); };
        objects += "<object><name>thing</name><bndbox><xmin>" + text(box.xmin) + "</xmin><ymin>" + text(box.ymin) +
                   "</ymin><xmax>" + text(box.xmax) + "</xmax><ymax>" + text(box.ymax) + "</ymax></bndbox></object>\n";
        const auto width = static_cast<float>(image.cols), height = static_cast<float>(image.rows);
        lines += "0 " + text((box.xmin + box.xmax) / 2 / width) + " " + text((box.ymin + box.ymax) / 2 / height) + " " +
                 text(box.width() / width) + " " + text(box.height() / height) + "\n";
        csv += record.name + "," + (i < 18 ? "train" : "val") + "," + text(box.xmin) + "," + text(box.ymin) + "," +
               text(box.xmax) + "," + text(box.ymax) + "\n";
      }
      const std::string stem = record.name.substr(0, record.name.find('.'));
      write("d/Annotations/" + stem + ".xml",
            "<annotation><filename>" + record.name + "</filename>\n" + objects + "</annotation>\n");
      if (!lines.empty()) write("d/labels/" + stem + ".txt", lines);
    }
    boxfeed::write_coco(*this / "d/coco.json", builder.build());
    write("d/data.yaml", "names:\n  0: thing\n");
    write("d/split.csv", csv);
  }
};

const std::string kTiny = " --epochs 1 --batch 8 --size 48 64 ";

}  // namespace

TEST_CASE("train, check, stats and evaluate read every format") {
  const ManyFormats folder;
  const char* formats[] = {"--coco d/coco.json", "--voc d", "--yolo d"};
  for (const std::string format : formats) {
    INFO(format);
    const std::string run = "r" + format.substr(2, 3);
    const auto trained = localize(folder, "train " + format + " --run " + run + kTiny);
    INFO(trained.out << trained.err);
    CHECK(trained.code == 0);
    CHECK_THAT(trained.out, ContainsSubstring("1 image with several boxes: the largest is used") &&
                                ContainsSubstring("1 image without a box left out") && ContainsSubstring("epoch  1/1"));
    const auto checked = localize(folder, "check " + format);
    INFO(checked.out);
    CHECK(checked.code == 0);
    CHECK_THAT(checked.out, ContainsSubstring("24 images, 24 boxes, 1 image without a box; images in d/images\n") &&
                                ContainsSubstring("classes: thing 24\n"));
    const auto drawn = localize(folder, "stats " + format + " --output s.png");
    CHECK(drawn.code == 0);
    CHECK_THAT(drawn.out, ContainsSubstring("24 boxes on 24 images: s.png"));
    CHECK(cv::imread(folder / "s.png").cols > 1200);
    const auto evaluated = localize(folder, "evaluate --weights " + run + "/best.safetensors " + format);
    CHECK(evaluated.code == 0);
    CHECK_THAT(evaluated.out, ContainsSubstring("on 23 images"));
  }
}

TEST_CASE("the file's own split, and rows of one image") {
  const ManyFormats folder;
  const auto trained = localize(folder, "train --csv d/split.csv --images d/images --run r" + kTiny);
  INFO(trained.err);
  CHECK(trained.code == 0);
  CHECK_THAT(trained.out,
             ContainsSubstring("1 image with several boxes") &&
                 ContainsSubstring("the split that the data have: 18 images for training, 5 for validation") &&
                 ContainsSubstring("18 images for training, 5 for validation"));
  const auto by_name = localize(folder, "train --csv d/split.csv --images d/images --val-fraction 0.5 --run s" + kTiny);
  CHECK_THAT(by_name.out, ContainsSubstring("the split that the data have is not used"));
}

TEST_CASE("exactly one format: exit code 2 for none and for two") {
  const program::TemporaryFolder folder;
  for (const char* arguments :
       {"check", "stats", "evaluate --weights w", "check --csv a --coco b", "train --voc a --yolo b",
        "train --coco a --val-csv b", "train --classes cat", "check --voc a --val-csv b", "train --voc a --data b"}) {
    INFO(arguments);
    CHECK(localize(folder, arguments).code == 2);
  }
}
