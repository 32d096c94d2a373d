#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/csv.h>
#include <boxfeed/data/batch_builder.h>
#include <boxfeed/data/dataset_options.h>
#include <boxfeed/data/image_dataset.h>
#include <torch/data/example.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace boxfeed {

class TargetWriter;

/// Images named in a CSV, and the numbers beside them: one example a row, read from disk when it is asked for.
///
/// `get(i)` returns the image as data (C, H, W), float32 in [0, 1] by default, and the label columns of row i, in the
/// file's order, as target (T), float32. A box follows its image to the new size.
///
/// ```cpp
/// boxfeed::CsvDataset dataset("data.csv", "images", boxfeed::DatasetOptions().image_size({64, 48}));
/// auto example = dataset.get(0);  // data (3, 64, 48), target (4) for a CSV with the columns image, x, y, h, w
/// ```
class CsvDataset : public ImageDataset<CsvDataset, torch::data::Example<>> {
 public:
  /// Reads the CSV, no image. `images` is the folder that the names in the CSV are relative to.
  /// Throws: `AnnotationError`, also for two rows of one image whose boxes, classes or keypoints differ (each would be
  /// taken for the whole truth), and for a row without a box in a file that has boxes (background): `DetectionDataset`
  /// is for both; `Error` for a file that `check_files` found missing; `std::invalid_argument` for wrong options.
  CsvDataset(const std::string& csv, const std::string& images, DatasetOptions options = {},
             const CsvOptions& csv_options = {});

  /// The same from a table that stands already.
  CsvDataset(const AnnotationTable& table, const std::string& images, DatasetOptions options = {});

  /// One example, in the epoch of `set_epoch`. Throws: `ImageError` with the place of its row, with `kBoxLost` where
  /// the pipeline loses its only box; `std::out_of_range`.
  torch::data::Example<> get(std::size_t index) override;

  /// Makes batches in place, for boxfeed's loader: data (B, C, H, W) and target (B, T).
  std::unique_ptr<BatchBuilder<torch::data::Example<>>> make_batch_builder() const;

 private:
  friend ImageDataset;
  CsvDataset(std::shared_ptr<const ExampleReader> reader, std::shared_ptr<const TargetWriter> target)
      : ImageDataset(std::move(reader)), target_(std::move(target)) {}
  CsvDataset with(std::shared_ptr<const ExampleReader> reader) const { return {std::move(reader), target_}; }

  std::shared_ptr<const TargetWriter> target_;
};

extern template class ImageDataset<CsvDataset, torch::data::Example<>>;

}  // namespace boxfeed
