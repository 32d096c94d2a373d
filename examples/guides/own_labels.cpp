// Labels in a form that no reader knows, each picture with any number of objects: labels.txt has lines such as
// `scene-00001.jpg balloon 129 7 77 112`: image, class, x, y, width, height.
#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/boxfeed.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

boxfeed::AnnotationTable read_labels(const std::string& path) {
  boxfeed::AnnotationTableInfo info;
  info.path = path;
  info.class_names = {"balloon", "kite"};
  boxfeed::AnnotationTableBuilder builder(info);
  std::ifstream file(path);
  std::string text;
  for (std::size_t line = 1; std::getline(file, text); ++line) {
    std::istringstream cells(text);
    std::string class_name;
    boxfeed::AnnotationRecord record;
    std::array<float, 4> box{};
    cells >> record.name >> class_name >> box[0] >> box[1] >> box[2] >> box[3];
    const auto found = std::find(info.class_names.begin(), info.class_names.end(), class_name);
    if (!cells || found == info.class_names.end()) {
      throw boxfeed::AnnotationError(
          boxfeed::Reason::kSyntax, path, line,
          "expected image, balloon or kite, x, y, width, height, got " + boxfeed::quoted(text));
    }
    record.line = line;  // so that a message about the picture says where it came from
    record.boxes = {boxfeed::box_from(boxfeed::BoxFormat::kXYWH, box)};
    record.class_ids = {static_cast<std::int32_t>(found - info.class_names.begin())};
    builder.add(record);
  }
  return boxfeed::group_by_image(builder.build());
}

int main() {
  try {
    std::ofstream("labels.txt") << "scene-00001.jpg balloon 20 30 40 50\n"
                                   "scene-00001.jpg kite 90 10 40 60\n"
                                   "scene-00002.jpg kite 50 60 70 80\n";
    const boxfeed::DetectionDataset data(read_labels("labels.txt"), "data/images",
                                         boxfeed::DatasetOptions().image_size({128, 128}));
    auto loader = boxfeed::make_data_loader<boxfeed::samplers::SequentialSampler>(data, boxfeed::DataLoaderOptions(2));
    for (auto& batch : *loader) {
      std::cout << batch.boxes.size(0) << " objects in " << batch.size() << " pictures; of picture 0:";
      for (auto k = batch.offsets[0].item<std::int64_t>(); k < batch.offsets[1].item<std::int64_t>(); ++k) {
        std::cout << ' ' << data.table().class_names()[static_cast<std::size_t>(batch.labels[k].item<std::int64_t>())];
      }
      std::cout << '\n';
    }
    std::ofstream("labels.txt", std::ios::app) << "scene-00003.jpg baloon 50 60 70 80\n";
    read_labels("labels.txt");
  } catch (const boxfeed::Error& error) {
    std::cout << error.what() << '\n';
  }
}
