#pragma once

#include <torch/types.h>

#include <memory>
#include <mutex>
#include <string>
#include <type_traits>
#include <vector>

namespace boxfeed::testing {

using namespace torch::data;  // NOLINT: what is here is LibTorch's in all but the name

using Numbers = std::vector<std::size_t>;

/// The numbers 0 to 99, one at a time; counts its copies.
struct NumberDataset : datasets::Dataset<NumberDataset, int> {
  explicit NumberDataset(std::size_t size_ = 100) : count(size_) {}
  int get(std::size_t index) override { return static_cast<int>(index) + 1; }
  torch::optional<std::size_t> size() const override { return count; }
  std::size_t count;
};

/// Only batches: the sum of the indices as a string.
struct SumDataset : datasets::BatchDataset<SumDataset, std::string> {
  std::string get_batch(torch::ArrayRef<std::size_t> indices) override {
    std::size_t sum = 0;
    for (const std::size_t index : indices) sum += index;
    return std::to_string(sum);
  }
  torch::optional<std::size_t> size() const override { return 10; }
};

/// A stream that is asked for a number of elements.
struct CountingStream : datasets::StreamDataset<CountingStream, std::vector<std::size_t>> {
  std::vector<std::size_t> get_batch(std::size_t batch_size) override {
    std::vector<std::size_t> batch(batch_size);
    for (auto& number : batch) number = next++;
    return batch;
  }
  torch::optional<std::size_t> size() const override { return torch::nullopt; }
  std::size_t next = 0;
};

/// Stateful: twelve numbers an epoch, handed out under a lock.
struct StatefulNumbers : datasets::StatefulDataset<StatefulNumbers, std::vector<int>> {
  torch::optional<std::vector<int>> get_batch(std::size_t batch_size) override {
    const std::lock_guard<std::mutex> lock(*mutex);
    if (next >= 12) return torch::nullopt;
    std::vector<int> batch;
    for (std::size_t i = 0; i < batch_size && next < 12; ++i) batch.push_back(next++);
    return batch;
  }
  void reset() override {
    next = 0;
    ++resets;
  }
  torch::optional<std::size_t> size() const override { return 12; }
  void save(torch::serialize::OutputArchive&) const override {}
  void load(torch::serialize::InputArchive&) override {}
  std::shared_ptr<std::mutex> mutex = std::make_shared<std::mutex>();
  int next = 0;
  int resets = 0;
};

struct NumberChunks : datasets::ChunkDataReader<int> {
  using BatchType = std::vector<int>;
  std::vector<int> read_chunk(std::size_t chunk) override {
    std::vector<int> numbers(10);
    for (int i = 0; i < 10; ++i) numbers[static_cast<std::size_t>(i)] = static_cast<int>(chunk) * 10 + i;
    return numbers;
  }
  std::size_t chunk_count() override { return 4; }
  void reset() override {}
};

/// A sampler of one's own, which draws from the global generator when it is asked.
struct DrawingSampler : torch::data::samplers::Sampler<> {
  explicit DrawingSampler(std::size_t size_) : size(size_) {}
  void reset(torch::optional<std::size_t> = torch::nullopt) override { given = 0; }
  torch::optional<Numbers> next(std::size_t batch_size) override {
    if (given >= size) return torch::nullopt;
    Numbers batch;
    for (; batch.size() < batch_size && given < size; ++given) {
      batch.push_back(
          static_cast<std::size_t>(torch::randint(static_cast<std::int64_t>(size), {1}).item<std::int64_t>()));
    }
    return batch;
  }
  void save(torch::serialize::OutputArchive&) const override {}
  void load(torch::serialize::InputArchive&) override {}
  std::size_t size;
  std::size_t given = 0;
};

template <typename Loader>
auto all_of(Loader& loader) {
  std::vector<typename std::decay_t<decltype(*loader.begin())>> batches;
  for (auto& batch : loader) batches.push_back(batch);
  return batches;
}

}  // namespace boxfeed::testing
