#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/core/arg.h>
#include <boxfeed/core/error.h>

#include <cstddef>
#include <string>
#include <vector>

namespace boxfeed {

/// How a folder of YOLO's text files is to be read.
class YoloOptions {
 public:
  /// The classes in the order of their ids. Without it, the lines of `classes.txt` or `names` in `data.yaml` (a list,
  /// or a map from ids), beside the text files or up to two folders above; else numbers.
  BOXFEED_ARG(std::vector<std::string>, class_names);
  /// How many keypoints follow each box, and whether each has a visibility.
  BOXFEED_ARG(std::size_t, keypoints) = 0;
  /// Without a visibility, keypoints with two negative numbers are missing.
  BOXFEED_ARG(bool, keypoint_visibility) = false;
  /// A folder without images is a table without records; else it is refused.
  BOXFEED_ARG(bool, allow_empty) = false;
};

/// Reads the text files of the folder `labels`, one for each image of the folder `images` and named as it: a record for
/// each image, in the order of their names; those without a text file have no objects. Each line is `class cx cy w h`,
/// the box in fractions of the image, which it stays in: `box_units()` is `kFractions`.
///
/// Throws: `AnnotationError` with the first problem's reason, file and line; its text lists up to 20 problems and their
/// number, among them text files without an image. `Error` where a folder cannot be read.
AnnotationTable read_yolo(const std::string& labels, const std::string& images, const YoloOptions& options = {});

/// The same without the lines that cannot be used; all problems of these are put behind `problems`.
/// Throws: as above, but for problems of single lines and text files.
AnnotationTable read_yolo(const std::string& labels, const std::string& images, const YoloOptions& options,
                          std::vector<AnnotationProblem>& problems);

}  // namespace boxfeed
