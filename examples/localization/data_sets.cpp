#include "data_sets.h"

#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/annotations/split.h>
#include <boxfeed/core/error.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace localization {
namespace {

using boxfeed::AnnotationRecord;
using boxfeed::AnnotationTable;
using boxfeed::AnnotationTableBuilder;
using boxfeed::Box;
using boxfeed::CsvError;
using boxfeed::LabelKind;
using boxfeed::Reason;

/// Four columns that are the corners of a box.
boxfeed::LabelLayout corners() {
  boxfeed::LabelLayout layout;
  layout.box_format = boxfeed::BoxFormat::kXYXY;
  for (const char* name : {"xmin", "ymin", "xmax", "ymax"}) {
    layout.columns.push_back({name, LabelKind::kBox, layout.columns.size()});
  }
  return layout;
}

float area(const Box& box) { return box.width() * box.height(); }

/// The same images with one box each, the largest, whatever else the file says about them.
AnnotationTable one_box_each(const AnnotationTable& table) {
  AnnotationTableBuilder builder({table.path(), table.path_is_folder(), {}, {}, table.box_units(), corners()});
  AnnotationRecord record;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto boxes = table.boxes(i);
    if (boxes.empty()) {
      throw CsvError(Reason::kHeader, table.path(), table.line(i),
                     "expected the columns x, y, h, w of a box (or other names for one), found no box");
    }
    record.clear();
    record.name = std::string(table.name(i));
    record.source = std::string(table.source(i));
    record.line = table.line(i);
    record.image_size = table.image_size(i);
    record.group = std::string(table.group(i));
    record.boxes = {
        *std::max_element(boxes.begin(), boxes.end(), [](const Box& a, const Box& b) { return area(a) < area(b); })};
    builder.add(record);
  }
  return builder.build();
}

boxfeed::DatasetOptions dataset_options(const Preprocessing& preprocessing) {
  return boxfeed::DatasetOptions()
      .image_size(preprocessing.image_size)
      .channels(preprocessing.channels)
      .mean(preprocessing.mean)
      .std(preprocessing.std)
      .box_units(boxfeed::BoxUnits::kFractions)
      .check_files(true);
}

boxfeed::Split checked_split(const AnnotationTable& table, double val_fraction) {
  auto split = boxfeed::split_by_hash(table, val_fraction);
  if (split.train.empty() || split.validation.empty()) {
    throw CsvError(Reason::kEmptyFile, table.path(), 0,
                   "too few images to hold some out for validation: " + std::to_string(table.size()));
  }
  return split;
}

}  // namespace

std::string images_folder(const std::string& csv, const std::string& images) {
  if (!images.empty()) return images;
  const auto folder = std::filesystem::path(csv).parent_path().string();
  return folder.empty() ? "." : folder;
}

boxfeed::CsvDataset load_data_set(const std::string& csv, const std::string& images,
                                  const Preprocessing& preprocessing) {
  return boxfeed::CsvDataset(one_box_each(boxfeed::read_csv(csv)), images_folder(csv, images),
                             dataset_options(preprocessing));
}

DataSets load_data_sets(const DataFiles& files, const Preprocessing& preprocessing) {
  auto all = load_data_set(files.csv, files.images, preprocessing);
  if (files.val_csv) return {all, load_data_set(*files.val_csv, files.images, preprocessing)};
  const auto split = checked_split(all.table(), files.val_fraction);
  return {all.subset(split.train), all.subset(split.validation)};
}

boxfeed::CsvDataset unlabelled_data_set(const std::vector<std::string>& names, const std::string& images,
                                        const Preprocessing& preprocessing) {
  AnnotationTableBuilder builder({images, true, {}, {}, boxfeed::BoxUnits::kFractions, corners()});
  AnnotationRecord record;
  record.boxes = {Box{0, 0, 1, 1}};  // a target is never looked at
  for (const auto& name : names) {
    record.name = name;
    builder.add(record);
  }
  return boxfeed::CsvDataset(builder.build(), images,
                             dataset_options(preprocessing).check_files(false).allow_outside_root(true));
}

}  // namespace localization
