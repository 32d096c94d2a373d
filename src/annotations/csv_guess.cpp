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
#include "annotations/number_text.h"

namespace boxfeed {
namespace {

/// Guesses with the names of some columns.
class NameGuess {
 public:
  NameGuess(const std::vector<std::size_t>& free, CsvLayout& layout) : free_(free), layout_(layout) {}

  void run() {
    refuse_another_image_column();
    if (take_numbered()) return;
    take_keypoints();
    for (const std::size_t column : free_) {
      const auto word = word_of(name(column));
      if (word) words_[*word].push_back(column);
    }
    take_box();
    take_one(Word::kClass, layout_.class_column, "a class");
    take_one(Word::kSplit, layout_.split_column, "the part of the data");
    if (layout_.box) take_one(Word::kDifficult, layout_.difficult_column, "the mark of difficult boxes");
    if (layout_.box) take_one(Word::kCrowd, layout_.crowd_column, "the mark of crowds");
    if (!layout_.image_width && !layout_.image_height) take_image_size(Word::kImageWidth, Word::kImageHeight);
    if (!layout_.image_width && !layout_.image_height && layout_.box) take_image_size(Word::kWidth, Word::kHeight);
    for (const std::size_t column : free_) layout_.numbers.push_back(column);
  }

 private:
  const std::string& name(std::size_t column) const { return layout_.names[column]; }
  std::string shown(std::size_t column) const { return quoted(name(column)); }

  bool has(Word word) const { return words_.count(word) != 0; }
  std::optional<std::size_t> column_of(Word word) const {
    const auto found = words_.find(word);
    if (found == words_.end()) return std::nullopt;
    if (found->second.size() > 1) {
      throw CsvProblem{1, Reason::kAmbiguous,
                       "columns " + shown(found->second[0]) + " and " + shown(found->second[1]) +
                           " may mean the same: name the right one by the options, or ignore one"};
    }
    return found->second.front();
  }
  std::optional<std::size_t> column_of(Word word, Word other) const {
    const auto first = column_of(word);
    return first ? first : column_of(other);
  }

  void take(std::size_t column) { free_.erase(std::find(free_.begin(), free_.end(), column)); }

  void refuse_another_image_column() const {
    if (word_of(name(layout_.image)) == Word::kImage) return;
    for (const std::size_t column : free_) {
      if (word_of(name(column)) == Word::kImage) {
        throw CsvProblem{1, Reason::kAmbiguous,
                         "the image is in column " + shown(layout_.image) +
                             " unless the options say otherwise, but column " + shown(column) +
                             " looks like it: image(" + shown(column) + "), or ignore({" + shown(column) + "})"};
      }
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
      throw CsvProblem{1, Reason::kAmbiguous,
                       std::to_string(free_.size()) +
                           " numbered columns may be keypoints (pairs x, y) or plain numbers: "
                           "labels_as(LabelKind::kKeypoint) or labels_as(LabelKind::kNumber)"};
    }
    layout_.numbers = free_;
    return true;
  }

  /// x1, y1, x2, y2, x3, y3 … and pairs such as nose_x, nose_y.
  void take_keypoints() {
    std::map<std::string, CsvLayout::KeypointColumns> points;
    std::map<std::string, std::pair<bool, bool>> seen;
    std::vector<std::string> order;
    for (const std::size_t column : free_) {
      std::string stem;
      char axis = 0;
      if (!split_keypoint_name(name(column), stem, axis)) continue;
      if (seen.count(stem) == 0) order.push_back(stem);
      auto& point = points[stem];
      auto& axes = seen[stem];
      if (axis == 'v') {
        point.visibility = column;
      } else {
        (axis == 'x' ? point.x : point.y) = column;
        (axis == 'x' ? axes.first : axes.second) = true;
      }
    }
    const auto is_point = [&](const std::string& stem) { return seen[stem].first && seen[stem].second; };
    const auto is_number = [](const std::string& stem) {
      return std::isdigit(static_cast<unsigned char>(stem[0])) != 0;
    };
    const auto numbered = std::count_if(order.begin(), order.end(),
                                        [&](const std::string& stem) { return is_number(stem) && is_point(stem); });
    for (const auto& stem : order) {
      if (!is_point(stem) || (is_number(stem) && numbered < 3)) continue;  // x1, y1, x2, y2 alone are a box
      const auto& point = points[stem];
      layout_.keypoints.push_back(point);
      take(point.x);
      take(point.y);
      if (point.visibility) take(*point.visibility);
    }
  }

