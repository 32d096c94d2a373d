#include <boxfeed/annotations/split.h>
#include <boxfeed/core/error.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "annotations/column_words.h"
#include "annotations/csv_columns.h"
#include "core/number_text.h"
#include "core/text.h"

namespace boxfeed {
namespace {

/// Whether a cell is a word, a date or the like: nothing that was meant to be a number.
bool is_word(const std::string& cell) {
  const auto is_of_number = [](char c) { return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'; };
  const std::string lower = to_lower(cell);
  if (lower == "nan" || lower.compare(0, 3, "inf") == 0) return false;
  if (!is_of_number(cell.front())) return true;
  const auto dashes = std::count(cell.begin() + 1, cell.end(), '-');
  return cell.find_first_of(":/") != std::string::npos || (dashes > 1 && cell.find("--") == std::string::npos);
}

/// Guesses with the names of some columns.
class NameGuess {
 public:
  NameGuess(std::vector<std::size_t> free, const CsvFirstRow& row, CsvLayout& layout)
      : free_(std::move(free)), row_(row), layout_(layout) {}

  void run() {
    ignore_unnamed();
    if (take_numbered()) return;
    read_words();
    take_keypoints();
    take_box();
    take_one(Word::kClass, ColumnRole::kClass, "a class");
    take_one(Word::kSplit, ColumnRole::kSplit, "the part of the data");
    const bool has_box = layout_.has(ColumnRole::kBox);
    if (has_box) take_one(Word::kDifficult, ColumnRole::kDifficult, "the mark of difficult boxes");
    if (has_box) take_one(Word::kCrowd, ColumnRole::kCrowd, "the mark of crowds");
    take_image_size(Word::kImageWidth, Word::kImageHeight);
    if (has_box) take_image_size(Word::kWidth, Word::kHeight);
    take_words();
    refuse_unknown_points();
    take_all(ColumnRole::kNumber);
  }

 private:
  const std::string& name(std::size_t column) const { return layout_.columns[column].name; }
  std::string shown(std::size_t column) const { return quoted(name(column)); }

  [[noreturn]] void refuse_both(const std::vector<std::size_t>& columns, const std::string& what) const {
    row_.refuse(Reason::kAmbiguous, "columns " + shown(columns[0]) + " and " + shown(columns[1]) + " may " + what +
                                        ": `ignore({" + shown(columns[1]) + "})` or the other");
  }

  bool has(Word word) const {
    const auto found = words_.find(word);
    return found != words_.end() && !found->second.empty();
  }
  std::optional<std::size_t> column_of(Word word) const {
    if (!has(word)) return std::nullopt;
    const auto& columns = words_.at(word);
    if (columns.size() > 1) refuse_both(columns, "mean the same");
    return columns.front();
  }
  std::optional<std::size_t> column_of(Word word, Word other) const {
    const auto first = column_of(word);
    return first ? first : column_of(other);
  }

  void take(std::size_t column, ColumnRole role, std::size_t component = 0) {
    free_.erase(std::find(free_.begin(), free_.end(), column));
    for (auto& [word, columns] : words_)
      columns.erase(std::remove(columns.begin(), columns.end(), column), columns.end());
    layout_.columns[column].role = role;
    layout_.columns[column].component = component;
  }

  void take_all(ColumnRole role) {
    for (std::size_t component = 0; !free_.empty(); ++component) take(free_.front(), role, component);
  }

  /// Columns without a name, such as those of commas behind the last one, or of an index.
  void ignore_unnamed() {
    for (const std::size_t column : std::vector<std::size_t>(free_)) {
      const std::string plain = plain_name(name(column));
      if (plain.empty() || plain.compare(0, 7, "unnamed") == 0) take(column, ColumnRole::kIgnored);
    }
  }

  /// Columns of words: the split, the class, or nothing that can be learned.
  void take_words() {
    std::vector<std::size_t> classes;
    for (const std::size_t column : std::vector<std::size_t>(free_)) {
      std::set<std::string> words;
      std::size_t rows = 0;
      if (!read_words_of(column, words, rows)) continue;
      const auto all = [&](auto is_such) { return std::all_of(words.begin(), words.end(), is_such); };
      if (!layout_.has(ColumnRole::kSplit) &&
          all([](const std::string& word) { return split_kind(word) != SplitKind::kNone; })) {
        take(column, ColumnRole::kSplit);
      } else if (2 * words.size() <= std::max<std::size_t>(rows, 4) && !all(is_yes_or_no)) {
        classes.push_back(column);
      } else {
        take(column, ColumnRole::kIgnored);
      }
    }
    if (!layout_.has(ColumnRole::kClass) && classes.size() > 1) refuse_both(classes, "both be the class");
    const auto role = layout_.has(ColumnRole::kClass) ? ColumnRole::kIgnored : ColumnRole::kClass;
    for (const std::size_t column : classes) take(column, role);
  }

  /// The different words of a column and how many rows have one; false for a column that holds anything else.
  bool read_words_of(std::size_t column, std::set<std::string>& words, std::size_t& rows) const {
    for (const auto& row : row_.sample) {
      if (row[column].empty()) continue;
      if (!is_word(row[column])) return false;
      words.insert(to_lower(row[column]));
      ++rows;
    }
    return rows > 0;
  }

  static bool is_yes_or_no(const std::string& word) {
    return word == "true" || word == "false" || word == "yes" || word == "no";
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

  /// What each name says, some of them by what stands beside it.
  void read_words() {
    std::map<std::size_t, Word> word_at;
    for (const std::size_t column : free_) {
      if (const auto word = word_of(name(column))) word_at[column] = *word;
    }
    const auto named = [&](const std::string& plain) {
      return std::find_if(free_.begin(), free_.end(), [&](std::size_t column) {
        const std::string own = plain_name(name(column));
        return own == plain || own == "box" + plain || own == "bbox" + plain;
      });
    };
    constexpr std::array<Word, 4> kCorners{Word::kXMin, Word::kYMin, Word::kXMax, Word::kYMax};
    const auto read_corners = [&](const std::array<const char*, 4>& names) {
      for (std::size_t i = 0; i < 4; ++i) {
        if (const auto found = named(names[i]); found != free_.end()) word_at[*found] = kCorners[i];
      }
    };
    const auto has_all = [&](const std::array<const char*, 4>& names) {
      return std::all_of(names.begin(), names.end(), [&](const char* n) { return named(n) != free_.end(); });
    };
    constexpr std::array<const char*, 4> kSides{"l", "t", "r", "b"}, kAxes{"leftx", "topy", "rightx", "bottomy"};
    const bool from_0 = named("x0") != free_.end() || named("y0") != free_.end();
    if (from_0 && named("x2") == free_.end() && named("y2") == free_.end()) read_corners({"x0", "y0", "x1", "y1"});
    if (has_all(kSides)) read_corners(kSides);
    if (has_all(kAxes)) read_corners(kAxes);
    for (const auto& [column, word] : word_at) words_[word].push_back(column);
  }

  /// x1, y1, x2, y2, x3, y3 …, pairs such as nose_x, nose_y, and the four corners tl_x, tl_y, tr_x, tr_y …
  void take_keypoints() {
    struct Point {
      std::optional<std::size_t> x, y, visibility;
    };
    std::map<std::string, Point> points;
    std::vector<std::string> order;
    const bool all_corners = has(Word::kOtherCorner);
    const auto is_numbered = [](const std::string& stem) { return stem[0] >= '0' && stem[0] <= '9'; };
    for (const std::size_t column : free_) {
      std::string stem;
      char axis = 0;
      if (!split_keypoint_name(name(column), stem, axis)) continue;
      if (word_of(name(column)) && !is_numbered(stem) && !all_corners) continue;
      const auto [entry, is_new] = points.try_emplace(stem);
      if (is_new) order.push_back(stem);
      (axis == 'x' ? entry->second.x : axis == 'y' ? entry->second.y : entry->second.visibility) = column;
    }
    const auto is_point = [&](const std::string& stem) { return points[stem].x && points[stem].y; };
    const auto numbered = std::count_if(order.begin(), order.end(),
                                        [&](const std::string& stem) { return is_numbered(stem) && is_point(stem); });
    for (const auto& stem : order) {
      if (!is_point(stem) || (is_numbered(stem) && numbered < 3)) continue;  // x1, y1, x2, y2 alone are a box
      take_keypoint(*points[stem].x, *points[stem].y, points[stem].visibility);
    }
  }

  /// Two columns for x and two for y are a box or points, whatever their names are: never plain numbers in silence.
  void refuse_unknown_points() const {
    std::vector<std::size_t> found;
    std::map<std::string, std::vector<std::size_t>> pairs;  // of names that differ by the letters x and y
    std::size_t x = 0, y = 0;
    for (const std::size_t column : free_) {
      const std::string plain = plain_name(name(column));
      std::string stem;
      char axis = 0;
      if (split_keypoint_name(name(column), stem, axis)) {
        if (axis != 'v') found.push_back(column);
        x += axis == 'x' ? 1 : 0;
        y += axis == 'y' ? 1 : 0;
      } else if (plain.size() > 1) {
        for (const bool in_front : {true, false}) {
          const char letter = in_front ? plain.front() : plain.back();
          if (letter != 'x' && letter != 'y') continue;
          pairs[in_front ? "*" + plain.substr(1) : plain.substr(0, plain.size() - 1)].push_back(column);
        }
      }
    }
    for (const auto& [stem, columns] : pairs) {
      if (columns.size() != 2) continue;
      found.insert(found.end(), columns.begin(), columns.end());
      ++x, ++y;
    }
    if (x < 2 || y < 2) return;
    std::sort(found.begin(), found.end());
    std::string list;
    for (const std::size_t column : found) list += (list.empty() ? "" : ", ") + shown(column);
    row_.refuse(Reason::kAmbiguous,
                "columns " + list +
                    " may be corners of a box, keypoints or plain numbers: `box({…})` with `box_format(…)`, "
                    "`keypoints({…})` or `numbers({…})`");
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
    if (has(Word::kOtherCorner)) refuse_several_boxes();
    if (static_cast<int>(has_corner) + static_cast<int>(has_center) + static_cast<int>(has_x) > 1) {
      refuse_several_boxes();
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

  [[noreturn]] void refuse_several_boxes() const {
    row_.refuse(Reason::kAmbiguous, "the columns hold more than one box or point, among them " + list_of_words() +
                                        ": `box({…})` with `box_format(…)` names the right ones, or `ignore({…})` the "
                                        "others");
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
                                     ": `box({…})` names the columns of a box, `ignore({…})` leaves some out");
  }

  std::string list_of_words() const {
    std::string list;
    for (const auto word :
         {Word::kX, Word::kCenterX, Word::kXMin, Word::kXMax, Word::kYMin, Word::kYMax, Word::kOtherCorner}) {
      if (has(word)) list += (list.empty() ? "" : ", ") + shown(words_.at(word).front());
    }
    return list;
  }

  void take_one(Word word, ColumnRole role, const char* what) {
    if (layout_.has(role) || !has(word)) return;
    const auto& columns = words_.at(word);
    if (columns.size() > 1) refuse_both(columns, std::string("both be ") + what);
    take(columns.front(), role);
  }

  void take_image_size(Word width, Word height) {
    if (layout_.has(ColumnRole::kImageWidth) || !has(width) || !has(height)) return;
    const std::size_t height_column = *column_of(height);
    take(*column_of(width), ColumnRole::kImageWidth);
    take(height_column, ColumnRole::kImageHeight);
  }

  std::vector<std::size_t> free_;
  const CsvFirstRow& row_;
  CsvLayout& layout_;
  std::map<Word, std::vector<std::size_t>> words_;
};

bool contains(const std::vector<std::size_t>& columns, std::size_t column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

}  // namespace

void guess_by_names(std::vector<std::size_t> free, const CsvFirstRow& row, CsvLayout& layout) {
  NameGuess(std::move(free), row, layout).run();
}

void guess_by_cells(std::vector<std::size_t> free, const CsvFirstRow& row, CsvLayout& layout) {
  std::vector<std::size_t> numbers, words;
  for (const std::size_t column : free) {
    const auto is_each = [&](auto is_such) {
      return std::all_of(row.sample.begin(), row.sample.end(),
                         [&](const auto& r) { return r[column].empty() || is_such(r[column]); });
    };
    if (is_each([](const std::string&) { return false; })) continue;
    if (is_each([](const std::string& cell) { return is_number(cell); })) numbers.push_back(column);
    if (is_each(is_word)) words.push_back(column);
  }
  const bool is_filled = numbers.size() + words.size() >= 4;
  while (is_filled && free.size() > 4 && !contains(numbers, free.back()) && !contains(words, free.back())) {
    free.pop_back();  // commas behind the last cell
  }
  const bool all_empty = numbers.empty() && words.size() <= 1;  // images without an object
  if (free.size() == 5 && ((numbers.size() == 4 && words.size() == 1) || all_empty)) {
    const std::size_t class_column = words.size() == 1 ? words[0] : free[4];
    free.erase(std::find(free.begin(), free.end(), class_column));
    for (std::size_t i = 0; i < 4; ++i) layout.columns[free[i]] = {{}, ColumnRole::kBox, i};
    layout.columns[class_column].role = ColumnRole::kClass;
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
