#include "data/target.h"

#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/core/error.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace localization {
namespace {

using boxfeed::AnnotationRecord;
using boxfeed::AnnotationTable;
using boxfeed::Box;
using boxfeed::ColumnRole;

float area(const Box& box) { return box.width() * box.height(); }

/// "3 numbers (a, b, c)"; of many names the first few.
std::string listed(const std::vector<std::string>& names, const char* what) {
  constexpr std::size_t kShown = 6;
  std::string text = count_of(names.size(), what) + " (";
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) text += (i > 0 ? ", " : "") + names[i];
  return text + (names.size() > kShown ? ", …)" : ")");
}

/// What a keypoint is called whose x stands in the column of this name: "nose" of "nose_x", "3" of "x3".
std::string keypoint_name(const std::string& x_column, std::size_t k) {
  const auto size = x_column.size();
  const auto is_x = [](char c) { return c == 'x' || c == 'X'; };
  if (size > 2 && is_x(x_column.back()) && std::string("_-. ").find(x_column[size - 2]) != std::string::npos) {
    return x_column.substr(0, size - 2);
  }
  if (size > 1 && is_x(x_column.front())) return x_column.substr(1);
  return size > 0 ? x_column : std::to_string(k + 1);
}

/// The names of the keypoints or of the numbers: as the columns of the file say, else their places counted from 1.
std::vector<std::string> names_of(const AnnotationTable& table, ColumnRole role, std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(std::to_string(i + 1));
  for (const auto& column : table.label_layout().columns) {
    if (column.role != role) continue;
    const bool keypoint = role == ColumnRole::kKeypoint;
    if (keypoint && column.component % 3 != 0) continue;
    const auto i = keypoint ? column.component / 3 : column.component;
    if (i < count && !column.name.empty()) names[i] = keypoint ? keypoint_name(column.name, i) : column.name;
  }
  return names;
}

/// Four columns that are the corners of a box, and so on.
boxfeed::CsvLayout layout_of(const Target& target) {
  boxfeed::CsvLayout layout;
  layout.box_format = boxfeed::BoxFormat::kXYXY;
  if (target.box) {
    std::size_t component = 0;
    for (const char* name : {"xmin", "ymin", "xmax", "ymax"}) {
      layout.columns.push_back({name, ColumnRole::kBox, component++});
    }
  }
  if (!target.classes.empty()) layout.columns.push_back({"class", ColumnRole::kClass, 0});
  for (std::size_t k = 0; k < target.keypoints.size(); ++k) {
    const char* const parts[] = {"_x", "_y", "_v"};
    for (std::size_t part = 0; part < 3; ++part) {
      layout.columns.push_back({target.keypoints[k] + parts[part], ColumnRole::kKeypoint, 3 * k + part});
    }
  }
  for (std::size_t i = 0; i < target.numbers.size(); ++i) {
    layout.columns.push_back({target.numbers[i].name, ColumnRole::kNumber, i});
  }
  return layout;
}

/// Leaves one object of a record, and of its labels those that are learned.
void keep_object(AnnotationRecord& record, std::size_t object, const Target& target) {
  const auto objects = std::max<std::size_t>(record.boxes.size(), 1);
  const auto keep = [&](auto& values, bool learned) {
    const auto each = static_cast<std::ptrdiff_t>(values.size() / objects);
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(object) * each;
    values = learned ? std::decay_t<decltype(values)>(first, first + each) : std::decay_t<decltype(values)>();
  };
  if (!record.box_lines.empty()) record.line = record.box_lines[object];
  record.box_lines.clear();
  keep(record.class_ids, !target.classes.empty());
  keep(record.keypoints, !target.keypoints.empty());
  keep(record.numbers, !target.numbers.empty());
  record.flags.clear();
  record.areas.clear();
  keep(record.boxes, target.box);
}

/// The largest object; one that is marked as difficult only where all are.
std::size_t object_of(const AnnotationRecord& record) {
  const auto rank = [&](std::size_t k) {
    const bool is_difficult = !record.flags.empty() && (record.flags[k] & boxfeed::kDifficult) != 0;
    return std::pair(!is_difficult, area(record.boxes[k]));
  };
  std::size_t best = 0;
  for (std::size_t k = 1; k < record.boxes.size(); ++k) {
    if (rank(k) > rank(best)) best = k;
  }
  return best;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  return at == std::string::npos ? std::string() : text.replace(at, from.size(), to);
}

}  // namespace

std::string count_of(std::size_t count, const std::string& what) {
  const char* plural = count == 1 ? "" : what.back() == 's' ? "es" : "s";
  return std::to_string(count) + " " + what + plural;
}

