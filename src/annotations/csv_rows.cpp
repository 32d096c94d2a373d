#include "annotations/csv_rows.h"

#include <boxfeed/annotations/split.h>
#include <boxfeed/core/error.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "core/number_text.h"
#include "core/text.h"

namespace boxfeed {
namespace {

constexpr float kMaxSide = 16777216;  // whole numbers beyond it are not exact in a float
constexpr float kEmpty = std::numeric_limits<float>::quiet_NaN();
/// Fractions beyond this are pixels.
constexpr float kMaxFraction = 2;

bool is_finite(const Box& box) {
  return std::isfinite(box.xmin) && std::isfinite(box.ymin) && std::isfinite(box.xmax) && std::isfinite(box.ymax);
}

/// Takes the rows of one block.
class Rows : public CsvRowSink {
 public:
  Rows(const CsvBlock& block, const CsvLayout& layout, const CsvOptions& options, CsvBlockRows& part)
      : layout_(layout),
        options_(options),
        part_(part),
        skip_(block.has_header),
        columns_(layout.columns),
        image_column_(layout.find(ColumnRole::kImage).value_or(0)),
        box_column_(layout.find(ColumnRole::kBox)),
        class_column_(layout.find(ColumnRole::kClass)),
        split_column_(layout.find(ColumnRole::kSplit)),
        group_column_(layout.find(ColumnRole::kGroup)),
        has_backslashes_(contains(block, '\\')),
        has_folders_(has_backslashes_ || contains(block, '/')),
        has_size_(layout.has(ColumnRole::kImageWidth)),
        has_flags_(layout.has(ColumnRole::kDifficult) || layout.has(ColumnRole::kCrowd)),
        units_(options.box_units().value_or(BoxUnits::kPixels)),
        keypoints_(layout.keypoints()),
        values_(layout.count(ColumnRole::kNumber)) {}

  void bad_row(std::size_t line, Reason reason, std::string text) override {
    part_.problems.add({reason, {}, line, {}, std::move(text)});
  }

  void bad_block(std::size_t line, Reason reason, std::string text) override {
    part_.failure = AnnotationProblem{reason, {}, line, {}, std::move(text)};
  }

  bool row(std::size_t line, Span<std::string_view> cells) override {
    if (std::exchange(skip_, false)) return true;
    line_ = line;
    if (cells.size() != columns_.size() && !fit(cells)) {
      if (are_empty(cells)) return true;
      bad_row(line, Reason::kColumnCount,
              "expected " + std::to_string(columns_.size()) + " columns, got " + std::to_string(cells.size()));
      return true;
    }
    if (cells[image_column_].empty() && are_empty(cells)) return true;
    is_good_ = true;
    image_ = cells[image_column_];
    flags_ = kNoFlags;
    is_background_ =
        box_column_ && options_.background() && cells[*box_column_].empty() && is_empty(ColumnRole::kBox, cells);
    no_numbers_ = is_background_ && is_empty(ColumnRole::kNumber, cells);
    if (keypoints_ > 0) points_.assign(keypoints_, Keypoint{});
    for (std::size_t i = 0; i < cells.size(); ++i) read_cell(i, columns_[i], cells[i]);
    if (is_good_) keep(cells);
    return true;
  }

 private:
  static bool contains(const CsvBlock& block, char letter) {
    return std::string_view(block.bytes.data(), block.bytes.size()).find(letter) != std::string_view::npos;
  }

  static bool are_empty(Span<std::string_view> cells) {
    return std::all_of(cells.begin(), cells.end(), [](std::string_view cell) { return cell.empty(); });
  }

  /// Leaves out empty cells behind the last column, and puts some in the place of ignored columns at the end.
  bool fit(Span<std::string_view>& cells) {
    const std::size_t count = columns_.size();
    if (cells.size() > count) {
      if (!are_empty({cells.data() + count, cells.size() - count})) return false;
      cells = {cells.data(), count};
      return true;
    }
    for (std::size_t i = cells.size(); i < count; ++i) {
      if (columns_[i].role != ColumnRole::kIgnored) return false;
    }
    filled_.assign(cells.begin(), cells.end());
    filled_.resize(count);
    cells = filled_;
    return true;
  }

  bool is_empty(ColumnRole role, Span<std::string_view> cells) const {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (columns_[i].role == role && !cells[i].empty()) return false;
    }
    return true;
  }

  void refuse(std::size_t column, Reason reason, const std::string& text) {
    is_good_ = false;
    if (part_.problems.list_is_full()) {
      part_.problems.add({reason, {}, line_, {}, {}});
    } else {
      part_.problems.add({reason, {}, line_, std::string(image_), layout_.column_text(column) + ": " + text});
    }
  }

