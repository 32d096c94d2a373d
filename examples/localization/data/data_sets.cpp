#include "data/data_sets.h"

#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/annotations/group_by_image.h>
#include <boxfeed/annotations/split.h>
#include <boxfeed/core/error.h>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace localization {
namespace {

using boxfeed::AnnotationError;
using boxfeed::AnnotationRecord;
using boxfeed::AnnotationTable;
using boxfeed::AnnotationTableBuilder;
using boxfeed::Box;
using boxfeed::ColumnRole;
using boxfeed::Reason;

/// Four columns that are the corners of a box.
boxfeed::CsvLayout corners() {
  boxfeed::CsvLayout layout;
  layout.box_format = boxfeed::BoxFormat::kXYXY;
  for (const char* name : {"xmin", "ymin", "xmax", "ymax"}) {
    layout.columns.push_back({name, ColumnRole::kBox, layout.columns.size()});
  }
  return layout;
}

float area(const Box& box) { return box.width() * box.height(); }

/// Images with one box each.
struct OneBoxEach {
  AnnotationTable table;
  std::size_t several = 0;  ///< images that had more than one box
  std::size_t without = 0;  ///< images that had none, and are left out
};

/// Keeps the largest box of each image, whatever else the file says about it.
OneBoxEach one_box_each(const AnnotationTable& table) {
  OneBoxEach out;
  AnnotationTableBuilder builder({table.path(), table.path_is_folder(), {}, {}, table.box_units(), corners()});
  AnnotationRecord record;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto boxes = table.boxes(i);
    if (boxes.size() > 1) ++out.several;
    if (boxes.empty()) {
      ++out.without;
      continue;
    }
    const auto* largest =
        std::max_element(boxes.begin(), boxes.end(), [](const Box& a, const Box& b) { return area(a) < area(b); });
    record.clear();
    record.name = std::string(table.name(i));
    record.box_units = table.box_units();
    record.source = std::string(table.source(i));
    record.box_units = table.box_units();
    record.line = table.box_line(i, static_cast<std::size_t>(largest - boxes.begin()));
    record.image_size = table.image_size(i);
    record.split = std::string(table.split(i));
    record.group = std::string(table.group(i));
    record.boxes = {*largest};
    builder.add(record);
  }
  out.table = builder.build();
  if (out.table.empty()) {
    throw AnnotationError(Reason::kHeader, table.path(), 0,
                          "expected the columns x, y, h, w of a box (or other names for one), found no box");
  }
  return out;
}

std::string count_of(std::size_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

boxfeed::DatasetOptions dataset_options(const Preprocessing& preprocessing) {
  return boxfeed::DatasetOptions()
      .image_size(preprocessing.image_size)
      .pipeline(preprocessing.pipeline)
      .channels(preprocessing.channels)
      .mean(preprocessing.mean)
      .std(preprocessing.std)
      .box_units(boxfeed::BoxUnits::kFractions)
      .check_files(true);
}

boxfeed::Split split_of(const AnnotationTable& table, const std::optional<double>& val_fraction,
                        std::vector<std::string>& remarks) {
  if (!val_fraction && has_validation_split(table)) {
    auto split = boxfeed::split_by_column(table);
    remarks.emplace_back("the file itself says which images are for validation");
    const std::size_t others = table.size() - split.train.size() - split.validation.size();
    if (others > 0) remarks.push_back(count_of(others, "image") + " in neither part");
    return split;
  }
  auto split = boxfeed::split_by_hash(table, val_fraction.value_or(kValFraction));
  if (split.train.empty() || split.validation.empty()) {
    throw AnnotationError(Reason::kEmptyFile, table.path(), 0,
                          "too few images to hold some out for validation: " + std::to_string(table.size()));
  }
  return split;
}

}  // namespace

bool has_validation_split(const AnnotationTable& table) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (boxfeed::split_part(table.split(i)) == boxfeed::SplitPart::kValidation) return true;
  }
  return false;
}

DataSet load_data_set(const AnnotationFiles& files, const Preprocessing& preprocessing) {
  const auto read = read_annotations(files);
  auto one = one_box_each(boxfeed::group_by_image(read.table));
  std::vector<std::string> remarks{read.description};
  if (one.several > 0) remarks.push_back(count_of(one.several, "image") + " with several boxes: the largest is used");
  if (one.without > 0) remarks.push_back(count_of(one.without, "image") + " without a box left out");
  return {boxfeed::CsvDataset(std::move(one.table), read.images, dataset_options(preprocessing)), read.images,
          std::move(remarks)};
}

DataSets load_data_sets(const DataFiles& files, const Preprocessing& preprocessing,
                        const boxfeed::transforms::Pipeline& augmentation) {
  auto all = load_data_set(files.annotations, preprocessing);
  const auto for_training = [&](const AnnotationTable& table) {
    return boxfeed::CsvDataset(
        table, all.images,
        dataset_options(preprocessing).pipeline(joined(augmentation, preprocessing)).check_files(false));
  };
  if (files.val_csv) {
    AnnotationFiles validation = files.annotations;
    validation.csv = *files.val_csv;
    validation.images = all.images;
    auto other = load_data_set(validation, preprocessing);
    all.remarks.insert(all.remarks.end(), other.remarks.begin(), other.remarks.end());
    return {for_training(all.dataset.table()), other.dataset, all.images, std::move(all.remarks)};
  }
  const auto split = split_of(all.dataset.table(), files.val_fraction, all.remarks);
  return {for_training(all.dataset.table().subset(split.train)), all.dataset.subset(split.validation), all.images,
          std::move(all.remarks)};
}

boxfeed::CsvDataset unlabeled_data_set(const std::vector<std::string>& names, const std::string& images,
                                       const Preprocessing& preprocessing) {
  AnnotationTableBuilder builder({images, true, {}, {}, boxfeed::BoxUnits::kFractions, corners()});
  AnnotationRecord record;
  record.box_units = boxfeed::BoxUnits::kFractions;
  record.boxes = {Box{0, 0, 1, 1}};  // a target is never looked at
  for (const auto& name : names) {
    record.name = name;
    builder.add(record);
  }
  return boxfeed::CsvDataset(builder.build(), images,
                             dataset_options(preprocessing).check_files(false).allow_outside_root(true));
}

}  // namespace localization
