#pragma once

#include <boxfeed/core/random.h>
#include <boxfeed/core/stage_times.h>
#include <boxfeed/data/batch_builder.h>
#include <c10/core/MemoryFormat.h>
#include <c10/core/ScalarType.h>
#include <torch/data/example.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace boxfeed {

/// What one row of a batch holds: a batch of B examples is a tensor of shape (B, sizes...).
struct RowSpec {
  std::vector<std::int64_t> sizes;
  c10::ScalarType dtype = c10::ScalarType::Float;
  c10::MemoryFormat memory_format = c10::MemoryFormat::Contiguous;

  friend bool operator==(const RowSpec& a, const RowSpec& b) {
    return a.sizes == b.sizes && a.dtype == b.dtype && a.memory_format == b.memory_format;
  }
  friend bool operator!=(const RowSpec& a, const RowSpec& b) { return !(a == b); }
};

/// The bytes that a row takes.
std::size_t row_bytes(const RowSpec& row);

/// Makes batches whose examples are rows of one size: data (B, sizes...) and target (B, sizes...).
///
/// The memory of batches that nobody holds any more is used again; a batch, a view of it or a storage that is still
/// held anywhere is never touched.
class RowBatchBuilder : public BatchBuilder<torch::data::Example<>> {
 public:
  /// Writes one example into its two rows, which are aligned for any type and hold nothing yet, and books the time of
  /// each stage. Thread safety: called for several examples at once.
  using WriteExample = std::function<void(const ExampleKey& key, void* data, void* target, StageTimes& times)>;

  /// Throws: `std::invalid_argument` for a channels-last row that has not 3 dimensions.
  RowBatchBuilder(const RowSpec& data, const RowSpec& target, WriteExample write);
  ~RowBatchBuilder() override;

  std::unique_ptr<BatchInProgress<torch::data::Example<>>> start(std::size_t size) override;
  void pin_memory() override;
  void append(std::unique_ptr<BatchBuilder> other, std::size_t first) override;
  std::size_t bytes(std::size_t size) const override;

 private:
  class Rows;
  class Batch;
  class Writers;

  const std::unique_ptr<Writers> writers_;
  const std::unique_ptr<Rows> data_;
  const std::unique_ptr<Rows> target_;
};

}  // namespace boxfeed
