#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/csv.h>
#include <boxfeed/data/batch_builder.h>
#include <boxfeed/data/dataset_options.h>
#include <boxfeed/data/detection_batch.h>
#include <boxfeed/data/image_dataset.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace boxfeed {

/// Images with any number of objects each: one example an image, read from disk when it is asked for.
///
/// ```cpp
/// boxfeed::DetectionDataset dataset("labels.csv", "images", boxfeed::DatasetOptions().image_size({320, 320}));
/// auto loader = boxfeed::make_data_loader(dataset, boxfeed::DataLoaderOptions(8));
/// for (auto& batch : *loader) detector->forward(batch.images, batch.boxes, batch.offsets);
/// ```
class DetectionDataset : public ImageDataset<DetectionDataset, DetectionExample> {
 public:
  /// Reads a CSV whose rows are objects; those of one image are joined by `group_by_image`. No image is read.
  /// Throws: as below; what `read_csv` throws.
  DetectionDataset(const std::string& csv, const std::string& images, DatasetOptions options = {},
                   const CsvOptions& csv_options = {});

  /// The same from a table that stands already, of `read_coco`, `read_voc`, `read_yolo` or `group_by_image`. `images`
  /// is the folder that its names are relative to. Of the options, `box_units` and `target_transform` must be left as
  /// they are. Throws: `AnnotationError` for boxes that `box_policy` refuses, and for two records of one image
  /// (`group_by_image` joins them); `Error` for files that `check_files` found missing; `std::invalid_argument` for
  /// wrong options.
  DetectionDataset(const AnnotationTable& table, const std::string& images, DatasetOptions options = {});

  /// One example, in the epoch of `set_epoch`. Throws: `ImageError` with the place of its record; `std::out_of_range`.
  DetectionExample get(std::size_t index) override;

  /// Makes batches in place, for boxfeed's loader.
  std::unique_ptr<BatchBuilder<DetectionBatch>> make_batch_builder() const;

 private:
  friend ImageDataset;
  class Builder;
  explicit DetectionDataset(std::shared_ptr<const ExampleReader> reader) : ImageDataset(std::move(reader)) {}
  DetectionDataset with(std::shared_ptr<const ExampleReader> reader) const {
    return DetectionDataset(std::move(reader));
  }
};

extern template class ImageDataset<DetectionDataset, DetectionExample>;

}  // namespace boxfeed
