#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/core/random.h>
#include <boxfeed/core/stage_times.h>
#include <boxfeed/data/batch_builder.h>
#include <boxfeed/data/dataset_options.h>
#include <boxfeed/data/detection_batch.h>
#include <boxfeed/data/explained_example.h>
#include <boxfeed/data/row_spec.h>
#include <torch/data/datasets/base.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace boxfeed {

/// Images with any number of objects each: one example an image, read from disk when it is asked for.
///
/// ```cpp
/// auto table = boxfeed::group_by_image(boxfeed::read_csv("labels.csv"));  // or read_coco, read_voc, read_yolo
/// boxfeed::DetectionDataset dataset(table, "images", boxfeed::DatasetOptions().image_size({320, 320}));
/// auto loader = boxfeed::make_data_loader(dataset, boxfeed::DataLoaderOptions(8));
/// for (auto& batch : *loader) detector->forward(batch.images, batch.boxes, batch.offsets);
/// ```
///
/// Copies share everything, so they cost nothing.
/// Thread safety: every method may be called from any number of threads, on copies and on one object.
class DetectionDataset : public torch::data::datasets::Dataset<DetectionDataset, DetectionExample> {
 public:
  /// `images` is the folder that the names in the table are relative to. Of the options, `box_units` and
  /// `target_transform` must be left as they are.
  /// Throws: `AnnotationError` for boxes that `box_policy` refuses; `Error` for files that `check_files` found missing;
  /// `std::invalid_argument` for wrong options.
  DetectionDataset(AnnotationTable table, const std::string& images, DatasetOptions options = {});

  /// One example, in the epoch of `set_epoch`. Throws: `ImageError` with the place of its record; `std::out_of_range`.
  DetectionExample get(std::size_t index) override;

  /// The epoch whose random numbers `get` uses, of this object, its copies and its subsets: to be set between epochs
  /// where the loader is LibTorch's, which has no epochs of its own. (boxfeed's loader brings epoch and seed itself.)
  void set_epoch(std::uint64_t epoch, std::uint64_t seed = 0);

  torch::optional<std::size_t> size() const override;

  /// The examples at `indices`, in that order. What is random about an example follows from its place in the subset,
  /// so that one that is there twice differs from itself.
  DetectionDataset subset(const std::vector<std::size_t>& indices) const;

  const AnnotationTable& table() const noexcept;
  const DatasetOptions& options() const noexcept;

  /// Makes batches in place, for boxfeed's loader.
  std::unique_ptr<BatchBuilder<DetectionBatch>> make_batch_builder() const;

  /// What happens to the example in that epoch, from its image's header alone. Throws: as `get`.
  transforms::Plan plan(const ExampleKey& key) const;
  /// The same with the image. Throws: as `get`.
  ExplainedExample explain(const ExampleKey& key) const;

  /// Checksums of the records, of every option that changes a tensor, and of the pipeline (of hooks and a user's own
  /// transforms only that they are there, and their names).
  std::string fingerprint() const;

 private:
  struct State;
  class Builder;
  explicit DetectionDataset(std::shared_ptr<const State> state);

  std::shared_ptr<const State> state_;
};

}  // namespace boxfeed
