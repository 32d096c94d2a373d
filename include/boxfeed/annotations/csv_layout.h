#pragma once

#include <boxfeed/core/box.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace boxfeed {

/// What a column of a CSV is.
enum class ColumnRole {
  kIgnored,
  kImage,        ///< the image's name
  kBox,          ///< one of the four numbers of a box
  kClass,        ///< a class, by name or id
  kKeypoint,     ///< x, y or visibility of a keypoint
  kNumber,       ///< a plain number, which no change of the image touches
  kImageWidth,   ///< in pixels
  kImageHeight,  ///< in pixels
  kSplit,        ///< "train", "val" and the like: `AnnotationTable::split`
  kGroup,        ///< what must not straddle a split: `AnnotationTable::group`
  kDifficult,    ///< 0 or 1: the flag `kDifficult` of the row's box
  kCrowd,        ///< 0 or 1: the flag `kCrowd` of the row's box
};

/// A column of a CSV and where the table keeps what it holds.
struct CsvColumn {
  /// Its name in the header; empty where there is none.
  std::string name;
  ColumnRole role = ColumnRole::kIgnored;
  /// kBox: the position in `box_values(format, box)`; kKeypoint: 3 k + (0: x, 1: y, 2: visibility) for the k-th
  /// keypoint; kNumber: the position among the numbers; else 0.
  std::size_t component = 0;

  friend bool operator==(const CsvColumn& a, const CsvColumn& b) {
    return a.name == b.name && a.role == b.role && a.component == b.component;
  }
};

/// The columns of a CSV in the file's order: `image,h,w,x,y,score` are the image, the components 2, 3, 0, 1 of a box in
/// `kXYHW`, and number 0.
struct CsvLayout {
  std::vector<CsvColumn> columns;
  /// How the file gives a box, other formats than CSV, too.
  BoxFormat box_format = BoxFormat::kXYHW;

  /// The position of a column, counted from 0.
  std::optional<std::size_t> find(ColumnRole role, std::size_t component = 0) const;
  bool has(ColumnRole role) const { return count(role) > 0; }
  std::size_t count(ColumnRole role) const;
  std::size_t keypoints() const;

  /// Column i for messages: `column "x" (2)`, counted from 1, or `column 2` without a name.
  std::string column_text(std::size_t i) const;

  /// The label columns alone.
  CsvLayout labels() const;

  /// What was understood, in one line to show to the user, with positions counted from 1:
  /// `image "file" (1); box x in "x" (2), y in "y" (3), h in "h" (4), w in "w" (5); number "score" (6)`.
  std::string description() const;
};

}  // namespace boxfeed
