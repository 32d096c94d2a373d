#pragma once

#include <boxfeed/annotations/label_column.h>
#include <boxfeed/core/arg.h>
#include <boxfeed/core/box.h>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace boxfeed {

/// A column of a CSV, by its name in the header or by its position counted from 0.
class CsvColumn {
 public:
  CsvColumn(int position) : position_(position) {}
  CsvColumn(const char* name) : name_(name), has_name_(true) {}
  CsvColumn(std::string name) : name_(std::move(name)), has_name_(true) {}

  /// Whether the column is given by its name.
  bool has_name() const noexcept { return has_name_; }
  const std::string& name() const noexcept { return name_; }
  int position() const noexcept { return position_; }

 private:
  std::string name_;
  int position_ = 0;
  bool has_name_ = false;
};

/// The columns of one keypoint.
struct CsvKeypoint {
  CsvColumn x;
  CsvColumn y;
  std::optional<CsvColumn> visibility = std::nullopt;
};

/// `count` keypoints in columns that lie behind each other: x, y, x, y, … from position `first`, or x, y, visibility.
std::vector<CsvKeypoint> keypoint_columns(int first, int count, bool with_visibility = false);

/// How a CSV is to be read. Without options, the first column is the image, there is a header, and `csv_layout` tells
/// by the names what the other columns are.
///
/// ```cpp
/// CsvOptions();                                                       // image,x,y,h,w and many others
/// CsvOptions().header(false).labels_as(LabelKind::kBox);              // a.jpg,81,88,320,441
/// CsvOptions().image("file").box({"l", "t", "r", "b"}).box_format(BoxFormat::kXYXY).class_column("what");
/// ```
class CsvOptions {
 public:
  /// Whether the first line names the columns.
  BOXFEED_ARG(bool, header) = true;
  /// ',', ';' or a tab.
  BOXFEED_ARG(char, separator) = ',';
  /// The column of the image's name.
  BOXFEED_ARG(CsvColumn, image) = 0;

  /// All label columns are of this kind: `kBox` (four, in `box_format`), `kKeypoint` (pairs x, y) or `kNumber`.
  BOXFEED_ARG(std::optional<LabelKind>, labels_as);

  // As soon as one of these four is given, the columns that none of them names are ignored.
  /// The four columns of the box, in the order of `box_format`.
  BOXFEED_ARG(std::vector<CsvColumn>, box);
  BOXFEED_ARG(std::optional<CsvColumn>, class_column);
  BOXFEED_ARG(std::vector<CsvKeypoint>, keypoints);
  BOXFEED_ARG(std::vector<CsvColumn>, numbers);

  /// What the columns of `box` or `labels_as` mean. Columns with names of their own speak for themselves.
  BOXFEED_ARG(BoxFormat, box_format) = BoxFormat::kXYHW;
  /// The units of boxes and keypoints. Without it they are pixels, and a file whose boxes all lie within 0 … 1 is
  /// refused. Fractions become pixels where the file has the images' sizes.
  BOXFEED_ARG(std::optional<BoxUnits>, box_units);

  BOXFEED_ARG(std::optional<CsvColumn>, image_width);
  BOXFEED_ARG(std::optional<CsvColumn>, image_height);
  /// "train", "val" and the like: `AnnotationTable::split`.
  BOXFEED_ARG(std::optional<CsvColumn>, split_column);
  /// What must not straddle a split: `AnnotationTable::group`.
  BOXFEED_ARG(std::optional<CsvColumn>, group_column);
  /// Cells of 0 or 1: the flag `kDifficult` of the row's box.
  BOXFEED_ARG(std::optional<CsvColumn>, difficult_column);
  /// Cells of 0 or 1: the flag `kCrowd` of the row's box.
  BOXFEED_ARG(std::optional<CsvColumn>, crowd_column);
  BOXFEED_ARG(std::vector<CsvColumn>, ignore);

  /// The classes in the order of their ids; a class column may then hold these names or ids. Without it, names get ids
  /// in alphabetical order and whole numbers are ids already. Give the training set's classes to a validation set.
  BOXFEED_ARG(std::vector<std::string>, class_names);
  /// Rows whose box cells are all empty are images without an object; else they are refused.
  BOXFEED_ARG(bool, background) = false;
  /// A file without rows is a table without records; else it is refused.
  BOXFEED_ARG(bool, allow_empty) = false;
  /// How many threads read parts of the file side by side, 0 for one a core, at most 8. The table is always the same.
  BOXFEED_ARG(std::size_t, threads) = 0;
};

}  // namespace boxfeed
