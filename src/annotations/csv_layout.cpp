#include <boxfeed/annotations/csv_layout.h>
#include <boxfeed/core/error.h>

#include <algorithm>
#include <utility>

namespace boxfeed {
namespace {

const char* const kBoxComponents[4][4] = {
    {"xmin", "ymin", "xmax", "ymax"}, {"x", "y", "w", "h"}, {"x", "y", "h", "w"}, {"cx", "cy", "w", "h"}};

}  // namespace

std::optional<std::size_t> CsvLayout::find(ColumnRole role, std::size_t component) const {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].role == role && columns[i].component == component) return i;
  }
  return std::nullopt;
}

std::size_t CsvLayout::count(ColumnRole role) const {
  return static_cast<std::size_t>(
      std::count_if(columns.begin(), columns.end(), [&](const CsvColumn& column) { return column.role == role; }));
}

std::size_t CsvLayout::keypoints() const {
  std::size_t count = 0;
  for (const auto& column : columns) {
    if (column.role == ColumnRole::kKeypoint) count = std::max(count, column.component / 3 + 1);
  }
  return count;
}

std::string CsvLayout::column_text(std::size_t i) const {
  const std::string number = std::to_string(i + 1);
  return "column " + (columns[i].name.empty() ? number : quoted(columns[i].name) + " (" + number + ")");
}

CsvLayout CsvLayout::labels() const {
  CsvLayout out{{}, box_format};
  std::copy_if(columns.begin(), columns.end(), std::back_inserter(out.columns),
               [](const CsvColumn& c) { return ColumnRole::kBox <= c.role && c.role <= ColumnRole::kNumber; });
  return out;
}

std::string CsvLayout::description() const {
  const auto shown = [&](std::size_t i) { return column_text(i).substr(columns[i].name.empty() ? 0 : 7); };
  const bool has_names = std::any_of(columns.begin(), columns.end(), [](const auto& c) { return !c.name.empty(); });
  std::string out;
  const auto add = [&](const std::string& text) { out += (out.empty() ? "" : "; ") + text; };
  const auto list = [&](ColumnRole role, const std::string& what) {
    std::vector<std::pair<std::size_t, std::size_t>> found;  // components and positions
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const bool is_silent = role == ColumnRole::kIgnored && has_names && columns[i].name.empty();
      if (columns[i].role == role && !is_silent) found.emplace_back(columns[i].component, i);
    }
    if (found.empty()) return;
    std::sort(found.begin(), found.end());
    constexpr std::size_t kShown = 8;
    std::string text = what;
    for (std::size_t k = 0; k < std::min(found.size(), kShown); ++k) {
      text += (k == 0 ? " " : ", ") +
              (role == ColumnRole::kBox ? kBoxComponents[static_cast<std::size_t>(box_format)][k] + std::string(" in ")
                                        : std::string()) +
              shown(found[k].second);
    }
    if (found.size() > kShown) text += " and " + std::to_string(found.size() - kShown) + " more";
    add(text);
  };
  list(ColumnRole::kImage, "image");
  list(ColumnRole::kBox, "box");
  list(ColumnRole::kClass, "class");
  list(ColumnRole::kKeypoint, std::to_string(keypoints()) + (keypoints() == 1 ? " keypoint" : " keypoints"));
  list(ColumnRole::kNumber, count(ColumnRole::kNumber) == 1 ? "number" : "numbers");
  const auto width = find(ColumnRole::kImageWidth), height = find(ColumnRole::kImageHeight);
  if (width && height) add("image width " + shown(*width) + ", height " + shown(*height));
  list(ColumnRole::kSplit, "split");
  list(ColumnRole::kGroup, "group");
  list(ColumnRole::kDifficult, "difficult");
  list(ColumnRole::kCrowd, "crowd");
  list(ColumnRole::kIgnored, "ignored");
  return out;
}

}  // namespace boxfeed
