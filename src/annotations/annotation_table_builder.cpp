#include <boxfeed/annotations/annotation_table_builder.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "annotations/table_columns.h"

namespace boxfeed {
namespace {

/// Where `values` holds something for some record, it holds something for all: `more` behind the first `before` values,
/// `size` of them in all, and what `missing(i)` says at the places i that have none.
template <typename T, typename Missing>
void append(std::vector<T>& values, std::size_t before, Span<T> more, std::size_t size, Missing missing) {
  if (values.empty() && more.empty()) return;
  while (values.size() < before) values.push_back(missing(values.size()));
  more.append_to(values);
  while (values.size() < size) values.push_back(missing(values.size()));
}

template <typename T>
Span<T> span_of(const std::optional<T>& value) {
  return value ? Span<T>(&*value, 1) : Span<T>();
}

void require_each(const char* what, std::size_t count, const AnnotationRecord& record) {
  if (count != 0 && count != record.boxes.size()) {
    throw std::invalid_argument("AnnotationTableBuilder::add: expected no " + std::string(what) +
                                " or one for each box of " + quoted(record.name) + " (" +
                                std::to_string(record.boxes.size()) + "), got " + std::to_string(count));
  }
}

std::uint32_t line_number(std::size_t line) {
  return static_cast<std::uint32_t>(std::min<std::size_t>(line, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

AnnotationTableBuilder::AnnotationTableBuilder(AnnotationTableInfo info) : columns_(std::make_unique<TableColumns>()) {
  columns_->info = std::move(info);
}

AnnotationTableBuilder::~AnnotationTableBuilder() = default;

void AnnotationTableBuilder::add(const AnnotationRecord& record) {
  auto& c = *columns_;
  require_each("flags", record.flags.size(), record);
  require_each("areas", record.areas.size(), record);
  require_each("lines of boxes", record.box_lines.size(), record);
  if (record.box_units != c.info.box_units) {
    throw std::invalid_argument("AnnotationTableBuilder::add: expected the boxes of " + quoted(record.name) +
                                " in the table's units, got others");
  }
  for (const std::int32_t id : record.class_ids) {
    if (id < 0 || static_cast<std::size_t>(id) >= c.info.class_names.size()) {
      throw std::invalid_argument("AnnotationTableBuilder::add: expected class ids of " + quoted(record.name) +
                                  " below " + std::to_string(c.info.class_names.size()) + ", got " +
                                  std::to_string(id));
    }
  }
  const std::size_t records = c.names.size(), boxes_before = c.boxes.size();
  c.names.add(record.name);
  if (c.info.path_is_folder) c.sources.add(record.source);
  c.lines.push_back(line_number(record.line));

  Span<Box>(record.boxes).append_to(c.boxes);
  c.box_offsets.add(record.boxes.size());
  const std::size_t boxes = c.boxes.size();
  std::vector<std::uint32_t> box_lines;
  for (const std::size_t line : record.box_lines) box_lines.push_back(line_number(line));
  append<std::uint32_t>(c.box_lines, boxes_before, box_lines, boxes,
                        [&, owner = c.box_lines.empty() ? 0 : records](std::size_t i) mutable {
                          while (c.box_offsets.end(owner) <= i) ++owner;
                          return c.lines[owner];
                        });
  append<std::uint8_t>(c.flags, boxes_before, record.flags, boxes, [](std::size_t) { return kNoFlags; });
  append<float>(c.areas, boxes_before, record.areas, boxes,
                [&](std::size_t i) { return c.boxes[i].width() * c.boxes[i].height(); });
  Span<std::int32_t>(record.class_ids).append_to(c.class_ids);
  c.class_offsets.add(record.class_ids.size());
  Span<Keypoint>(record.keypoints).append_to(c.keypoints);
  c.keypoint_offsets.add(record.keypoints.size());
  Span<float>(record.numbers).append_to(c.numbers);
  c.number_offsets.add(record.numbers.size());
  append(c.image_sizes, records, span_of(record.image_size), records + 1, [](std::size_t) { return ImageSize{}; });
  append(c.image_ids, records, span_of(record.image_id), records + 1,
         [](std::size_t i) { return static_cast<std::int64_t>(i); });
  c.split.add(record.split);
  c.group.add(record.group);
}

AnnotationTable AnnotationTableBuilder::build() {
  return make_table(std::move(*std::exchange(columns_, std::make_unique<TableColumns>())));
}

}  // namespace boxfeed
