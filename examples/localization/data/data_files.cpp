#include "data/data_files.h"

#include "data/target.h"

namespace localization {
namespace {

/// "18 images for training, 6 for validation".
std::string counts_of(const boxfeed::Split& split, std::size_t total) {
  std::string text = count_of(split.train.size(), "image") + " for training, " +
                     std::to_string(split.validation.size()) + " for validation";
  if (!split.test.empty()) text += ", " + std::to_string(split.test.size()) + " for testing, left out";
  const std::size_t others = total - split.train.size() - split.validation.size() - split.test.size();
  return others == 0 ? text : text + ", " + std::to_string(others) + " in no part, left out";
}

}  // namespace

AnnotationFiles validation_files(const AnnotationFiles& training, const std::string& path, const std::string& images,
                                 const std::vector<std::string>& class_names) {
  AnnotationFiles files = training;
  files.path() = path;
  if (!files.csv.empty()) files.images = images;
  if (files.class_names.empty() && files.coco.empty()) files.class_names = class_names;
  return files;
}

boxfeed::Split split_of(const boxfeed::AnnotationTable& table, const DataFiles& files,
                        std::vector<std::string>& remarks) {
  const auto given = boxfeed::given_split(table);
  const double share = files.val_fraction.value_or(kValFraction);
  if (files.val_fraction || files.split_by_hash || !given) {
    if (given) remarks.emplace_back("the split that the data have is not used");
    return boxfeed::split_by_hash(table, share);
  }
  boxfeed::Split split = *given;
  if (split.validation.empty()) {  // only a test set is held out
    const auto parts = boxfeed::split_by_hash(table.subset(given->train), share);
    split.train.clear();
    for (const auto i : parts.train) split.train.push_back(given->train[i]);
    for (const auto i : parts.validation) split.validation.push_back(given->train[i]);
  }
  remarks.push_back("the split that the data have: " + counts_of(split, table.size()));
  return split;
}

}  // namespace localization
