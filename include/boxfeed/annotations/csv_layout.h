#pragma once

#include <boxfeed/annotations/csv_options.h>
#include <boxfeed/annotations/label_column.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace boxfeed {

/// What each column of a CSV is. Columns are positions, counted from 0.
struct CsvLayout {
  struct KeypointColumns {
    std::size_t x = 0;
    std::size_t y = 0;
    std::optional<std::size_t> visibility;
  };

  /// The header's names; empty texts where there is no header.
  std::vector<std::string> names;
  std::size_t image = 0;
  /// In the order of `box_format`.
  std::optional<std::array<std::size_t, 4>> box;
  BoxFormat box_format = BoxFormat::kXYHW;
  std::optional<std::size_t> class_column;
  std::vector<KeypointColumns> keypoints;
  std::vector<std::size_t> numbers;
  std::optional<std::size_t> image_width;
  std::optional<std::size_t> image_height;
  std::optional<std::size_t> split_column;
  std::optional<std::size_t> group_column;
  std::optional<std::size_t> difficult_column;
  std::optional<std::size_t> crowd_column;
  std::vector<std::size_t> ignored;

  /// What was understood, in one line to show to the user, with positions counted from 1:
  /// `image "file" (1); box x in "x" (2), y in "y" (3), h in "h" (4), w in "w" (5); number "score" (6)`.
  std::string description() const;

  /// The label columns in the file's order.
  LabelLayout labels() const;
};

/// What the columns of the CSV at `path` are: as the options say, and for the rest by the names in the header.
///
/// Understood without options, in any order and in upper or lower case: `x, y, h, w` or `x, y, width, height` (corner
/// and size), `cx, cy, w, h` (center and size), `xmin, ymin, xmax, ymax`, `x1, y1, x2, y2` or `left, top, right,
/// bottom` (corners); `class` or `label`; `width, height` beside a box that has its own (the image's size); pairs
/// `nose_x, nose_y` or `x1, y1, x2, y2, x3, …` (keypoints), with `nose_v` or `nose_visibility`; `split`; `difficult`
/// and `crowd` beside a box. All others are plain numbers. Without a header: `path,x1,y1,x2,y2,class` with a word for
/// the class.
///
/// Throws: `AnnotationError` with `kHeader` for a column that is missing or there twice, naming the nearest;
/// `kAmbiguous` for columns with several meanings, such as four without names; `std::invalid_argument` for options that
/// contradict each other; what `read_csv` throws about the file.
CsvLayout csv_layout(const std::string& path, const CsvOptions& options = {});

}  // namespace boxfeed
