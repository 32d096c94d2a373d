#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/split.h>

#include <optional>
#include <string>
#include <vector>

#include "data/annotation_files.h"

namespace localization {

/// Where the examples are, and which of them are for validation.
struct DataFiles {
  AnnotationFiles annotations;
  /// The validation set, a file or folder of the same format. Else a part is held out.
  std::optional<std::string> validation;
  /// The share that is held out, by a hash of the image's name. Without it the split that the data have, where they
  /// have one and `split_by_hash` does not say otherwise; else `kValFraction`.
  std::optional<double> val_fraction;
  bool split_by_hash = false;
};

constexpr double kValFraction = 0.2;

/// The annotations of the validation set at `path`, which are like those for training, with their classes; a CSV's
/// images are in the same folder.
AnnotationFiles validation_files(const AnnotationFiles& training, const std::string& path, const std::string& images,
                                 const std::vector<std::string>& class_names);

/// The parts of the data set, and in `remarks` what the data themselves say about them.
boxfeed::Split split_of(const boxfeed::AnnotationTable& table, const DataFiles& files,
                        std::vector<std::string>& remarks);

}  // namespace localization
