#pragma once

#include <boxfeed/annotations/annotation_record.h>
#include <boxfeed/annotations/csv_layout.h>
#include <boxfeed/core/box.h>
#include <boxfeed/core/error.h>
#include <boxfeed/core/image_size.h>
#include <boxfeed/core/keypoint.h>
#include <boxfeed/core/span.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace boxfeed {

struct TableColumns;

/// What holds for all records of a table.
struct AnnotationTableInfo {
  std::string path = {};
  bool path_is_folder = false;
  std::vector<std::string> class_names = {};
  std::vector<std::int64_t> category_ids = {};
  BoxUnits box_units = BoxUnits::kPixels;
  CsvLayout label_layout = {};
  std::vector<std::string> remarks = {};
};

/// The labels of a set of images: one record an example, all of them in a few arrays. Immutable; a copy or a subset
/// shares the arrays.
///
/// A record of a CSV is one row of it, unless rows of the same image are joined by `group_by_image`. Boxes, class ids,
/// keypoints and numbers of a record lie one after another, an object at a time, in the order of the file.
///
/// Thread safety: any number of threads may read.
class AnnotationTable {
 public:
  /// Without records.
  AnnotationTable();

  /// The number of records.
  std::size_t size() const noexcept { return rows_ ? rows_->size() : count_; }
  bool empty() const noexcept { return size() == 0; }

  const AnnotationTableInfo& info() const noexcept;

  /// A copy of record i, apart from the table.
  AnnotationRecord record(std::size_t i) const;

  /// The annotation file, or the folder of them.
  const std::string& path() const noexcept { return info().path; }
  /// True where `path` is a folder with an annotation file for each image.
  bool path_is_folder() const noexcept { return info().path_is_folder; }
  /// The image's name, relative to a folder of images. Valid as long as this table or one that shares its arrays.
  std::string_view name(std::size_t i) const noexcept;
  /// The annotation file of record i within `path()`, where that is a folder; else empty.
  std::string_view source(std::size_t i) const noexcept;
  /// The line in the annotation file, counted from 1; 0 where the format has no lines.
  std::size_t line(std::size_t i) const noexcept;
  /// The annotation file, the line and the index of record i, for messages.
  ExamplePlace place(std::size_t i) const;

  /// Shape: (M). Units: `box_units()`.
  Span<Box> boxes(std::size_t i) const noexcept;
  /// Shape: (M), one for each object; empty where the file has no classes.
  Span<std::int32_t> class_ids(std::size_t i) const noexcept;
  /// Units: `box_units()`.
  Span<Keypoint> keypoints(std::size_t i) const noexcept;
  Span<float> numbers(std::size_t i) const noexcept;
  /// Shape: (M), `BoxFlags` of each box; empty where no box of the table has any.
  Span<std::uint8_t> flags(std::size_t i) const noexcept;
  /// Shape: (M), the areas of the objects themselves as COCO gives them; empty where the file has none.
  Span<float> areas(std::size_t i) const noexcept;
  /// The line of box `box` of record i, which differs from `line(i)` where rows were joined.
  std::size_t box_line(std::size_t i, std::size_t box) const noexcept;

  /// The size of the image, where the file gives it.
  std::optional<ImageSize> image_size(std::size_t i) const noexcept;
  /// The part of the data that the files put the record in, as they call it ("train", "val"): by a column, a list, or
  /// the folder of the image. Empty where they do not say. `given_split` reads it.
  std::string_view split(std::size_t i) const noexcept;
  /// What must stay together in a split, such as the film that a picture was taken from; empty where there is none.
  std::string_view group(std::size_t i) const noexcept;
  /// The image's number in a COCO file; elsewhere i.
  std::int64_t image_id(std::size_t i) const noexcept;
  bool has_image_ids() const noexcept;

  /// The names of the classes; class ids are positions in it.
  const std::vector<std::string>& class_names() const noexcept { return info().class_names; }
  /// The number of each class in a COCO file, which may have gaps; empty elsewhere.
  const std::vector<std::int64_t>& category_ids() const noexcept { return info().category_ids; }
  BoxUnits box_units() const noexcept { return info().box_units; }
  /// The label columns of a CSV in the file's order; none for other formats.
  const CsvLayout& label_layout() const noexcept { return info().label_layout; }
  /// What was read otherwise than it stands there or left out, a line each: "3 objects of images that are not in the
  /// list left out".
  const std::vector<std::string>& remarks() const noexcept { return info().remarks; }

  /// The records at `indices`, in that order; an index may occur again.
  /// Throws: `std::out_of_range`.
  AnnotationTable subset(const std::vector<std::size_t>& indices) const;

  /// The position in this table's arrays of record i: equal for the same record in any subset.
  std::size_t row(std::size_t i) const noexcept { return rows_ ? (*rows_)[i] : i; }

  /// Bytes that the arrays take.
  std::size_t memory() const noexcept;

  /// Equal names, boxes, class names, keypoints, numbers, sizes and flags, record by record; the files that they came
  /// from, lines and COCO's numbers may differ.
  friend bool operator==(const AnnotationTable& a, const AnnotationTable& b);
  friend bool operator!=(const AnnotationTable& a, const AnnotationTable& b) { return !(a == b); }

 private:
  friend AnnotationTable make_table(TableColumns&& columns);
  explicit AnnotationTable(std::shared_ptr<const TableColumns> columns);

  std::shared_ptr<const TableColumns> columns_;
  std::size_t count_ = 0;
  std::shared_ptr<const std::vector<std::size_t>> rows_;  // null: all, in order
};

/// Joins the records of the same image, wherever they stand, into one at the place of the first, which keeps its line,
/// size, split and group. Records without labels add nothing.
/// Throws: `Error` with `kSizeMismatch` where two records give the same image different sizes.
AnnotationTable group_by_image(const AnnotationTable& table);

/// The table with each name as its image is called in the folder `images`.
///
/// A name without a file is looked for as people mean it: an absolute path below the folder, or of another computer,
/// with backslashes, with other folders in front, with another extension or in other case, without extension, with its
/// letters and marks in Unicode's other form, or as its annotation file's own name. Where exactly one file fits, the
/// record gets that file's name, and the table a remark. A name that no file fits stays: opening it fails with a
/// message.
///
/// Throws: `Error` where the folder cannot be listed.
/// Complexity: one look at each name, and where one has no file, one listing of the folder.
AnnotationTable find_images(const AnnotationTable& table, const std::string& images);

}  // namespace boxfeed
