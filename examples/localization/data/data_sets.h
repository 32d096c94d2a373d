#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/core/image_size.h>
#include <boxfeed/data/csv_dataset.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/annotation_files.h"
#include "data/preprocessing.h"

namespace localization {

/// Where the examples are.
struct DataFiles {
  AnnotationFiles annotations;
  /// The validation set, in the same folder of images. Else a part is held out.
  std::optional<std::string> val_csv;
  /// The share that is held out, by a hash of the image's name. Without it the file's own split, where it has one; else
  /// `kValFraction`.
  std::optional<double> val_fraction;
};

constexpr double kValFraction = 0.2;

/// Examples of an image and one box: target (xmin, ymin, xmax, ymax) in fractions of the image.
struct DataSet {
  boxfeed::CsvDataset dataset;
  std::string images;                ///< the folder of the images
  std::vector<std::string> remarks;  ///< what the user should know about how the annotations were understood
};

struct DataSets {
  boxfeed::CsvDataset train;
  boxfeed::CsvDataset validation;
  std::string images;
  std::vector<std::string> remarks;
};

/// Reads annotations and makes sure that every image file is there. Of several boxes on an image the largest counts;
/// images without a box are left out.
/// Throws: `boxfeed::Error` with the place, among them `kHeader` for a file without boxes.
DataSet load_data_set(const AnnotationFiles& files, const Preprocessing& preprocessing);

/// The same for training, where `augmentation` comes before everything else, and for validation.
DataSets load_data_sets(const DataFiles& files, const Preprocessing& preprocessing,
                        const boxfeed::transforms::Pipeline& augmentation);

/// Whether the file puts any image into a validation set.
bool has_validation_split(const boxfeed::AnnotationTable& table);

/// Images without labels, for prediction; `names` are relative to the folder `images` or absolute.
boxfeed::CsvDataset unlabeled_data_set(const std::vector<std::string>& names, const std::string& images,
                                       const Preprocessing& preprocessing);

}  // namespace localization