std::string Target::description() const {
  std::vector<std::string> parts;
  if (box) parts.emplace_back("one box an image");
  if (!classes.empty()) parts.push_back(std::string(box ? "its class, " : "the class, ") + listed(classes, "class"));
  if (!keypoints.empty()) {
    parts.push_back(listed(keypoints, "keypoint") + (visibility ? " and which of them are there" : ""));
  }
  if (!numbers.empty()) {
    std::vector<std::string> names;
    for (const auto& number : numbers) names.push_back(number.name);
    parts.push_back(listed(names, "number"));
  }
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : "; ") + part;
  return text;
}

Target target_of(const AnnotationTable& table, TargetKind kind) {
  bool box = false, absent = false, present = false;
  std::size_t keypoints = 0, numbers = 0;
  std::set<std::int32_t> classes;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto objects = std::max<std::size_t>(table.boxes(i).size(), 1);
    box = box || !table.boxes(i).empty();
    keypoints = std::max(keypoints, table.keypoints(i).size() / objects);
    numbers = std::max(numbers, table.numbers(i).size() / objects);
    for (const auto id : table.class_ids(i)) classes.insert(id);
    for (const auto& point : table.keypoints(i)) (point.visibility > 0 ? present : absent) = true;
  }
  const auto wanted = [kind](TargetKind one) { return kind == TargetKind::kAll || kind == one; };
  Target target;
  target.box = box && wanted(TargetKind::kBox);
  if (classes.size() > 1 && (target.box || kind == TargetKind::kAll)) target.classes = table.class_names();
  if (wanted(TargetKind::kKeypoints)) {
    target.keypoints = names_of(table, ColumnRole::kKeypoint, keypoints);
    target.visibility = present && absent;
  }
  if (wanted(TargetKind::kNumbers)) {
    for (auto& name : names_of(table, ColumnRole::kNumber, numbers)) target.numbers.push_back({std::move(name)});
  }
  if (target.description().empty()) {
    const char* const expected[] = {"the columns x, y, h, w of a box, keypoints (nose_x, nose_y) or numbers",
                                    "the columns x, y, h, w of a box (or other names for one)",
                                    "keypoints (nose_x, nose_y or x1, y1, x2, y2, …)", "columns of plain numbers"};
    throw boxfeed::AnnotationError(boxfeed::Reason::kHeader, table.path(), 0,
                                   std::string("expected ") + expected[static_cast<int>(kind)] + ", found none");
  }
  return target;
}

void standardize(Target& target, const AnnotationTable& train) {
  const auto mean_of = [&](auto value) {
    double sum = 0;
    for (std::size_t i = 0; i < train.size(); ++i) sum += value(i);
    return train.empty() ? 0 : sum / static_cast<double>(train.size());
  };
  for (std::size_t n = 0; n < target.numbers.size(); ++n) {
    auto& number = target.numbers[n];
    number.mean = mean_of([&](std::size_t i) { return double{train.numbers(i)[n]}; });
    number.std = std::sqrt(mean_of([&](std::size_t i) { return std::pow(train.numbers(i)[n] - number.mean, 2); }));
    if (!(number.std > 0)) number.std = 1;
  }
}

OneObjectEach one_object_each(const AnnotationTable& table, const Target& target) {
  OneObjectEach out;
  boxfeed::AnnotationTableBuilder builder(
      {table.path(), table.path_is_folder(), target.classes, {}, table.box_units(), layout_of(target)});
  for (std::size_t i = 0; i < table.size(); ++i) {
    auto record = table.record(i);
    const bool nothing =
        record.boxes.empty() &&
        (target.box || (record.keypoints.empty() && record.numbers.empty() && record.class_ids.empty()));
    if (nothing) {
      ++out.without;
      continue;
    }
    if (record.boxes.size() > 1) ++out.several;
    keep_object(record, object_of(record), target);
    builder.add(record);
    out.indices.push_back(i);
  }
  out.table = builder.build();
  return out;
}

std::vector<std::array<std::size_t, 2>> flip_pairs(const std::vector<std::string>& keypoints) {
  std::vector<std::array<std::size_t, 2>> pairs;
  for (const auto& [left, right] :
       {std::pair("left", "right"), std::pair("Left", "Right"), std::pair("LEFT", "RIGHT")}) {
    for (std::size_t i = 0; i < keypoints.size(); ++i) {
      const auto other = std::find(keypoints.begin(), keypoints.end(), replaced(keypoints[i], left, right));
      if (other != keypoints.end()) pairs.push_back({i, static_cast<std::size_t>(other - keypoints.begin())});
    }
  }
  return pairs;
}

}  // namespace localization
