#include "data/target_writer.h"

#include <boxfeed/core/error.h>

#include <algorithm>
#include <array>
#include <string>

#include "data/hook.h"

namespace boxfeed {

using namespace transforms;

namespace {

CsvLayout layout_of(const AnnotationTable& table) {
  if (!table.label_layout().columns.empty()) return table.label_layout();
  CsvLayout layout;
  layout.box_format = BoxFormat::kXYHW;
  for (const char* name : {"x", "y", "h", "w"}) {
    layout.columns.push_back({name, ColumnRole::kBox, layout.columns.size()});
  }
  return layout;
}

/// How many of each kind of label a record must have.
struct Needs {
  std::size_t boxes = 0;
  std::size_t classes = 0;
  std::size_t keypoints = 0;
  std::size_t numbers = 0;

  explicit Needs(const CsvLayout& layout) {
    for (const auto& column : layout.columns) {
      switch (column.role) {
        case ColumnRole::kBox: boxes = 1; break;
        case ColumnRole::kClass: classes = 1; break;
        case ColumnRole::kKeypoint: keypoints = std::max(keypoints, column.component / 3 + 1); break;
        case ColumnRole::kNumber: numbers = std::max(numbers, column.component + 1); break;
        default: break;
      }
    }
  }

  void check(const AnnotationTable& table, std::size_t i, const BoxReport& report) const {
    const auto demand = [&](const char* what, std::size_t expected, std::size_t found) {
      if (expected == found) return;
      const auto place = table.place(i);
      std::string why = " (a dataset of one target an image cannot hold background rows or several objects)";
      for (const auto& box : report.boxes()) {
        if (found == 0 && box.line == place.line && box.image == table.name(i)) {
          why = ", since the box policy left it out (" + std::string(reason_name(box.reason)) + ": " + box.text +
                "); `keep_empty(false)` leaves out the image, too";
        }
      }
      throw AnnotationError(Reason::kColumnCount, place.annotation_path, place.line,
                            "expected " + std::to_string(expected) + " " + what + " for image " +
                                quoted(std::string(table.name(i))) + ", got " + std::to_string(found) + why);
    };
    if (boxes > 0) demand("box", boxes, table.boxes(i).size());
    if (classes > 0) demand("class", classes, table.class_ids(i).size());
    if (keypoints > 0) demand("keypoints", keypoints, table.keypoints(i).size());
    if (numbers > 0) demand("numbers", numbers, table.numbers(i).size());
  }
};

/// From pixels of an image of this size.
PlaneMap to_units(BoxUnits units, ImageSize size) {
  if (units == BoxUnits::kPixels) return {};
  return PlaneMap::scale(1 / static_cast<double>(size.width), 1 / static_cast<double>(size.height));
}

float keypoint_component(const Keypoint& point, std::size_t component, const PlaneMap& map) {
  const Keypoint moved = map.apply(point);
  return component == 0 ? moved.x : component == 1 ? moved.y : moved.visibility;
}

}  // namespace

TargetWriter::TargetWriter(const AnnotationTable& table, const DatasetOptions& options, const BoxReport& report)
    : layout_(layout_of(table)),
      units_(options.box_units()),
      transform_(options.target_transform()),
      size_(
          static_cast<std::size_t>(options.target_size().value_or(static_cast<std::int64_t>(layout_.columns.size())))) {
  const Needs needs(layout_);
  for (std::size_t i = 0; i < table.size(); ++i) needs.check(table, i, report);
}

std::vector<float> TargetWriter::values(const AnnotationRecord& record, const Plan& plan,
                                        const std::string& path) const {
  const PlaneMap map = to_units(units_, plan.size);
  const auto box =
      plan.boxes.empty() ? std::array<float, 4>{} : box_values(layout_.box_format, map.apply(plan.boxes[0]));
  std::vector<float> values;
  values.reserve(layout_.columns.size());
  for (const auto& column : layout_.columns) {
    switch (column.role) {
      case ColumnRole::kBox: values.push_back(box[column.component]); break;
      case ColumnRole::kClass: values.push_back(static_cast<float>(record.class_ids[0])); break;
      case ColumnRole::kKeypoint:
        values.push_back(keypoint_component(plan.keypoints[column.component / 3], column.component % 3, map));
        break;
      case ColumnRole::kNumber: values.push_back(record.numbers[column.component]); break;
      default: break;  // not a label
    }
  }
  if (!transform_) return values;
  values = call_hook("target_transform", path, [&] { return transform_(values); });
  if (values.size() != size_) {
    throw ImageError(Reason::kHook, path,
                     "expected " + std::to_string(size_) + " numbers from the target_transform, got " +
                         std::to_string(values.size()) + " (target_size announces another number)");
  }
  return values;
}

}  // namespace boxfeed
