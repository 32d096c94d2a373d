#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/core/arg.h>
#include <boxfeed/core/error.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace boxfeed {

/// How a folder of YOLO's text files is to be read.
class YoloOptions {
 public:
  /// The classes in the order of their ids. Without it, the lines of `classes.txt` or of an `obj.names`, or `names` in
  /// a yaml (a list, or a map from ids), beside the text files or up to two folders above; else numbers.
  BOXFEED_ARG(std::vector<std::string>, class_names);
  /// How many keypoints follow each box. Each has two numbers, or with its visibility three, as the first line has it;
  /// without a visibility, those with two negative numbers are missing. Without the option, `kpt_shape` of the yaml,
  /// else none.
  BOXFEED_ARG(std::optional<std::size_t>, keypoints);
  /// A folder without images is a table without records; else it is refused.
  BOXFEED_ARG(bool, allow_empty) = false;
};

/// Reads the text files below the folder `labels`, one for each image below the folder `images`, which may be the same:
/// a record for each image, in the order of their names; those without a text file have no objects. A text file is that
/// of the image whose path is the same but for the extension and for folders called "images" and "labels", or else of
/// the only image of that name. Each line is `class cx cy w h`, the box in fractions of the image, which it stays in:
/// `box_units()` is `kFractions`. A line with the points of an outline, also of an oriented box, is the box around
/// them. Texts that hold no boxes (README.txt, train.txt and the like) are passed over. `AnnotationTable::split` is
/// what `train`, `val` and `test` in the yaml say, or `train` and `valid` in an `obj.data`; else the folders of the
/// image.
///
/// Throws: `AnnotationError` with the first problem's reason, file and line; its text lists up to 20 problems and their
/// number, among them text files without an image. `Error` where a folder cannot be read.
AnnotationTable read_yolo(const std::string& labels, const std::string& images, const YoloOptions& options = {});

/// The same without the lines that cannot be used; all problems of these are put behind `problems`.
/// Throws: as above, but for problems of single lines and text files.
AnnotationTable read_yolo(const std::string& labels, const std::string& images, const YoloOptions& options,
                          std::vector<AnnotationProblem>& problems);

}  // namespace boxfeed
