#include <boxfeed/annotations/annotation_table.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "annotations/table_columns.h"
#include "core/keep_marked.h"

namespace boxfeed {
namespace {

template <typename T>
Span<T> slice(const std::vector<T>& values, const Offsets& offsets, std::size_t row) noexcept {
  if (values.empty()) return {};
  const std::size_t begin = offsets.begin(row);
  return {values.data() + begin, offsets.end(row) - begin};
}

template <typename T>
std::size_t memory_of(const std::vector<T>& values) noexcept {
  return values.capacity() * sizeof(T);
}

template <typename Array>
std::size_t memory_of(const Array& array) noexcept {
  return array.memory();
}

template <typename T>
bool same(Span<T> a, Span<T> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

bool same_classes(const AnnotationTable& a, const AnnotationTable& b, std::size_t i) {
  const auto x = a.class_ids(i), y = b.class_ids(i);
  return std::equal(x.begin(), x.end(), y.begin(), y.end(), [&](std::int32_t p, std::int32_t q) {
    return a.class_names()[static_cast<std::size_t>(p)] == b.class_names()[static_cast<std::size_t>(q)];
  });
}

/// A table without flags equals one whose flags are all 0.
bool same_flags(const AnnotationTable& a, const AnnotationTable& b, std::size_t i) {
  const auto x = a.flags(i), y = b.flags(i);
  for (std::size_t k = 0; k < std::max(x.size(), y.size()); ++k) {
    if ((k < x.size() ? x[k] : 0) != (k < y.size() ? y[k] : 0)) return false;
  }
  return true;
}

}  // namespace

void AnnotationRecord::keep_boxes(const std::vector<bool>& keep) {
  keep_marked(boxes, keep);
  keep_marked(class_ids, keep);
  keep_marked(flags, keep);
  keep_marked(areas, keep);
  keep_marked(box_lines, keep);
  keep_marked(keypoints, keep);
  keep_marked(numbers, keep);
}

AnnotationTable make_table(TableColumns&& columns) {
  columns.split.close();
  columns.group.close();
  return AnnotationTable(std::make_shared<const TableColumns>(std::move(columns)));
}

AnnotationTable::AnnotationTable() : AnnotationTable(std::make_shared<const TableColumns>()) {}

AnnotationTable::AnnotationTable(std::shared_ptr<const TableColumns> columns)
    : columns_(std::move(columns)), count_(columns_->names.size()) {}

const AnnotationTableInfo& AnnotationTable::info() const noexcept { return columns_->info; }

bool AnnotationTable::has_image_ids() const noexcept { return !columns_->image_ids.empty(); }

AnnotationRecord AnnotationTable::record(std::size_t i) const {
  AnnotationRecord record;
  record.name = name(i);
  record.source = source(i);
  record.line = line(i);
  record.box_units = box_units();
  record.boxes = boxes(i).to_vector();
  record.class_ids = class_ids(i).to_vector();
  record.flags = flags(i).to_vector();
  record.areas = areas(i).to_vector();
  const auto box_lines = slice(columns_->box_lines, columns_->box_offsets, row(i));
  record.box_lines.assign(box_lines.begin(), box_lines.end());
  record.keypoints = keypoints(i).to_vector();
  record.numbers = numbers(i).to_vector();
  record.image_size = image_size(i);
  if (has_image_ids()) record.image_id = image_id(i);
  record.split = split(i);
  record.group = group(i);
  return record;
}

std::string_view AnnotationTable::source(std::size_t i) const noexcept {
  return columns_->sources.size() == 0 ? std::string_view() : columns_->sources[row(i)];
}

std::string_view AnnotationTable::name(std::size_t i) const noexcept { return columns_->names[row(i)]; }

std::size_t AnnotationTable::line(std::size_t i) const noexcept { return columns_->lines[row(i)]; }

ExamplePlace AnnotationTable::place(std::size_t i) const {
  ExamplePlace place{path(), line(i), i};
  if (path_is_folder() && !source(i).empty()) {
    place.annotation_path += "/";
    place.annotation_path += source(i);
  }
  return place;
}

Span<Box> AnnotationTable::boxes(std::size_t i) const noexcept {
  return slice(columns_->boxes, columns_->box_offsets, row(i));
}

Span<std::int32_t> AnnotationTable::class_ids(std::size_t i) const noexcept {
  return slice(columns_->class_ids, columns_->class_offsets, row(i));
}

Span<Keypoint> AnnotationTable::keypoints(std::size_t i) const noexcept {
  return slice(columns_->keypoints, columns_->keypoint_offsets, row(i));
}

Span<float> AnnotationTable::numbers(std::size_t i) const noexcept {
  return slice(columns_->numbers, columns_->number_offsets, row(i));
}

Span<std::uint8_t> AnnotationTable::flags(std::size_t i) const noexcept {
  return slice(columns_->flags, columns_->box_offsets, row(i));
}

Span<float> AnnotationTable::areas(std::size_t i) const noexcept {
  return slice(columns_->areas, columns_->box_offsets, row(i));
}

std::size_t AnnotationTable::box_line(std::size_t i, std::size_t box) const noexcept {
  const auto lines = slice(columns_->box_lines, columns_->box_offsets, row(i));
  return lines.empty() ? line(i) : lines[box];
}

std::optional<ImageSize> AnnotationTable::image_size(std::size_t i) const noexcept {
  if (columns_->image_sizes.empty() || columns_->image_sizes[row(i)].height == 0) return std::nullopt;
  return columns_->image_sizes[row(i)];
}

std::string_view AnnotationTable::split(std::size_t i) const noexcept { return columns_->split[row(i)]; }

std::string_view AnnotationTable::group(std::size_t i) const noexcept { return columns_->group[row(i)]; }

std::int64_t AnnotationTable::image_id(std::size_t i) const noexcept {
  return columns_->image_ids.empty() ? static_cast<std::int64_t>(i) : columns_->image_ids[row(i)];
}

AnnotationTable AnnotationTable::subset(const std::vector<std::size_t>& indices) const {
  auto rows = std::make_shared<std::vector<std::size_t>>();
  rows->reserve(indices.size());
  for (const std::size_t index : indices) {
    if (index >= size()) {
      throw std::out_of_range("AnnotationTable::subset: expected indices below " + std::to_string(size()) + ", got " +
                              std::to_string(index));
    }
    rows->push_back(row(index));
  }
  AnnotationTable table = *this;
  table.rows_ = std::move(rows);
  return table;
}

std::size_t AnnotationTable::memory() const noexcept {
  std::size_t sum = rows_ ? memory_of(*rows_) : 0;
  TableColumns::for_each_array([&](auto array) { sum += memory_of((*columns_).*array); });
  return sum;
}

bool operator==(const AnnotationTable& a, const AnnotationTable& b) {
  if (a.size() != b.size() || a.box_units() != b.box_units()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a.name(i) != b.name(i) || a.image_size(i) != b.image_size(i) || !same(a.boxes(i), b.boxes(i)) ||
        !same(a.keypoints(i), b.keypoints(i)) || !same(a.numbers(i), b.numbers(i)) || !same_classes(a, b, i) ||
        !same_flags(a, b, i)) {
      return false;
    }
  }
  return true;
}

}  // namespace boxfeed
