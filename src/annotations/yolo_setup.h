#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace boxfeed {

/// Images of one part of the data, as a yaml or an `obj.data` names them.
struct YoloPart {
  std::string split;                ///< "train", "val" or "test"
  std::string folder;               ///< absolute; empty where the images are listed
  std::vector<std::string> images;  ///< paths as they are listed
};

/// What stands beside YOLO's text files.
struct YoloSetup {
  /// The classes in the order of their ids; empty where no file names them.
  std::vector<std::string> class_names;
  std::vector<YoloPart> parts;
  /// How many keypoints follow each box, and how many numbers each has (`kpt_shape`).
  std::optional<std::array<std::size_t, 2>> keypoints;
  std::vector<std::string> remarks;
};

/// Looks in the folder `labels`, then in the two above it, for class names (`classes.txt`, `obj.names` and other
/// `*.names`, the one yaml with `names`, a list or a map from ids) and for parts (`train`, `val` and `test` of that
/// yaml, `train` and `valid` of `obj.data`: folders or lists of images). `with_names`: else names of classes are passed
/// over. Throws: `AnnotationError` with `kSyntax` and the line, with `kAmbiguous` for files that name different
/// classes; `Error` where a file cannot be read.
YoloSetup find_yolo_setup(const std::string& labels, bool with_names = true);

/// Whether a text file of this name, without folders, is none with boxes where no image has that name.
bool is_no_label_file(const std::string& name);

}  // namespace boxfeed
