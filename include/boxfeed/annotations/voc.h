#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/core/arg.h>
#include <boxfeed/core/error.h>

#include <string>
#include <vector>

namespace boxfeed {

/// How a folder of VOC's XML files is to be read.
class VocOptions {
 public:
  /// The classes in the order of their ids; others are refused. Without it, in alphabetical order.
  BOXFEED_ARG(std::vector<std::string>, class_names);
  /// Whether the first pixel is 1 and the last one belongs to the box, as in the original data set: then 1 is taken
  /// from xmin and ymin. Most tools of today write plain corners.
  BOXFEED_ARG(bool, one_based) = false;
  /// A folder without XML files is a table without records; else it is refused.
  BOXFEED_ARG(bool, allow_empty) = false;
};

/// Reads the XML files of a folder, or where it has none those of its sub-folders, in the order of their names: a
/// record for each, named by its `<filename>` or else as the XML file. Objects marked as difficult get the flag
/// `kDifficult`; one without a `<bndbox>` has the box around its `<polygon>` or `<robndbox>`. `AnnotationTable::split`
/// is what the lists of `ImageSets/Main` in or beside the folder say ("train", "val" and "test"; "trainval" is
/// "train"), else the folders of the image.
///
/// Throws: `AnnotationError` with the first problem's reason, file and line; its text lists up to 20 problems and their
/// number. `Error` where the folder cannot be read. Source: Everingham et al., "The PASCAL Visual Object
/// Classes Challenge".
AnnotationTable read_voc(const std::string& folder, const VocOptions& options = {});

/// The same without the files and objects that cannot be used; all problems of these are put behind `problems`.
/// Throws: as above, but for problems of single files and objects.
AnnotationTable read_voc(const std::string& folder, const VocOptions& options,
                         std::vector<AnnotationProblem>& problems);

}  // namespace boxfeed
