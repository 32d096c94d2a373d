#include <boxfeed/annotations/annotation_table_builder.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "annotations/table_columns.h"

namespace boxfeed {
namespace {

template <typename T>
void append(std::vector<T>& values, Span<T> more) {
  values.insert(values.end(), more.begin(), more.end());
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

/// One more record's text; the `records` before the first text get the empty one.
void add_text(std::vector<std::uint32_t>& ids, TextIndex& index, const std::string& text, std::size_t records) {
  if (ids.empty()) {
    if (text.empty()) return;
    ids.assign(records, index.id({}));
  }
  ids.push_back(index.id(text));
}

/// Where `values` holds something for some record, it holds something for all: `size` of them with `filler` in front.
template <typename T>
void fill(std::vector<T>& values, std::size_t size, const T& filler) {
  values.resize(std::max(values.size(), size), filler);
}

}  // namespace

/// The arrays so far, and the numbers of the texts in them.
struct AnnotationTableBuilder::State {
  TableColumns columns;
  TextIndex splits;
  TextIndex groups;
};

AnnotationTableBuilder::AnnotationTableBuilder(AnnotationTableInfo info) : state_(std::make_unique<State>()) {
  auto& c = state_->columns;
  c.path = std::move(info.path);
  c.path_is_folder = info.path_is_folder;
  c.class_names = std::move(info.class_names);
  c.category_ids = std::move(info.category_ids);
  c.box_units = info.box_units;
  c.label_layout = std::move(info.label_layout);
  c.remarks = std::move(info.remarks);
}

AnnotationTableBuilder::AnnotationTableBuilder(const AnnotationTable& table, const std::vector<std::string>& remarks)
    : AnnotationTableBuilder(AnnotationTableInfo{table.path(), table.path_is_folder(), table.class_names(),
                                                 table.category_ids(), table.box_units(), table.label_layout(),
                                                 table.remarks()}) {
  auto& all = state_->columns.remarks;
  all.insert(all.end(), remarks.begin(), remarks.end());
}

AnnotationTableBuilder::~AnnotationTableBuilder() = default;

void AnnotationTableBuilder::add(const AnnotationRecord& record) {
  auto& c = state_->columns;
  require_each("flags", record.flags.size(), record);
  require_each("areas", record.areas.size(), record);
  require_each("lines of boxes", record.box_lines.size(), record);
  if (record.box_units != c.box_units) {
    throw std::invalid_argument("AnnotationTableBuilder::add: expected the boxes of " + quoted(record.name) +
                                " in the table's units, got others");
  }
  for (const std::int32_t id : record.class_ids) {
    if (id < 0 || static_cast<std::size_t>(id) >= c.class_names.size()) {
      throw std::invalid_argument("AnnotationTableBuilder::add: expected class ids of " + quoted(record.name) +
                                  " below " + std::to_string(c.class_names.size()) + ", got " + std::to_string(id));
    }
  }
  const std::size_t records = c.names.size(), boxes_before = c.boxes.size();
  c.names.add(record.name);
  if (c.path_is_folder) c.sources.add(record.source);
  c.lines.push_back(line_number(record.line));

  if (!record.box_lines.empty()) {
    if (c.box_lines.empty()) {  // so far, each box was in its record's line
      for (std::size_t i = 0; i < records; ++i) {
        c.box_lines.insert(c.box_lines.end(), c.box_offsets.end(i) - c.box_offsets.begin(i), c.lines[i]);
      }
    }
    for (const std::size_t line : record.box_lines) c.box_lines.push_back(line_number(line));
  } else if (!c.box_lines.empty()) {
    c.box_lines.insert(c.box_lines.end(), record.boxes.size(), c.lines.back());
  }
  append<Box>(c.boxes, record.boxes);
  c.box_offsets.add(record.boxes.size());
  if (!record.flags.empty() || !c.flags.empty()) {
    fill(c.flags, boxes_before, std::uint8_t{0});
    append<std::uint8_t>(c.flags, record.flags);
    fill(c.flags, c.boxes.size(), std::uint8_t{0});
  }
  if (!record.areas.empty() || !c.areas.empty()) {
    for (std::size_t i = c.areas.size(); i < boxes_before; ++i)
      c.areas.push_back(c.boxes[i].width() * c.boxes[i].height());
    append<float>(c.areas, record.areas);
    for (std::size_t i = c.areas.size(); i < c.boxes.size(); ++i) {
      c.areas.push_back(c.boxes[i].width() * c.boxes[i].height());
    }
  }
  append<std::int32_t>(c.class_ids, record.class_ids);
  c.class_offsets.add(record.class_ids.size());
  append<Keypoint>(c.keypoints, record.keypoints);
  c.keypoint_offsets.add(record.keypoints.size());
  append<float>(c.numbers, record.numbers);
  c.number_offsets.add(record.numbers.size());

  if (record.image_size || !c.image_sizes.empty()) {
    fill(c.image_sizes, records, ImageSize{});
    c.image_sizes.push_back(record.image_size.value_or(ImageSize{}));
  }
  if (record.image_id || !c.image_ids.empty()) {
    for (std::size_t i = c.image_ids.size(); i < records; ++i) c.image_ids.push_back(static_cast<std::int64_t>(i));
    c.image_ids.push_back(record.image_id.value_or(static_cast<std::int64_t>(records)));
  }
  add_text(c.split.ids, state_->splits, record.split, records);
  add_text(c.group.ids, state_->groups, record.group, records);
}

AnnotationTable AnnotationTableBuilder::build() {
  auto& c = state_->columns;
  c.split.names = state_->splits.names();
  c.group.names = state_->groups.names();
  return make_table(std::move(std::exchange(state_, std::make_unique<State>())->columns));
}

}  // namespace boxfeed