  void read_number(std::size_t column, std::string_view cell, float& value) {
    if (const auto reason = parse_number(cell, value)) refuse(column, *reason, number_problem(*reason, cell));
  }

  void read_side(std::size_t column, std::string_view cell, std::int64_t& side) {
    float value = 0;
    const auto reason = parse_number(cell, value);
    if (!reason && value >= 1 && value <= kMaxSide) {
      side = static_cast<std::int64_t>(value);
      if (static_cast<float>(side) == value) return;
    }
    refuse(column, reason.value_or(Reason::kBadNumber),
           "expected a whole number of pixels, at least 1, got " + quoted(std::string(cell)));
  }

  void read_flag(std::size_t column, std::string_view cell, BoxFlags flag) {
    const bool is_set = cell == "1" || to_lower(cell) == "true";
    if (is_set && !is_background_) {
      flags_ = static_cast<std::uint8_t>(flags_ | flag);
    } else if (is_set || (cell != "0" && to_lower(cell) != "false" && !(is_background_ && cell.empty()))) {
      refuse(column, Reason::kBadNumber,
             std::string("expected 0") + (is_background_ ? "" : " or 1") + ", got " + quoted(std::string(cell)));
    }
  }

  void read_cell(std::size_t index, const CsvColumn& column, std::string_view cell) {
    switch (column.role) {
      case ColumnRole::kIgnored: break;
      case ColumnRole::kImage:
        if (cell.empty()) refuse(index, Reason::kEmptyCell, "expected the name of an image, got an empty cell");
        break;
      case ColumnRole::kBox:
        if (!is_background_) read_number(index, cell, box_[column.component]);
        break;
      case ColumnRole::kClass:
        if (is_background_ == cell.empty()) break;
        refuse(index, is_background_ ? Reason::kBadNumber : Reason::kEmptyCell,
               is_background_ ? "expected no class beside an empty box, got " + quoted(std::string(cell))
                              : "expected a class, got an empty cell");
        break;
      case ColumnRole::kKeypoint:
        if (!is_background_) {
          if (cell.empty()) {
            points_value(column.component) = kEmpty;
          } else {
            read_number(index, cell, points_value(column.component));
          }
        } else if (!cell.empty()) {
          refuse(index, Reason::kBadNumber,
                 "expected no keypoint beside an empty box, got " + quoted(std::string(cell)));
        }
        break;
      case ColumnRole::kNumber:
        if (!no_numbers_) read_number(index, cell, values_[column.component]);
        break;
      case ColumnRole::kImageWidth: read_side(index, cell, size_.width); break;
      case ColumnRole::kImageHeight: read_side(index, cell, size_.height); break;
      case ColumnRole::kSplit:
      case ColumnRole::kGroup: break;
      case ColumnRole::kDifficult: read_flag(index, cell, kDifficult); break;
      case ColumnRole::kCrowd: read_flag(index, cell, kCrowd); break;
    }
  }

  float& points_value(std::size_t component) {
    auto& point = points_[component / 3];
    return component % 3 == 0 ? point.x : component % 3 == 1 ? point.y : point.visibility;
  }

  /// Marks the missing keypoints. Returns false for one that is there in part.
  bool check_keypoints() {
    const auto missing = options_.missing_keypoint();
    for (std::size_t k = 0; k < points_.size(); ++k) {
      auto& point = points_[k];
      if (std::isnan(point.x) && std::isnan(point.y)) {
        point = {-1, -1, 0};
        continue;
      }
      const std::array<float, 3> values{point.x, point.y, point.visibility};
      for (std::size_t i = 0; i < 3; ++i) {
        if (!std::isnan(values[i])) continue;
        refuse(*layout_.find(ColumnRole::kKeypoint, 3 * k + i), Reason::kEmptyCell,
               "expected a number, or x and y empty for a missing keypoint, got an empty cell");
        return false;
      }
      if (missing && point.x == *missing && point.y == *missing) {
        point.visibility = 0;
        if (*missing != 0) point.x = point.y = -1;
      }
    }
    return true;
  }

