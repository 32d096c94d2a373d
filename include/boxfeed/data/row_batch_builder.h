#pragma once

#include <boxfeed/core/random.h>
#include <boxfeed/data/batch_builder.h>
#include <boxfeed/data/row_spec.h>
#include <torch/data/example.h>

#include <functional>
#include <memory>

namespace boxfeed {

/// Makes batches whose examples are rows of one size: data (B, sizes...) and target (B, sizes...).
///
/// The memory of batches that nobody holds any more is used again; a batch, a view of it or a storage that is still
/// held anywhere is never touched.
class RowBatchBuilder : public BatchBuilder<torch::data::Example<>> {
 public:
  /// Writes one example into its two rows.
  using WriteExample = std::function<void(const ExampleKey& key, void* data, void* target, StageTimes& times)>;

  RowBatchBuilder(const RowSpec& data, const RowSpec& target, WriteExample write);
  ~RowBatchBuilder() override;

  std::unique_ptr<BatchInProgress<torch::data::Example<>>> start(std::size_t size) override;
  std::size_t bytes(std::size_t size) const override;

 private:
  class Rows;
  class Batch;

  const WriteExample write_;
  const std::unique_ptr<Rows> data_;
  const std::unique_ptr<Rows> target_;
};

}  // namespace boxfeed
