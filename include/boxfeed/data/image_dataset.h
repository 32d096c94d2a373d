#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/box_policy.h>
#include <boxfeed/core/random.h>
#include <boxfeed/data/dataset_options.h>
#include <boxfeed/image/cache_options.h>
#include <boxfeed/transforms/plan.h>
#include <torch/data/datasets/base.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <string>
#include <utility>
#include <vector>

namespace boxfeed {

class ExampleReader;

/// One example as it is before it becomes tensors, and how it came to be.
struct ExplainedExample {
  /// What was drawn (`plan.explain()` says it in words), and the boxes and keypoints in pixels of the image.
  transforms::Plan plan;
  /// The class of each box of the plan; 0 where there are no classes.
  std::vector<std::int64_t> labels;
  /// RGB or gray, as the pipeline leaves it: before the hook `transform`, the mean and the deviation.
  cv::Mat image;
};

/// How many boxes the examples had that were loaded so far, and how many of them the pipeline dropped: those that a
/// transform moved out of the picture, and those that are smaller than `SanitizeBoundingBoxes` allows.
struct BoxCounts {
  std::uint64_t read = 0;
  std::uint64_t dropped = 0;
};

/// What the datasets of this library share: records with the images that they name, each read when it is asked for.
///
/// Copies and subsets share everything, so they cost nothing.
/// Thread safety: every method may be called from any number of threads, on copies and on one object.
template <typename Self, typename Example>
class ImageDataset : public torch::data::datasets::Dataset<Self, Example> {
 public:
  torch::optional<std::size_t> size() const override;

  /// The examples at `indices`, in that order: half of a split, for instance. What is random about an example follows
  /// from its place in the subset, so that one that is there twice differs from itself.
  /// Throws: `std::out_of_range`.
  Self subset(const std::vector<std::size_t>& indices) const;

  /// The records, as the box policy left them when the dataset was made.
  const AnnotationTable& table() const noexcept;
  const DatasetOptions& options() const noexcept;

  /// The seed and the epoch of the random numbers that `get` uses, of this object, its copies and its subsets; both are
  /// 0 at first. Where the loader is LibTorch's, which has no epochs of its own, the epoch is to be set between them.
  /// (boxfeed's loader brings both itself.)
  void set_seed(std::uint64_t seed);
  void set_epoch(std::uint64_t epoch);

  /// What happens to the example in that epoch, from its image's header alone: `plan(key).explain()`, and
  /// `plan(key).to_original(boxes)`, which takes predictions back to the photograph. Throws: as `get`.
  transforms::Plan plan(const ExampleKey& key) const;
  /// The same with the image. Throws: as `get`.
  ExplainedExample explain(const ExampleKey& key) const;

  /// What `box_policy` repaired and left out: when the dataset was made, and in the examples loaded since, each record
  /// counted once.
  BoxReport box_report() const;
  BoxCounts box_counts() const;

  /// What the cache of decoded images holds and has done, of this object, its copies and its subsets together; zeros
  /// without a cache.
  CacheStats cache_stats() const;
  /// The most bytes that a cache of its decoded images would hold; 0 where it has one, or can have none.
  std::uint64_t cacheable_bytes() const;

  /// Checksums of the rows, of the options and of the pipeline (of hooks and a user's own transforms only that they are
  /// there, and their names). A cache is in it where it changes pixels: by its `max_side`, where images move at random.
  std::string fingerprint() const;

 protected:
  explicit ImageDataset(std::shared_ptr<const ExampleReader> reader) : reader_(std::move(reader)) {}

  std::shared_ptr<const ExampleReader> reader_;
};

}  // namespace boxfeed
