#include "annotations/csv_guess.h"

#include <boxfeed/core/error.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>

#include "annotations/column_words.h"
#include "core/number_text.h"

namespace boxfeed {
namespace {

/// Guesses with the names of some columns.
class NameGuess {
 public:
  NameGuess(const std::vector<std::size_t>& free, const CsvFirstRow& row, CsvLayout& layout)
      : free_(free), row_(row), layout_(layout) {}

  void run() {
    refuse_another_image_column();
    if (take_numbered()) return;
    take_keypoints();
    for (const std::size_t column : free_) {
      const auto word = word_of(name(column));
      if (word) words_[*word].push_back(column);
    }
    take_box();
    take_one(Word::kClass, ColumnRole::kClass, "a class");
    take_one(Word::kSplit, ColumnRole::kSplit, "the part of the data");
    const bool has_box = layout_.has(ColumnRole::kBox);
    if (has_box) take_one(Word::kDifficult, ColumnRole::kDifficult, "the mark of difficult boxes");
    if (has_box) take_one(Word::kCrowd, ColumnRole::kCrowd, "the mark of crowds");
    take_image_size(Word::kImageWidth, Word::kImageHeight);
    if (has_box) take_image_size(Word::kWidth, Word::kHeight);
    take_all(ColumnRole::kNumber);
  }

 private:
  const std::string& name(std::size_t column) const { return layout_.columns[column].name; }
  std::string shown(std::size_t column) const { return quoted(name(column)); }

  bool has(Word word) const { return words_.count(word) != 0; }
  std::optional<std::size_t> column_of(Word word) const {
    const auto found = words_.find(word);
    if (found == words_.end()) return std::nullopt;
    if (found->second.size() > 1) {
      row_.refuse(Reason::kAmbiguous, "columns " + shown(found->second[0]) + " and " + shown(found->second[1]) +
                                          " may mean the same: name the right one by the options, or ignore one");
    }
    return found->second.front();
  }
  std::optional<std::size_t> column_of(Word word, Word other) const {
    const auto first = column_of(word);
    return first ? first : column_of(other);
  }

  void take(std::size_t column, ColumnRole role, std::size_t component = 0) {
    free_.erase(std::find(free_.begin(), free_.end(), column));
    layout_.columns[column].role = role;
    layout_.columns[column].component = component;
  }

  void take_all(ColumnRole role) {
    for (std::size_t component = 0; !free_.empty(); ++component) take(free_.front(), role, component);
  }

  void refuse_another_image_column() const {
    const std::size_t image = *layout_.find(ColumnRole::kImage);
    if (word_of(name(image)) == Word::kImage) return;
    for (const std::size_t column : free_) {
      if (word_of(name(column)) != Word::kImage) continue;
      row_.refuse(Reason::kAmbiguous, "the image is in column " + shown(image) +
                                          " unless the options say otherwise, but column " + shown(column) +
                                          " looks like it: `image(" + shown(column) + ")`, or `ignore({" +
                                          shown(column) + "})`");
    }
  }

  /// Columns that are only numbered, as a table of keypoints or features has them.
  bool take_numbered() {
    if (free_.empty()) return false;
    const std::string& first = name(free_.front());
    if (first != "0" && first != "1") return false;
    for (std::size_t i = 0; i < free_.size(); ++i) {
      if (name(free_[i]) != std::to_string(i + static_cast<std::size_t>(first == "1"))) return false;
    }
    if (free_.size() % 2 == 0) {
      row_.refuse(Reason::kAmbiguous, std::to_string(free_.size()) +
                                          " numbered columns may be keypoints (pairs x, y) or plain numbers: "
                                          "`labels_as(ColumnRole::kKeypoint)` or `labels_as(ColumnRole::kNumber)`");
    }
    take_all(ColumnRole::kNumber);
    return true;
  }

