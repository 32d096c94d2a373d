#include "check/dataset_summary.h"

#include <boxfeed/image/image_header.h>

#include <algorithm>

namespace localization {
namespace {

/// The names of the spreads in the order in which they are shown.
constexpr const char* kImageWidth = "image width";
constexpr const char* kImageHeight = "image height";
constexpr const char* kImageRatio = "image aspect ratio";
constexpr const char* kBoxWidth = "box width";
constexpr const char* kBoxHeight = "box height";
constexpr const char* kBoxRatio = "box aspect ratio";
constexpr const char* kBoxShare = "box share of the image";

Spread spread_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {values.front(), values[values.size() / 2], values.back()};
}

}  // namespace

void DatasetSummary::add(const boxfeed::AnnotationTable& table, std::size_t i, const ScannedImage& image) {
  ++images_;
  auto record = table.record(i);
  std::vector<bool> keep;  // crowds are no objects
  for (const auto flags : record.flags) keep.push_back((flags & boxfeed::kCrowd) == 0);
  if (!keep.empty()) record.keep_boxes(keep);
  const auto& boxes = record.boxes;
  boxes_ += boxes.size();
  keypoints_ += static_cast<std::size_t>(std::count_if(record.keypoints.begin(), record.keypoints.end(),
                                                       [](const auto& point) { return !point.is_missing(); }));
  numbers_ += record.numbers.size();
  if (boxes.empty()) ++empty_;
  for (const auto id : record.class_ids) ++classes_[table.class_names()[static_cast<std::size_t>(id)]];
  if (image.header) ++formats_[format_name(image.header->format)];
  auto size = image.size();
  if (size.height == 0) size = table.image_size(i).value_or(size);
  const auto width = static_cast<double>(size.width), height = static_cast<double>(size.height);
  const bool known = size.height > 0;
  if (known) {
    values_[kImageWidth].push_back(width);
    values_[kImageHeight].push_back(height);
    values_[kImageRatio].push_back(width / height);
  }
  const bool fractions = table.box_units() == boxfeed::BoxUnits::kFractions;
  if (fractions && !known) return;
  for (const auto& box : boxes) {
    const double w = static_cast<double>(box.width()) * (fractions ? width : 1);
    const double h = static_cast<double>(box.height()) * (fractions ? height : 1);
    if (!(w > 0 && h > 0)) continue;
    values_[kBoxWidth].push_back(w);
    values_[kBoxHeight].push_back(h);
    values_[kBoxRatio].push_back(w / h);
    if (known) values_[kBoxShare].push_back(w * h / (width * height));
  }
}

void DatasetSummary::fill(DatasetReport& report) const {
  report.images = images_;
  report.boxes = boxes_;
  report.keypoints = keypoints_;
  report.numbers = numbers_;
  report.images_without_boxes = empty_;
  report.classes.assign(classes_.begin(), classes_.end());
  report.formats.assign(formats_.begin(), formats_.end());
  for (const char* name : {kImageWidth, kImageHeight, kImageRatio, kBoxWidth, kBoxHeight, kBoxRatio, kBoxShare}) {
    const auto found = values_.find(name);
    if (found != values_.end()) report.spreads.emplace_back(name, spread_of(found->second));
  }
}

}  // namespace localization
