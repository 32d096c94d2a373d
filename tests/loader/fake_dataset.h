#pragma once

#include <boxfeed/core/random.h>
#include <boxfeed/core/stage_times.h>
#include <boxfeed/data/row_batch_builder.h>
#include <torch/data/datasets/base.h>
#include <torch/types.h>

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace boxfeed::testing {

/// A dataset with the fast way into a batch: data (2) is the index and a random number of it, target (1) its square.
class FakeDataset : public torch::data::datasets::Dataset<FakeDataset> {
 public:
  using Work = std::function<void(std::size_t index)>;

  explicit FakeDataset(std::size_t size, Work work = {})
      : size_(size), work_(std::make_shared<Work>(std::move(work))) {}

  torch::data::Example<> get(std::size_t index) override {
    torch::data::Example<> example{torch::empty({2}), torch::empty({1})};
    StageTimes times;
    write_example({0, 0, index}, example.data.data_ptr(), example.target.data_ptr(), times);
    return example;
  }
  torch::optional<std::size_t> size() const override { return size_; }

  std::unique_ptr<RowBatchBuilder> make_batch_builder() const {
    return std::make_unique<RowBatchBuilder>(
        RowSpec{{2}}, RowSpec{{1}}, [this](const ExampleKey& key, void* data, void* target, StageTimes& times) {
          write_example(key, data, target, times);
        });
  }
  std::string fingerprint() const { return "fake"; }

 private:
  void write_example(const ExampleKey& key, void* data, void* target, StageTimes& times) const {
    StageClock clock(times);
    if (*work_) (*work_)(key.index);
    const float values[] = {static_cast<float>(key.index), Random(key.seed, key.epoch, key.index).uniform()};
    std::memcpy(data, values, sizeof values);
    const auto square = static_cast<float>(key.index * key.index);
    std::memcpy(target, &square, sizeof square);
    clock.lap(Stage::kDecode);
  }

  std::size_t size_;
  std::shared_ptr<Work> work_;
};

}  // namespace boxfeed::testing
