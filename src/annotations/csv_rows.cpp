#include "annotations/csv_rows.h"

#include <boxfeed/core/error.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "annotations/number_text.h"

namespace boxfeed {
namespace {

constexpr float kMaxSide = 16777216;  // whole numbers beyond it are not exact in a float
/// Fractions beyond this are pixels.
constexpr float kMaxFraction = 2;

/// Whether `text` is all that could be a box on a row: finite corners.
bool is_finite(const Box& box) {
  return std::isfinite(box.xmin) && std::isfinite(box.ymin) && std::isfinite(box.xmax) && std::isfinite(box.ymax);
}

}  // namespace

void CsvPart::clear() {
  columns.names.clear();
  columns.lines.clear();
  columns.box_offsets = {};
  columns.boxes.clear();
  columns.class_offsets = {};
  columns.class_ids.clear();
  columns.keypoint_offsets = {};
  columns.keypoints.clear();
  columns.flags.clear();
  columns.number_offsets = {};
  columns.numbers.clear();
  columns.image_sizes.clear();
  columns.split.ids.clear();
  columns.group.ids.clear();
  classes = {};
  splits = {};
  groups = {};
  lines = 0;
  beyond_1 = between_0_and_1 = false;
}

CsvRows::CsvRows(const CsvLayout& layout, const CsvOptions& options, std::size_t listed)
    : options_(options), listed_(listed), layout_(layout), columns_(layout.names.size()) {
  if (columns_.empty()) return;
  columns_[layout.image] = {Role::kImage, 0};
  if (layout.box) {
    for (std::size_t i = 0; i < 4; ++i) columns_[(*layout.box)[i]] = {Role::kBox, i};
  }
  if (layout.class_column) columns_[*layout.class_column] = {Role::kClass, 0};
  for (std::size_t k = 0; k < layout.keypoints.size(); ++k) {
    const auto& point = layout.keypoints[k];
    columns_[point.x] = {Role::kKeypoint, 3 * k};
    columns_[point.y] = {Role::kKeypoint, 3 * k + 1};
    if (point.visibility) columns_[*point.visibility] = {Role::kKeypoint, 3 * k + 2};
  }
  for (std::size_t i = 0; i < layout.numbers.size(); ++i) columns_[layout.numbers[i]] = {Role::kNumber, i};
  if (layout.image_width) columns_[*layout.image_width] = {Role::kWidth, 0};
  if (layout.image_height) columns_[*layout.image_height] = {Role::kHeight, 0};
  if (layout.split_column) columns_[*layout.split_column] = {Role::kSplit, 0};
  if (layout.group_column) columns_[*layout.group_column] = {Role::kGroup, 0};
  if (layout.difficult_column) columns_[*layout.difficult_column] = {Role::kFlag, kDifficult};
  if (layout.crowd_column) columns_[*layout.crowd_column] = {Role::kFlag, kCrowd};
}

std::string CsvRows::column_name(std::size_t column) const {
  const std::string number = std::to_string(column + 1);
  return layout_.names[column].empty() ? "column " + number
                                       : "column " + quoted(layout_.names[column]) + " (" + number + ")";
}

/// Takes the rows of one block.
class CsvRows::Sink : public CsvRowSink {
 public:
  Sink(const CsvRows& rows, CsvPart& part, bool skip_first)
      : rows_(rows),
        part_(part),
        skip_(skip_first),
        has_box_(rows.layout_.box.has_value()),
        has_class_(rows.layout_.class_column.has_value()),
        has_size_(rows.layout_.image_width.has_value()),
        has_flags_(has_box_ && (rows.layout_.difficult_column || rows.layout_.crowd_column)),
        units_(rows.options_.box_units().value_or(BoxUnits::kPixels)),
        keypoints_(rows.layout_.keypoints.size()),
        numbers_(rows.layout_.numbers.size()) {}

  void bad_row(std::size_t line, Reason reason, std::string text) override {
    part_.problems.add({line, reason, std::move(text)});
  }

