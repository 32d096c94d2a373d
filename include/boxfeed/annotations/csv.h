#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/csv_layout.h>
#include <boxfeed/core/arg.h>
#include <boxfeed/core/box.h>
#include <boxfeed/core/error.h>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace boxfeed {

/// A column of a CSV by its name in the header or by its position counted from 0.
class ColumnRef {
 public:
  ColumnRef(int position) : position_(position) {}
  ColumnRef(const char* name) : name_(name), has_name_(true) {}
  ColumnRef(std::string name) : name_(std::move(name)), has_name_(true) {}

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
  ColumnRef x;
  ColumnRef y;
  std::optional<ColumnRef> visibility = std::nullopt;
};

/// How a CSV is to be read. Without options, there is a header, and `csv_layout` tells by the names and the first rows
/// what the columns are.
///
/// ```cpp
/// CsvOptions();                                                       // image,x,y,h,w and many others
/// CsvOptions().header(false).labels_as(ColumnRole::kBox);             // a.jpg,81,88,320,441
/// CsvOptions().image("file").box({"l", "t", "r", "b"}).box_format(BoxFormat::kXYXY).class_column("what");
/// ```
class CsvOptions {
 public:
  /// Whether the first line names the columns.
  BOXFEED_ARG(bool, header) = true;
  /// ',', ';' or a tab.
  BOXFEED_ARG(char, separator) = ',';
  /// The column of the image's name. Without it, the one that is called as images are (`image`, `filename`, `path`), or
  /// whose cells are names of images, or else the first.
  BOXFEED_ARG(std::optional<ColumnRef>, image);

  /// All label columns are of this role: `kBox` (four, in `box_format`), `kKeypoint` (pairs x, y) or `kNumber`.
  BOXFEED_ARG(std::optional<ColumnRole>, labels_as);

  // As soon as one of these four is given, the columns that none of them names are ignored.
  /// The four columns of the box, in the order of `box_format`.
  BOXFEED_ARG(std::vector<ColumnRef>, box);
  BOXFEED_ARG(std::optional<ColumnRef>, class_column);
  BOXFEED_ARG(std::vector<CsvKeypoint>, keypoints);
  BOXFEED_ARG(std::vector<ColumnRef>, numbers);

  /// What the columns of `box` or `labels_as` mean. Columns with names of their own speak for themselves.
  BOXFEED_ARG(BoxFormat, box_format) = BoxFormat::kXYHW;
  /// The units of boxes and keypoints. Without it they are pixels, and a file whose boxes all lie within 0 … 1 is
  /// refused. Fractions become pixels where the file has the images' sizes.
  BOXFEED_ARG(std::optional<BoxUnits>, box_units);

  /// A keypoint both of whose coordinates are this number is missing (`Keypoint::is_missing`), as is one with two empty
  /// cells. 0 for files that write 0, 0. A visibility column says it, too: 0 is not labeled, 1 labeled but hidden, 2
  /// visible, which is what keypoints without such a column are.
  BOXFEED_ARG(std::optional<float>, missing_keypoint) = -1.0F;

  BOXFEED_ARG(std::optional<ColumnRef>, image_width);
  BOXFEED_ARG(std::optional<ColumnRef>, image_height);
  BOXFEED_ARG(std::optional<ColumnRef>, split_column);
  BOXFEED_ARG(std::optional<ColumnRef>, group_column);
  BOXFEED_ARG(std::optional<ColumnRef>, difficult_column);
  BOXFEED_ARG(std::optional<ColumnRef>, crowd_column);
  BOXFEED_ARG(std::vector<ColumnRef>, ignore);