  /// x1, y1, x2, y2, x3, y3 … and pairs such as nose_x, nose_y.
  void take_keypoints() {
    struct Point {
      std::optional<std::size_t> x, y, visibility;
    };
    std::map<std::string, Point> points;
    std::vector<std::string> order;
    for (const std::size_t column : free_) {
      std::string stem;
      char axis = 0;
      if (!split_keypoint_name(name(column), stem, axis)) continue;
      const auto [entry, is_new] = points.try_emplace(stem);
      if (is_new) order.push_back(stem);
      (axis == 'x' ? entry->second.x : axis == 'y' ? entry->second.y : entry->second.visibility) = column;
    }
    const auto is_point = [&](const std::string& stem) { return points[stem].x && points[stem].y; };
    const auto is_numbered = [](const std::string& stem) {
      return std::isdigit(static_cast<unsigned char>(stem[0])) != 0;
    };
    const auto numbered = std::count_if(order.begin(), order.end(),
                                        [&](const std::string& stem) { return is_numbered(stem) && is_point(stem); });
    for (const auto& stem : order) {
      if (!is_point(stem) || (is_numbered(stem) && numbered < 3)) continue;  // x1, y1, x2, y2 alone are a box
      take_keypoint(*points[stem].x, *points[stem].y, points[stem].visibility);
    }
  }

  void take_keypoint(std::size_t x, std::size_t y, std::optional<std::size_t> visibility = std::nullopt) {
    const std::size_t first = 3 * layout_.keypoints();
    take(x, ColumnRole::kKeypoint, first);
    take(y, ColumnRole::kKeypoint, first + 1);
    if (visibility) take(*visibility, ColumnRole::kKeypoint, first + 2);
  }

  void take_box() {
    const bool has_corner = has(Word::kXMin) || has(Word::kYMin) || has(Word::kXMax) || has(Word::kYMax);
    const bool has_far_corner = has(Word::kXMax) || has(Word::kYMax);
    const bool has_center = has(Word::kCenterX) || has(Word::kCenterY);
    const bool has_x = has(Word::kX) || has(Word::kY);
    if (static_cast<int>(has_corner) + static_cast<int>(has_center) + static_cast<int>(has_x) > 1) {
      row_.refuse(Reason::kAmbiguous,
                  "the columns hold more than one box or point, among them " + list_of_words() +
                      ": name the right columns by the options box() and box_format(), or ignore the others");
    }
    using Slot = std::pair<const char*, std::optional<std::size_t>>;
    const auto w = column_of(Word::kW, Word::kWidth), h = column_of(Word::kH, Word::kHeight);
    std::vector<Slot> slots;
    if (has_far_corner) {
      slots = {{"xmin", column_of(Word::kXMin)},
               {"ymin", column_of(Word::kYMin)},
               {"xmax", column_of(Word::kXMax)},
               {"ymax", column_of(Word::kYMax)}};
      layout_.box_format = BoxFormat::kXYXY;
    } else if (has_center) {
      slots = {{"cx", column_of(Word::kCenterX)}, {"cy", column_of(Word::kCenterY)}, {"w", w}, {"h", h}};
      layout_.box_format = BoxFormat::kCXCYWH;
    } else {
      const Slot x{"x", column_of(Word::kX, Word::kXMin)}, y{"y", column_of(Word::kY, Word::kYMin)};
      const bool h_first = w && h && *h < *w;
      slots = h_first ? std::vector<Slot>{x, y, {"h", h}, {"w", w}} : std::vector<Slot>{x, y, {"w", w}, {"h", h}};
      layout_.box_format = h_first ? BoxFormat::kXYHW : BoxFormat::kXYWH;
    }
    const auto missing = std::count_if(slots.begin(), slots.end(), [](const Slot& slot) { return !slot.second; });
    if (missing == 0) {
      for (std::size_t i = 0; i < 4; ++i) take(*slots[i].second, ColumnRole::kBox, i);
    } else if (missing == 2 && slots[0].second && slots[1].second && !has_far_corner) {  // a point without a size
      take_keypoint(*slots[0].second, *slots[1].second);
    } else if (missing == 1 || has_far_corner) {
      refuse_part_of_box(slots);
    }
  }

