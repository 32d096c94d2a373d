#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/core/error.h>

#include <string>
#include <vector>

namespace localization {

/// Where annotations are, in one of four formats, and their images.
struct AnnotationFiles {
  std::string csv;   ///< a file, the others empty
  std::string coco;  ///< a file
  std::string voc;   ///< a folder of XML files, or one with such a folder "Annotations"
  std::string yolo;  ///< a folder of text files, or one with such a folder "labels"
  /// The folder of the images. Where it is empty: that of the CSV; "images" in or beside the folder of a COCO file;
  /// "JPEGImages" or "images" in or beside VOC's folder; "images" in the place of YOLO's "labels"; else the folder that
  /// the annotations are in.
  std::string images;
  /// The classes in the order of their ids; empty for those that the files name. Not for COCO, which has its own.
  std::vector<std::string> class_names;
};

/// What was read.
struct Annotations {
  boxfeed::AnnotationTable table;  ///< as the files have it: rows of the same image are not joined
  std::string images;              ///< the folder of the images
  std::string description;         ///< how the files were understood, in one line
};

/// Reads the annotations. Without `problems`, throws what boxfeed's readers throw; with it, leaves out what cannot be
/// used and puts it there.
Annotations read_annotations(const AnnotationFiles& files, std::vector<boxfeed::AnnotationProblem>* problems = nullptr);

}  // namespace localization