  bool row(std::size_t line, Span<std::string_view> cells) override {
    if (std::exchange(skip_, false)) return true;
    line_ = line;
    if (cells.size() != rows_.columns_.size()) {
      bad_row(line, Reason::kColumnCount,
              "expected " + std::to_string(rows_.columns_.size()) + " columns, got " + std::to_string(cells.size()));
      return true;
    }
    is_good_ = true;
    image_ = cells[rows_.layout_.image];
    flags_ = kNoFlags;
    is_background_ = has_box_ && rows_.options_.background() && is_empty(*rows_.layout_.box, cells);
    no_numbers_ = is_background_ && is_empty(rows_.layout_.numbers, cells);
    for (std::size_t i = 0; i < cells.size(); ++i) read_cell(i, rows_.columns_[i], cells[i]);
    if (is_good_) keep(cells);
    return true;
  }

 private:
  template <typename Positions>
  static bool is_empty(const Positions& positions, Span<std::string_view> cells) {
    return std::all_of(std::begin(positions), std::end(positions), [&](std::size_t i) { return cells[i].empty(); });
  }

  void refuse(std::size_t column, Reason reason, const std::string& text) {
    is_good_ = false;
    if (part_.problems.list_is_full()) {
      part_.problems.add({line_, reason, {}});
    } else {
      part_.problems.add({line_, reason, rows_.column_name(column) + ": " + text, std::string(image_)});
    }
  }

  void read_number(std::size_t column, std::string_view cell, float& value) {
    if (const auto reason = parse_number(cell, value)) refuse(column, *reason, number_problem(*reason, cell));
  }

  void read_side(std::size_t column, std::string_view cell, std::int64_t& side) {
    float value = 0;
    const auto reason = parse_number(cell, value);
    if (!reason && value >= 1 && value <= kMaxSide && value == std::floor(value)) {
      side = static_cast<std::int64_t>(value);
      return;
    }
    refuse(column, reason.value_or(Reason::kBadNumber),
           "expected a whole number of pixels, at least 1, got " + quoted(std::string(cell)));
  }

  void read_flag(std::size_t column, std::string_view cell, std::size_t flag) {
    if (cell == "1" && !is_background_) {
      flags_ = static_cast<std::uint8_t>(flags_ | flag);
    } else if (cell != "0" && !(is_background_ && cell.empty())) {
      refuse(column, Reason::kBadNumber,
             std::string("expected 0") + (is_background_ ? "" : " or 1") + ", got " + quoted(std::string(cell)));
    }
  }

  void read_cell(std::size_t index, Column column, std::string_view cell) {
    switch (column.role) {
      case Role::kIgnored: break;
      case Role::kImage:
        if (cell.empty()) refuse(index, Reason::kEmptyCell, "expected the name of an image, got an empty cell");
        break;
      case Role::kBox:
        if (!is_background_) read_number(index, cell, box_[column.component]);
        break;
      case Role::kClass:
        if (is_background_ == cell.empty()) break;
        refuse(index, is_background_ ? Reason::kBadNumber : Reason::kEmptyCell,
               is_background_ ? "expected no class beside an empty box, got " + quoted(std::string(cell))
                              : "expected a class, got an empty cell");
        break;
      case Role::kKeypoint:
        if (!is_background_) {
          read_number(index, cell, points_value(column.component));
        } else if (!cell.empty()) {
          refuse(index, Reason::kBadNumber,
                 "expected no keypoint beside an empty box, got " + quoted(std::string(cell)));
        }
        break;
      case Role::kNumber:
        if (!no_numbers_) read_number(index, cell, number_value(column.component));
        break;
      case Role::kWidth: read_side(index, cell, size_.width); break;
      case Role::kHeight: read_side(index, cell, size_.height); break;
      case Role::kSplit:
      case Role::kGroup: break;
      case Role::kFlag: read_flag(index, cell, column.component); break;
    }
  }

  float& points_value(std::size_t component) {
    points_.resize(keypoints_);
    auto& point = points_[component / 3];
    return component % 3 == 0 ? point.x : component % 3 == 1 ? point.y : point.visibility;
  }