  /// Puts a row without a problem into the arrays.
  void keep(Span<std::string_view> cells) {
    Box box;
    const bool has_box = box_column_ && !is_background_;
    if (has_box) {
      box = box_from(layout_.box_format, box_);
      if (!is_finite(box)) {
        return refuse(*box_column_, Reason::kOutOfRange, "expected a box within the range of a float, got a wider one");
      }
      if (!check_units()) return;
    }
    if (!is_background_ && !check_keypoints()) return;
    if (units_ == BoxUnits::kFractions && has_size_) to_pixels(box);
    auto& columns = part_.columns;
    columns.names.add(image_);
    columns.lines.push_back(static_cast<std::uint32_t>(line_));
    const std::size_t objects = is_background_ ? 0 : 1;
    if (box_column_) columns.box_offsets.add(objects);
    if (has_box) columns.boxes.push_back(box);
    if (has_box && has_flags_) columns.flags.push_back(flags_);
    if (class_column_) {
      columns.class_offsets.add(objects);
      if (objects > 0) columns.class_ids.push_back(static_cast<std::int32_t>(part_.classes.id(cells[*class_column_])));
    }
    if (keypoints_ > 0) {
      columns.keypoint_offsets.add(objects * keypoints_);
      if (objects > 0) Span<Keypoint>(points_).append_to(columns.keypoints);
    }
    if (!values_.empty()) {
      columns.number_offsets.add(no_numbers_ ? 0 : values_.size());
      if (!no_numbers_) Span<float>(values_).append_to(columns.numbers);
    }
    if (has_size_) columns.image_sizes.push_back(size_);
    keep_split(cells);
    group_column_ ? columns.group.add(cells[*group_column_]) : columns.group.repeat();
  }

  /// The split by its column, or else by the image's folder, which is mostly that of the row before.
  void keep_split(Span<std::string_view> cells) {
    auto& split = part_.columns.split;
    if (split_column_) return split.add(cells[*split_column_]);
    if (!has_folders_ || is_in_folder()) return split.repeat();
    folder_ = image_.substr(0, image_.find_last_of("/\\") + 1);
    split.add(split_of_path(folder_));
  }

  /// Whether the image is in the folder of the row before.
  bool is_in_folder() const {
    const auto name = image_.substr(std::min(folder_.size(), image_.size()));
    return image_.compare(0, folder_.size(), folder_) == 0 && name.find('/') == std::string_view::npos &&
           !(has_backslashes_ && name.find('\\') != std::string_view::npos);
  }

  bool check_units() {
    for (std::size_t i = 0; i < 4; ++i) {
      const float value = std::abs(box_[i]);
      part_.beyond_1 = part_.beyond_1 || value > 1;
      part_.between_0_and_1 = part_.between_0_and_1 || (value > 0 && value < 1);
      if (units_ == BoxUnits::kFractions && value > kMaxFraction) {
        refuse(
            *layout_.find(ColumnRole::kBox, i), Reason::kUnits,
            "expected a fraction of the image's width or height, got " + float_text(box_[i]) + ": are these pixels?");
        return false;
      }
    }
    return true;
  }

  void to_pixels(Box& box) {
    const auto width = static_cast<float>(size_.width), height = static_cast<float>(size_.height);
    box = {box.xmin * width, box.ymin * height, box.xmax * width, box.ymax * height};
    for (auto& point : points_) {
      if (point.is_missing()) continue;
      point.x *= width;
      point.y *= height;
    }
  }

  const CsvLayout& layout_;
  const CsvOptions& options_;
  CsvBlockRows& part_;
  bool skip_;
  const std::vector<CsvColumn>& columns_;
  const std::size_t image_column_;
  const std::optional<std::size_t> box_column_, class_column_, split_column_, group_column_;
  const bool has_backslashes_;  ///< in any cell of the block
  const bool has_folders_;      ///< whether any cell of the block may hold one
  const bool has_size_;
  const bool has_flags_;
  const BoxUnits units_;
  const std::size_t keypoints_;

  std::size_t line_ = 0;
  std::string_view image_;
  std::uint8_t flags_ = kNoFlags;
  bool is_good_ = true;
  bool is_background_ = false;
  bool no_numbers_ = false;
  std::string folder_;
  std::array<float, 4> box_{};
  std::vector<Keypoint> points_;
  std::vector<float> values_;
  std::vector<std::string_view> filled_;
  ImageSize size_;
};

}  // namespace

void read_rows(const CsvBlock& block, const CsvLayout& layout, const CsvOptions& options, std::size_t listed,
               CsvBlockRows& rows) {
  TableColumns columns = std::move(rows.columns);
  TableColumns::for_each_array([&](auto array) { (columns.*array).clear(); });
  rows = {std::move(columns), ProblemList(listed)};
  Rows sink(block, layout, options, rows);
  rows.lines = split_rows(block, options.separator(), sink);
}

}  // namespace boxfeed
