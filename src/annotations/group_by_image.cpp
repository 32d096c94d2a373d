#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/annotation_table_builder.h>

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "annotations/name_index.h"

namespace boxfeed {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

void check_same_size(const AnnotationTable& table, std::size_t first, std::size_t other) {
  const auto a = table.image_size(first), b = table.image_size(other);
  if (!a || !b || *a == *b) return;
  const auto place = table.place(other);
  throw AnnotationError(Reason::kSizeMismatch, place.annotation_path, place.line,
                        "expected the image " + quoted(std::string(table.name(other))) + " to be " + to_string(*a) +
                            " as in line " + std::to_string(table.line(first)) + ", got " + to_string(*b));
}

void append_objects(const AnnotationTable& table, std::size_t i, AnnotationRecord& record) {
  table.boxes(i).append_to(record.boxes);
  table.class_ids(i).append_to(record.class_ids);
  table.flags(i).append_to(record.flags);
  table.areas(i).append_to(record.areas);
  for (std::size_t box = 0; box < table.boxes(i).size(); ++box) record.box_lines.push_back(table.box_line(i, box));
  table.keypoints(i).append_to(record.keypoints);
  table.numbers(i).append_to(record.numbers);
}

}  // namespace

AnnotationTable group_by_image(const AnnotationTable& table) {
  // For each image the list of its records, chained from the first to the last, whose number its first one knows.
  std::vector<std::size_t> firsts, next(table.size(), kNone), last(table.size(), kNone);
  NameIndex images(table);
  for (std::size_t i = 0; i < table.size(); ++i) {
    const std::size_t first = images.first(i);
    if (first == i) {
      firsts.push_back(i);
    } else {
      check_same_size(table, first, i);
      next[last[first]] = i;
    }
    last[first] = i;
  }
  AnnotationTableBuilder builder(table);
  for (const std::size_t first : firsts) {
    AnnotationRecord record = table.record(first);
    if (record.box_lines.empty()) record.box_lines.assign(record.boxes.size(), record.line);
    for (std::size_t i = next[first]; i != kNone; i = next[i]) append_objects(table, i, record);
    builder.add(record);
  }
  return builder.build();
}

}  // namespace boxfeed
