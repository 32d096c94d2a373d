#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/core/arg.h>
#include <boxfeed/core/error.h>

#include <cstdint>
#include <string>
#include <vector>

namespace boxfeed {

/// How a COCO file is to be read.
class CocoOptions {
 public:
  /// A file without images is a table without records; else it is refused.
  BOXFEED_ARG(bool, allow_empty) = false;
  /// Units: bytes.
  BOXFEED_ARG(std::uint64_t, max_bytes) = std::uint64_t{4} << 30;
};

/// Reads object annotations in COCO's JSON: a record for each image, in the file's order, also for those without
/// objects. Ids are whole numbers or texts. Classes are the categories in the order of their ids, which may have gaps.
/// Crowds (`iscrowd`) get the flag `kCrowd`. An object without a box has the box around its outline; one of an image
/// that is not in the list is left out, with a remark. A NaN or Infinity counts as nothing but in a box.
///
/// Throws: `AnnotationError` with `kSyntax` and the line, for what is not JSON; with the first problem's reason for
/// wrong content, its text naming up to 20 problems and their number; `Error` where the file cannot be read. Source:
/// https://cocodataset.org/#format-data
AnnotationTable read_coco(const std::string& path, const CocoOptions& options = {});

/// The same without the images and objects that cannot be used; all problems of these are put behind `problems`.
/// Throws: as above, but for problems of single entries.
AnnotationTable read_coco(const std::string& path, const CocoOptions& options,
                          std::vector<AnnotationProblem>& problems);

/// Writes a table as COCO's JSON; records of the same image become one image. Without ids of their own, images,
/// categories and annotations are counted from 1. Boxes, keypoints and flags are read again exactly as they were
/// (`difficult`, which COCO does not know, beside `iscrowd`); plain numbers are not part of the format.
///
/// Throws: `Error` with `kUnits` for boxes in fractions, `kEncoding` for names that are not UTF-8, `kUnsupported` for
/// boxes without classes; and what `write_file` throws.
void write_coco(const std::string& path, const AnnotationTable& rows);

}  // namespace boxfeed