  /// The classes in the order of their ids; a class column may then hold these names or ids. Without it, names get ids
  /// in alphabetical order and whole numbers are ids already. Give the training set's classes to a validation set.
  BOXFEED_ARG(std::vector<std::string>, class_names);
  /// Rows whose box cells are all empty are images without an object; else they are refused.
  BOXFEED_ARG(bool, background) = true;
  /// A file without rows is a table without records; else it is refused. One of 0 bytes is refused all the same while
  /// `header` is true.
  BOXFEED_ARG(bool, allow_empty) = false;
  /// How many threads read parts of the file side by side, 0 for one a core, at most 8. The table is always the same.
  BOXFEED_ARG(std::size_t, threads) = 0;
};

/// What the columns of the CSV at `path` are: as the options say, and for the rest by the names in the header.
///
/// Understood without options, in any order, upper or lower case, with or without underscores, dots, blanks and a
/// `bbox_` in front: `x, y, h, w` or `x, y, width, height` (corner and size), `cx, cy, w, h` (center and size),
/// `xmin, ymin, xmax, ymax`, `x1, y1, x2, y2`, `x0, y0, x1, y1`, `left, top, right, bottom`, `startX, startY, endX,
/// endY`, `xtl, ytl, xbr, ybr` and `ulx, uly, lrx, lry` (corners); `class` or `label`; `width, height` beside a box
/// that has its own (the image's size); pairs `nose_x, nose_y`, `noseX, noseY` or `x1, y1, x2, y2, x3, …` (keypoints),
/// with `nose_v` or `nose_visibility`; `split`; `difficult` and `crowd` beside a box.
///
/// Of the others, a column without a name is ignored; one of words is the split where all of them name a part of the
/// data, the class where no column is called so and the words are at most half as many as the rows, and else ignored.
/// What is left are plain numbers, but where two of them may be x and two y. Without a header: `path,x1,y1,x2,y2,class`
/// with a word for the class.
///
/// Throws: `AnnotationError` with `kHeader` for a column that is missing or there twice, naming the nearest;
/// `kAmbiguous` for columns with several meanings, such as four without names; `std::invalid_argument` for options that
/// contradict each other; what `read_csv` throws about the file.
CsvLayout csv_layout(const std::string& path, const CsvOptions& options = {});

/// Reads a CSV of image names and labels; each row is a record. Cells may be quoted, but a cell cannot hold the end of
/// a line; blanks around a cell, blank lines, rows of empty cells and empty cells behind the last column do not count.
/// Where no column says it, `AnnotationTable::split` is the folder of the image ("val/a.jpg"). Numbers are decimal with
/// a point, whatever the locale, and the nearest float to what is written. `csv_layout` says what the columns are.
///
/// Throws: `AnnotationError` with the first problem's reason and line; its text lists up to 20 problems and their
/// number. `Error` where the file cannot be read. `std::invalid_argument` for wrong options.
AnnotationTable read_csv(const std::string& path, const CsvOptions& options = {});

/// The same without the rows that cannot be used; all problems of these are put behind `problems`, in the order of
/// their lines. Throws: as above, but for problems of single rows.
AnnotationTable read_csv(const std::string& path, const CsvOptions& options, std::vector<AnnotationProblem>& problems);

/// Writes a table as a CSV that `read_csv` reads without options (but `group_column("group")` and `box_units` where
/// they are used): a row for each object, an empty box for an image without; the columns `image`, `image_width`,
/// `image_height`, `split`, `group`, `class`, `xmin`, `ymin`, `xmax`, `ymax`, `difficult`, `crowd`, keypoints `p0_x`,
/// `p0_y`, `p0_v` and plain numbers, as far as the table has them. Texts are quoted, floats written so that they are
/// read as the same float.
///
/// Classes are written by their names. Read again, these get ids in alphabetical order, and classes without an object
/// are gone; `CsvOptions().class_names(table.class_names())` keeps the ids.
///
/// Throws: `Error` with `kUnsupported` for a text with the end of a line in it, where objects do not have equally many
/// keypoints and numbers, or where only some images have a size; and what `write_file` throws.
void write_csv(const std::string& path, const AnnotationTable& table);

}  // namespace boxfeed