  void take_box() {
    const bool has_corner = has(Word::kXMin) || has(Word::kYMin) || has(Word::kXMax) || has(Word::kYMax);
    const bool has_far_corner = has(Word::kXMax) || has(Word::kYMax);
    const bool has_center = has(Word::kCenterX) || has(Word::kCenterY);
    const bool has_x = has(Word::kX) || has(Word::kY);
    if (static_cast<int>(has_corner) + static_cast<int>(has_center) + static_cast<int>(has_x) > 1) {
      throw CsvProblem{1, Reason::kAmbiguous,
                       "the columns hold more than one box or point, among them " + list_of_words() +
                           ": name the right columns by the options box() and box_format(), or ignore the others"};
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
      for (const auto& slot : slots) take(*slot.second);
      layout_.box = {*slots[0].second, *slots[1].second, *slots[2].second, *slots[3].second};
    } else if (missing == 2 && slots[0].second && slots[1].second && !has_far_corner) {  // a point without a size
      take(*slots[0].second);
      take(*slots[1].second);
      layout_.keypoints.push_back({*slots[0].second, *slots[1].second, std::nullopt});
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
    throw CsvProblem{1, Reason::kHeader,
                     "expected a column \"" + missing + "\" beside " + there + ", which are part of a box, got none" +
                         (nearest.empty() ? "" : "; did you mean " + quoted(nearest) + "?") +
                         " (options say what else the columns are)"};
  }

  std::string list_of_words() const {
    std::string list;
    for (const auto word : {Word::kX, Word::kCenterX, Word::kXMin, Word::kXMax, Word::kYMin, Word::kYMax}) {
      if (has(word)) list += (list.empty() ? "" : ", ") + shown(words_.at(word).front());
    }
    return list;
  }

  void take_one(Word word, std::optional<std::size_t>& role, const char* what) {
    if (role || !has(word)) return;
    if (words_.at(word).size() > 1) {
      throw CsvProblem{1, Reason::kAmbiguous,
                       "columns " + shown(words_.at(word)[0]) + " and " + shown(words_.at(word)[1]) + " may both be " +
                           what + ": ignore one by the options"};
    }
    role = words_.at(word).front();
    take(*role);
  }

  void take_image_size(Word width, Word height) {
    const auto is_free = [&](Word word) {
      return has(word) && std::find(free_.begin(), free_.end(), words_.at(word).front()) != free_.end();
    };
    if (!is_free(width) || !is_free(height)) return;
    layout_.image_width = column_of(width);
    layout_.image_height = column_of(height);
    take(*layout_.image_width);
    take(*layout_.image_height);
  }

  std::vector<std::size_t> free_;
  CsvLayout& layout_;
  std::map<Word, std::vector<std::size_t>> words_;
};

bool is_number(const std::string& cell) {
  float value = 0;
  return !parse_number(cell, value);
}

}  // namespace

void guess_by_names(const std::vector<std::size_t>& free, CsvLayout& layout) { NameGuess(free, layout).run(); }

void guess_by_cells(const std::vector<std::size_t>& free, const std::vector<std::string>& row, CsvLayout& layout) {
  const auto numbers =
      std::count_if(free.begin(), free.end(), [&](std::size_t column) { return is_number(row[column]); });
  const auto empty = std::count_if(free.begin(), free.end(), [&](std::size_t column) { return row[column].empty(); });
  if (free.size() == 5 && ((numbers == 4 && !is_number(row[free[4]])) || empty >= 4)) {
    layout.box = {free[0], free[1], free[2], free[3]};
    layout.box_format = BoxFormat::kXYXY;
    layout.class_column = free[4];
    return;
  }
  if (free.size() == 5) {
    throw CsvProblem{
        1, Reason::kAmbiguous,
        "five columns without names may be a box and a class, or plain numbers: box({…}), box_format(…) and "
        "class_column(…), or labels_as(LabelKind::kNumber)"};
  }
  if (free.size() == 4) {
    throw CsvProblem{1, Reason::kAmbiguous,
                     "four columns without names may be a box in several formats, or plain numbers: "
                     "labels_as(LabelKind::kBox) for x, y, h, w, with box_format(…) for another order, or "
                     "labels_as(LabelKind::kNumber)"};
  }
  if (!free.empty() && free.size() % 2 == 0) {
    throw CsvProblem{1, Reason::kAmbiguous,
                     std::to_string(free.size()) +
                         " columns without names may be keypoints (pairs x, y) or plain numbers: "
                         "labels_as(LabelKind::kKeypoint) or labels_as(LabelKind::kNumber)"};
  }
  layout.numbers = free;
}

}  // namespace boxfeed
