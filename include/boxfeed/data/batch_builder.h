#pragma once

#include <boxfeed/core/random.h>
#include <boxfeed/core/stage_times.h>

#include <cstddef>
#include <memory>
#include <vector>

namespace boxfeed {

/// A batch under construction: its memory is there, its places are being filled.
template <typename Batch>
class BatchInProgress {
 public:
  virtual ~BatchInProgress() = default;

  /// Loads the example that `key` names into a place, and books the time of each stage. May be called again for the
  /// same place after it has thrown. Thread safety: called for several places at once.
  virtual void fill(std::size_t place, const ExampleKey& key, StageTimes& times) = 0;

  /// The batch of the places `kept`, in ascending order. Called once, after all filling.
  virtual Batch finish(const std::vector<std::size_t>& kept) = 0;
};

/// Makes batches in place: the loader's workers fill the examples of one batch at the same time, each in its own place,
/// so that nothing is copied together afterwards.
///
/// A dataset of one's own that has two methods is loaded through it: `torch::optional<std::size_t> size() const` and
/// `std::unique_ptr<BatchBuilder<Batch>> make_batch_builder() const`. What the builder refers to of the dataset lives
/// as long as the builder. Where all rows have one size, `RowBatchBuilder` is one: `examples/own_dataset.cpp` shows it.
/// `is_batch_buildable_v<Dataset>` says whether a dataset is taken for one.
///
/// Thread safety: used by the loader's caller alone.
template <typename Batch>
class BatchBuilder {
 public:
  using BatchType = Batch;

  virtual ~BatchBuilder() = default;

  /// Gets the memory for a batch of up to `size` examples.
  virtual std::unique_ptr<BatchInProgress<Batch>> start(std::size_t size) = 0;
  /// The bytes that `start(size)` gets.
  virtual std::size_t bytes(std::size_t size) const = 0;
};

}  // namespace boxfeed
