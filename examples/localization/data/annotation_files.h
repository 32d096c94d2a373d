#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/box_policy.h>
#include <boxfeed/annotations/csv.h>
#include <boxfeed/core/error.h>
#include <boxfeed/image/decode_options.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace localization {

/// Where annotations are, in one of four formats, and their images, and how they are to be read: training, figures,
/// pictures and checks have one rule.
struct AnnotationFiles {
  std::string csv;   ///< a file, the others empty
  std::string coco;  ///< a file
  std::string voc;   ///< a folder of XML files, or one with such a folder "Annotations"
  std::string yolo;  ///< a folder of text files, or one with such a folder "labels"
  /// The folder of the images. Where it is empty, the first that has the first image: the folder of a CSV or of a COCO
  /// file, or "images" in or beside it; "JPEGImages" or "images" in or beside VOC's folder; "images" in the place of
  /// YOLO's "labels"; else the folder that the annotations are in.
  std::string images;
  /// The classes in the order of their ids; empty for those that the files name. Not for COCO, which has its own.
  std::vector<std::string> class_names;

  boxfeed::CsvOptions columns;           ///< of a CSV, but for the classes
  std::optional<std::size_t> keypoints;  ///< that follow each of YOLO's boxes; else as its yaml says
  boxfeed::BoxPolicy box_policy;
  boxfeed::DecodeOptions decode;
  bool follow_links = false;  ///< to images outside of their folder

  bool any() const { return !(csv.empty() && coco.empty() && voc.empty() && yolo.empty()); }
  /// The file or folder in the format that was given.
  std::string& path() { return !csv.empty() ? csv : !coco.empty() ? coco : !voc.empty() ? voc : yolo; }
};

/// What was read.
struct Annotations {
  boxfeed::AnnotationTable table;    ///< as the files have it, with images by the names that they are found under: rows
                                     ///< of the same image are not joined
  std::string images;                ///< the folder of the images
  std::vector<std::string> remarks;  ///< how the files were understood, a line each
};

/// Reads the annotations. Without `problems`, throws what boxfeed's readers throw; with it, leaves out what cannot be
/// used and puts it there.
Annotations read_annotations(const AnnotationFiles& files, std::vector<boxfeed::AnnotationProblem>* problems = nullptr);

}  // namespace localization