  float& number_value(std::size_t component) {
    values_.resize(numbers_);
    return values_[component];
  }

  /// Puts a row without a problem into the arrays.
  void keep(Span<std::string_view> cells) {
    auto& columns = part_.columns;
    const auto& layout = rows_.layout_;
    Box box;
    if (has_box_ && !is_background_) {
      box = box_from(layout.box_format, box_);
      if (!is_finite(box)) {
        refuse((*layout.box)[0], Reason::kOutOfRange, "expected a box within the range of a float, got a wider one");
        return;
      }
      if (!check_units()) return;
    }
    if (units_ == BoxUnits::kFractions && has_size_) to_pixels(box);
    columns.names.add(cells[layout.image]);
    columns.lines.push_back(static_cast<std::uint32_t>(line_));
    if (has_box_) {
      columns.box_offsets.add(is_background_ ? 0 : 1);
      if (!is_background_) columns.boxes.push_back(box);
      if (!is_background_ && has_flags_) columns.flags.push_back(flags_);
    }
    if (has_class_) keep_class(cells[*layout.class_column]);
    if (keypoints_ > 0) {
      columns.keypoint_offsets.add(is_background_ ? 0 : keypoints_);
      if (!is_background_) columns.keypoints.insert(columns.keypoints.end(), points_.begin(), points_.end());
    }
    if (numbers_ > 0) {
      columns.number_offsets.add(no_numbers_ ? 0 : numbers_);
      if (!no_numbers_) columns.numbers.insert(columns.numbers.end(), values_.begin(), values_.end());
    }
    if (has_size_) columns.image_sizes.push_back(size_);
    if (layout.split_column) columns.split.ids.push_back(part_.splits.id(cells[*layout.split_column]));
    if (layout.group_column) columns.group.ids.push_back(part_.groups.id(cells[*layout.group_column]));
  }

  void keep_class(std::string_view cell) {
    part_.columns.class_offsets.add(is_background_ ? 0 : 1);
    if (is_background_) return;
    part_.columns.class_ids.push_back(static_cast<std::int32_t>(part_.classes.id(cell)));
  }

  bool check_units() {
    for (std::size_t i = 0; i < 4; ++i) {
      const float value = std::abs(box_[i]);
      part_.beyond_1 = part_.beyond_1 || value > 1;
      part_.between_0_and_1 = part_.between_0_and_1 || (value > 0 && value < 1);
      if (units_ == BoxUnits::kFractions && value > kMaxFraction) {
        refuse(
            (*rows_.layout_.box)[i], Reason::kUnits,
            "expected a fraction of the image's width or height, got " + number_text(box_[i]) + ": are these pixels?");
        return false;
      }
    }
    return true;
  }

  void to_pixels(Box& box) {
    const auto width = static_cast<float>(size_.width), height = static_cast<float>(size_.height);
    box = {box.xmin * width, box.ymin * height, box.xmax * width, box.ymax * height};
    for (auto& point : points_) {
      point.x *= width;
      point.y *= height;
    }
  }

  const CsvRows& rows_;
  CsvPart& part_;
  bool skip_;
  const bool has_box_;
  const bool has_class_;
  const bool has_size_;
  const bool has_flags_;
  const BoxUnits units_;
  const std::size_t keypoints_;
  const std::size_t numbers_;

  std::size_t line_ = 0;
  std::string_view image_;
  std::uint8_t flags_ = kNoFlags;
  bool is_good_ = true;
  bool is_background_ = false;
  bool no_numbers_ = false;
  std::array<float, 4> box_{};
  std::vector<Keypoint> points_;
  std::vector<float> values_;
  ImageSize size_;
};

void CsvRows::read(const CsvBlock& block, CsvPart& part) const {
  part.clear();
  part.problems = CsvProblems(listed_);
  Sink sink(*this, part, block.is_first && options_.header());
  part.lines = split_rows(block, options_.separator(), sink);
}

}  // namespace boxfeed
