#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/data/csv_dataset.h>
#include <boxfeed/transforms/pipeline.h>
#include <boxfeed/transforms/plan.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "data/data_files.h"
#include "data/look_through.h"
#include "data/preprocessing.h"
#include "data/target.h"

namespace localization {

/// Photographs with one object each.
///
/// An example's target has the labels of `one_object_each`, boxes and keypoints in fractions of the network's input.
struct DataSet {
  boxfeed::CsvDataset dataset;
  std::vector<boxfeed::transforms::Plan>
      plans;                          ///< of each photograph the preprocessing alone, and its labels under it
  std::string images;                 ///< the folder of the photographs
  std::vector<std::string> bad = {};  ///< what is wrong with photographs that are left out
};

/// What is needed to make data sets.
struct DataSetOptions {
  Preprocessing preprocessing;
  std::string augment = "none";        ///< as `load_augmentation` has it, or "auto"; before the preprocessing
  TargetKind kind = TargetKind::kAll;  ///< what of the labels is learned
  bool bytes = false;                  ///< whether images are delivered as bytes, to be normalized on the device
  LookOptions look;                    ///< at all images
  std::string cache = "none";          ///< of decoded images: none, memory, or disk, in a file beside the images
  std::size_t overfit = 0;             ///< above 0: so many examples to train on and to validate, as they are
};

/// A training and a validation set.
struct DataSets {
  DataSet train;
  DataSet validation;
  Target target;
  boxfeed::transforms::Pipeline augmentation;  ///< in training
  std::vector<std::string> remarks;            ///< what the user should know about how the annotations were understood
};

/// Reads annotations and looks at all images. Of several objects on an image the largest counts that is neither a crowd
/// nor, where there are others, difficult; images without one are left out.
/// Throws: `boxfeed::Error` with the places of all that cannot be used, among them `kHeader` for a file without labels.
DataSets load_data_sets(const DataFiles& files, const DataSetOptions& options);

/// The same for the use of a network that has learned `target`. What should be known about it is put into `remarks`.
DataSet load_data_set(const AnnotationFiles& files, const Target& target, const DataSetOptions& options,
                      std::vector<std::string>& remarks);

/// One photograph without labels, for prediction; `name` is relative to the folder `images` or absolute.
boxfeed::CsvDataset unlabeled_photograph(const std::string& name, const std::string& images,
                                         const Preprocessing& preprocessing, const boxfeed::DecodeOptions& decode = {});

}  // namespace localization
