#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/core/image_size.h>
#include <boxfeed/data/csv_dataset.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace localization {

/// Where the examples are.
struct DataFiles {
  std::string csv;
  std::string images;                  ///< the folder of the CSV where empty
  std::optional<std::string> val_csv;  ///< else a part of the CSV is held out, by a hash of the image's name
  double val_fraction = 0.2;
};

/// How images become tensors: the same in training and in use.
struct Preprocessing {
  boxfeed::ImageSize image_size{96, 128};
  std::int64_t channels = 3;
  std::vector<float> mean{0.5F};
  std::vector<float> std{0.25F};
};

/// Examples of an image and one box: target (xmin, ymin, xmax, ymax) in fractions of the image.
struct DataSets {
  boxfeed::CsvDataset train;
  boxfeed::CsvDataset validation;
};

/// `images`, or where that is empty the folder that the CSV is in.
std::string images_folder(const std::string& csv, const std::string& images);

/// Reads the CSV files and makes sure that every image file is there.
/// Throws: `boxfeed::Error` with the place, among them `kHeader` for a file without boxes.
DataSets load_data_sets(const DataFiles& files, const Preprocessing& preprocessing);

/// All examples of one CSV.
boxfeed::CsvDataset load_data_set(const std::string& csv, const std::string& images,
                                  const Preprocessing& preprocessing);

/// Images without labels, for prediction; `names` are relative to the folder `images` or absolute.
boxfeed::CsvDataset unlabelled_data_set(const std::vector<std::string>& names, const std::string& images,
                                        const Preprocessing& preprocessing);

}  // namespace localization
