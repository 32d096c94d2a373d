#include <boxfeed/annotations/csv_layout.h>
#include <boxfeed/core/error.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

namespace boxfeed {
namespace {

const char* const kPartNames[4][4] = {
    {"xmin", "ymin", "xmax", "ymax"}, {"x", "y", "w", "h"}, {"x", "y", "h", "w"}, {"cx", "cy", "w", "h"}};

}  // namespace

std::string CsvLayout::description() const {
  const auto shown = [&](std::size_t column) {
    return (names[column].empty() ? "column " : quoted(names[column]) + " (") + std::to_string(column + 1) +
           (names[column].empty() ? "" : ")");
  };
  std::string out = "image " + shown(image);
  if (box) {
    out += "; box ";
    const auto& parts = kPartNames[static_cast<std::size_t>(box_format)];
    for (std::size_t i = 0; i < 4; ++i) out += std::string(i == 0 ? "" : ", ") + parts[i] + " in " + shown((*box)[i]);
  }
  if (class_column) out += "; class " + shown(*class_column);
  const auto list = [&](const std::string& what, const std::vector<std::size_t>& columns) {
    if (columns.empty()) return;
    out += "; " + what + " ";
    constexpr std::size_t kShown = 8;
    for (std::size_t i = 0; i < std::min(columns.size(), kShown); ++i) out += (i == 0 ? "" : ", ") + shown(columns[i]);
    if (columns.size() > kShown) out += " and " + std::to_string(columns.size() - kShown) + " more";
  };
  std::vector<std::size_t> points;
  for (const auto& point : keypoints) {
    points.push_back(point.x);
    points.push_back(point.y);
    if (point.visibility) points.push_back(*point.visibility);
  }
  list(std::to_string(keypoints.size()) + (keypoints.size() == 1 ? " keypoint" : " keypoints"), points);
  list(numbers.size() == 1 ? "number" : "numbers", numbers);
  if (image_width && image_height) out += "; image width " + shown(*image_width) + ", height " + shown(*image_height);
  if (split_column) out += "; split " + shown(*split_column);
  if (group_column) out += "; group " + shown(*group_column);
  if (difficult_column) out += "; difficult " + shown(*difficult_column);
  if (crowd_column) out += "; crowd " + shown(*crowd_column);
  list("ignored", ignored);
  return out;
}

LabelLayout CsvLayout::labels() const {
  std::map<std::size_t, LabelColumn> by_position;
  const auto add = [&](std::size_t column, LabelKind kind, std::size_t component) {
    by_position[column] = {names[column], kind, component};
  };
  if (box) {
    for (std::size_t i = 0; i < 4; ++i) add((*box)[i], LabelKind::kBox, i);
  }
  if (class_column) add(*class_column, LabelKind::kClass, 0);
  for (std::size_t k = 0; k < keypoints.size(); ++k) {
    add(keypoints[k].x, LabelKind::kKeypoint, 3 * k);
    add(keypoints[k].y, LabelKind::kKeypoint, 3 * k + 1);
    if (keypoints[k].visibility) add(*keypoints[k].visibility, LabelKind::kKeypoint, 3 * k + 2);
  }
  for (std::size_t i = 0; i < numbers.size(); ++i) add(numbers[i], LabelKind::kNumber, i);
  LabelLayout out;
  out.box_format = box_format;
  for (auto& [position, column] : by_position) out.columns.push_back(std::move(column));
  return out;
}

}  // namespace boxfeed