  template <typename Slots>
  [[noreturn]] void refuse_part_of_box(const Slots& slots) const {
    std::string there, missing;
    for (const auto& slot : slots) {
      if (slot.second) {
        there += (there.empty() ? "" : ", ") + shown(*slot.second);
      } else if (missing.empty()) {
        missing = slot.first;
      }
    }
    std::vector<std::string> others;
    for (const std::size_t column : free_) {
      if (!word_of(name(column))) others.push_back(name(column));
    }
    std::string nearest = nearest_word(missing, others);
    if (nearest.empty() && missing == "w") nearest = nearest_word("width", others);
    if (nearest.empty() && missing == "h") nearest = nearest_word("height", others);
    row_.refuse(Reason::kHeader, "expected a column \"" + missing + "\" beside " + there +
                                     ", which are part of a box, got none" +
                                     (nearest.empty() ? "" : "; did you mean " + quoted(nearest) + "?") +
                                     " (options say what else the columns are)");
  }

  std::string list_of_words() const {
    std::string list;
    for (const auto word : {Word::kX, Word::kCenterX, Word::kXMin, Word::kXMax, Word::kYMin, Word::kYMax}) {
      if (has(word)) list += (list.empty() ? "" : ", ") + shown(words_.at(word).front());
    }
    return list;
  }

  void take_one(Word word, ColumnRole role, const char* what) {
    if (layout_.has(role) || !has(word)) return;
    const auto& columns = words_.at(word);
    if (columns.size() > 1) {
      row_.refuse(Reason::kAmbiguous, "columns " + shown(columns[0]) + " and " + shown(columns[1]) + " may both be " +
                                          what + ": `ignore({" + shown(columns[1]) + "})` or the other");
    }
    take(columns.front(), role);
  }

  void take_image_size(Word width, Word height) {
    const auto is_free = [&](Word word) {
      return has(word) && std::find(free_.begin(), free_.end(), words_.at(word).front()) != free_.end();
    };
    if (layout_.has(ColumnRole::kImageWidth) || !is_free(width) || !is_free(height)) return;
    take(*column_of(width), ColumnRole::kImageWidth);
    take(*column_of(height), ColumnRole::kImageHeight);
  }

  std::vector<std::size_t> free_;
  const CsvFirstRow& row_;
  CsvLayout& layout_;
  std::map<Word, std::vector<std::size_t>> words_;
};

}  // namespace

void guess_by_names(const std::vector<std::size_t>& free, const CsvFirstRow& row, CsvLayout& layout) {
  NameGuess(free, row, layout).run();
}

void guess_by_cells(const std::vector<std::size_t>& free, const CsvFirstRow& row, CsvLayout& layout) {
  const auto count = [&](auto is_such) {
    return std::count_if(free.begin(), free.end(), [&](std::size_t column) { return is_such(row.cells[column]); });
  };
  const auto numbers = count([](const std::string& cell) { return is_number(cell); });
  const auto empty = count([](const std::string& cell) { return cell.empty(); });
  if (free.size() == 5 && ((numbers == 4 && !is_number(row.cells[free[4]])) || empty >= 4)) {
    for (std::size_t i = 0; i < 4; ++i) layout.columns[free[i]] = {{}, ColumnRole::kBox, i};
    layout.columns[free[4]].role = ColumnRole::kClass;
    layout.box_format = BoxFormat::kXYXY;
    return;
  }
  if (free.size() == 5) {
    row.refuse(Reason::kAmbiguous,
               "five columns without names may be a box and a class, or plain numbers: `box({…})`, `box_format(…)` and "
               "`class_column(…)`, or `labels_as(ColumnRole::kNumber)`");
  }
  if (free.size() == 4) {
    row.refuse(Reason::kAmbiguous,
               "four columns without names may be a box in several formats, or plain numbers: "
               "`labels_as(ColumnRole::kBox)` for x, y, h, w, with `box_format(…)` for another order, or "
               "`labels_as(ColumnRole::kNumber)`");
  }
  if (!free.empty() && free.size() % 2 == 0) {
    row.refuse(Reason::kAmbiguous, std::to_string(free.size()) +
                                       " columns without names may be keypoints (pairs x, y) or plain numbers: "
                                       "`labels_as(ColumnRole::kKeypoint)` or `labels_as(ColumnRole::kNumber)`");
  }
  for (std::size_t i = 0; i < free.size(); ++i) layout.columns[free[i]] = {{}, ColumnRole::kNumber, i};
}

}  // namespace boxfeed
