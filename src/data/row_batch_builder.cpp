#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <boxfeed/data/row_batch_builder.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/strides.h>

#include <cstring>
#include <stdexcept>
#include <utility>

#include "data/appended.h"
#include "data/storage_ring.h"

namespace boxfeed {

std::size_t row_bytes(const RowSpec& row) {
  std::size_t bytes = c10::elementSize(row.dtype);
  for (const auto size : row.sizes) bytes *= static_cast<std::size_t>(size);
  return bytes;
}

class RowBatchBuilder::Writers : public Appended<WriteExample> {
 public:
  using Appended::Appended;
};

/// One of the two tensors of every batch: what a row of it is, and the memory for it.
class RowBatchBuilder::Rows {
 public:
  explicit Rows(const RowSpec& spec) : spec_(spec), row_bytes_(boxfeed::row_bytes(spec)) {
    if (spec.memory_format == c10::MemoryFormat::ChannelsLast && spec.sizes.size() != 3) {
      throw std::invalid_argument("a channels-last row must have 3 dimensions, got " +
                                  std::to_string(spec.sizes.size()));
    }
  }

  const RowSpec& spec() const { return spec_; }
  std::size_t row_bytes() const { return row_bytes_; }
  void pin_memory() { ring_.pin_memory(); }

  /// A tensor of `size` rows in memory that nobody else holds.
  at::Tensor make(std::size_t size) {
    // What is made while the caller evaluates may be delivered when it trains.
    const c10::InferenceMode normal_tensors(false);
    std::vector<std::int64_t> sizes{static_cast<std::int64_t>(size)};
    sizes.insert(sizes.end(), spec_.sizes.begin(), spec_.sizes.end());
    const auto strides = spec_.memory_format == c10::MemoryFormat::ChannelsLast
                             ? c10::get_channels_last_strides_2d(sizes)
                             : c10::IntArrayRef(c10::contiguous_strides(sizes)).vec();
    const auto options = at::TensorOptions().dtype(spec_.dtype).device(at::kCPU);
    return at::empty({0}, options).set_(ring_.get(size * row_bytes_), 0, sizes, strides);
  }

 private:
  const RowSpec spec_;
  const std::size_t row_bytes_;
  StorageRing ring_;
};

class RowBatchBuilder::Batch : public BatchInProgress<torch::data::Example<>> {
 public:
  Batch(const Writers& writers, Rows& data, Rows& target, std::size_t size)
      : writers_(writers), data_(data.make(size), data.row_bytes()), target_(target.make(size), target.row_bytes()) {}

  void fill(std::size_t place, const ExampleKey& key, StageTimes& times) override {
    writers_.with(key, [&](const WriteExample& write, const ExampleKey& own) {
      write(own, data_.row(place), target_.row(place), times);
    });
  }

  torch::data::Example<> finish(const std::vector<std::size_t>& kept) override {
    return {data_.take(kept), target_.take(kept)};
  }

 private:
  /// A tensor and its rows as bytes.
  class Part {
   public:
    Part(at::Tensor tensor, std::size_t row_bytes)
        : tensor_(std::move(tensor)), bytes_(static_cast<char*>(tensor_.data_ptr())), row_bytes_(row_bytes) {}

    void* row(std::size_t place) const { return bytes_ + place * row_bytes_; }

    /// Gives the tensor away, the kept rows moved together.
    at::Tensor take(const std::vector<std::size_t>& kept) {
      for (std::size_t i = 0; i < kept.size(); ++i) {
        if (kept[i] != i) std::memcpy(row(i), row(kept[i]), row_bytes_);
      }
      at::Tensor tensor = std::move(tensor_);
      const auto rows = static_cast<std::int64_t>(kept.size());
      return rows == tensor.size(0) ? tensor : tensor.narrow(0, 0, rows);
    }

   private:
    at::Tensor tensor_;
    char* bytes_;
    std::size_t row_bytes_;
  };

  const Writers& writers_;
  Part data_;
  Part target_;
};

RowBatchBuilder::RowBatchBuilder(const RowSpec& data, const RowSpec& target, WriteExample write)
    : writers_(std::make_unique<Writers>(std::move(write))),
      data_(std::make_unique<Rows>(data)),
      target_(std::make_unique<Rows>(target)) {}

RowBatchBuilder::~RowBatchBuilder() = default;

std::unique_ptr<BatchInProgress<torch::data::Example<>>> RowBatchBuilder::start(std::size_t size) {
  return std::make_unique<Batch>(*writers_, *data_, *target_, size);
}

void RowBatchBuilder::append(std::unique_ptr<BatchBuilder> other, std::size_t first) {
  auto* const rows = dynamic_cast<RowBatchBuilder*>(other.get());
  if (rows == nullptr || rows->data_->spec() != data_->spec() || rows->target_->spec() != target_->spec()) {
    throw std::invalid_argument("ConcatDataset: expected datasets whose rows have the same sizes, types and layouts");
  }
  writers_->append(std::move(*rows->writers_), first);
}

void RowBatchBuilder::pin_memory() {
  data_->pin_memory();
  target_->pin_memory();
}

std::size_t RowBatchBuilder::bytes(std::size_t size) const {
  return size * (data_->row_bytes() + target_->row_bytes());
}

}  // namespace boxfeed
