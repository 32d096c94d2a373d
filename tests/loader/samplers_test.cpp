// Samplers of every kind, and several datasets as one, in either loader.
#include <boxfeed/data/concat_dataset.h>
#include <boxfeed/data/samplers.h>
#include <boxfeed/data/weighted_samplers.h>
#include <boxfeed/loader/make_data_loader.h>
#include <torch/types.h>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <vector>

#include "loader/fake_batches.h"
#include "loader/fake_dataset.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace boxfeed;
using boxfeed::testing::error_of;
using boxfeed::testing::FakeDataset;
using boxfeed::testing::indices_of;
using Catch::Matchers::ContainsSubstring;
using Options = boxfeed::DataLoaderOptions;
using Indices = std::vector<std::size_t>;

namespace {

/// A dataset of LibTorch's kinds: ten numbers from a first one on.
struct Numbers : torch::data::datasets::Dataset<Numbers, int> {
  explicit Numbers(int first_) : first(first_) {}
  int get(std::size_t index) override { return first + static_cast<int>(index); }
  torch::optional<std::size_t> size() const override { return 10; }
  int first;
};

/// The first two epochs are the order of the sampler, in LibTorch's loader.
template <typename Sampler>
void check_libtorchs(Sampler sampler, std::size_t examples, std::size_t batch_size) {
  sampler.set_seed(9);
  for (const std::size_t workers : {0, 2}) {
    auto loader = torch::data::make_data_loader(
        torch::data::datasets::TensorDataset(torch::arange(static_cast<std::int64_t>(examples))), sampler,
        torch::data::DataLoaderOptions(batch_size).workers(workers));
    for (std::uint64_t epoch = 0; epoch < 2; ++epoch) {
      Indices seen;
      for (auto& batch : *loader) {
        for (const auto& example : batch) seen.push_back(static_cast<std::size_t>(example.data.template item<long>()));
      }
      CHECK(seen == sampler.indices(9, epoch));
    }
  }
}

/// The batches of two epochs with a sampler, and that they are the order of the sampler, by any number of workers, and
/// from a state on.
template <typename Sampler>
void check_order(const Sampler& sampler, std::size_t examples, std::size_t batch_size) {
  check_libtorchs(sampler, examples, batch_size);
  for (const std::size_t workers : {0, 3}) {
    auto loader = make_data_loader(FakeDataset(examples), sampler, Options(batch_size).workers(workers).seed(9));
    auto resumed = make_data_loader(FakeDataset(examples), sampler, Options(batch_size).workers(1).seed(9));
    for (std::uint64_t epoch = 0; epoch < 2; ++epoch) {
      const Indices order = sampler.indices(9, epoch);
      CHECK(loader->size() == (order.size() + batch_size - 1) / batch_size);
      Indices seen;
      for (auto& batch : *loader) {
        const auto indices = indices_of(batch);
        seen.insert(seen.end(), indices.begin(), indices.end());
        if (seen.size() == 2 * batch_size) resumed->load_state(loader->state());
      }
      CHECK(seen == order);
      Indices rest;
      for (auto& batch : *resumed) {
        const auto indices = indices_of(batch);
        rest.insert(rest.end(), indices.begin(), indices.end());
      }
      CHECK(rest == Indices(order.begin() + static_cast<long>(2 * batch_size), order.end()));
    }
  }
}

}  // namespace

TEST_CASE("samplers of every kind in either loader: their order, in ours resumed, too") {
  const std::vector<double> weights{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  check_order(samplers::WeightedRandomSampler(weights, 23), 10, 4);
  check_order(samplers::WeightedRandomSampler(weights, 9, false), 10, 4);
  check_order(samplers::RepeatFactorSampler({1, 1, 2.5, 1, 3.5, 1}), 6, 3);
  check_order(samplers::EpochSampler(samplers::RandomSampler(10), 13), 10, 4);
  check_order(samplers::ShareSampler({6, 4}, {1, 3}, 14), 10, 4);
  check_order(samplers::GroupedBatchSampler({0, 1, 0, 1, 0, 1, 0, 1, 1, 1}, 3), 10, 3);
  check_order(samplers::DistributedSampler(samplers::WeightedRandomSampler(weights, 23), 2, 1), 10, 4);
  check_order(samplers::DistributedSampler(samplers::GroupedBatchSampler({0, 1, 0, 1, 0, 1, 0, 1, 1, 1}, 2), 2, 1), 10,
              2);
}

TEST_CASE("a state of other weights is refused, however long the sampler's name is") {
  using samplers::DistributedSampler;
  using samplers::EpochSampler;
  using samplers::WeightedRandomSampler;
  const auto make = [](double last) {
    const WeightedRandomSampler weighted({1, 2, last}, 20);
    return make_data_loader(FakeDataset(3), DistributedSampler(EpochSampler(weighted, 1'000'000), 1000, 999),
                            Options(2).seed(1));
  };
  const std::string state = make(3)->state();
  CHECK(state.size() < 1024);
  CHECK_NOTHROW(make(3)->load_state(state));
  CHECK_THAT(error_of([&] { make(4)->load_state(state); }).what(), ContainsSubstring("sampler: the state has"));
}

TEST_CASE("a sampler that is made for batches refuses a loader of others") {
  const samplers::GroupedBatchSampler sampler({0, 1, 0, 1}, 2);
  CHECK_THROWS_WITH(make_data_loader(FakeDataset(4), sampler, Options(3)),
                    ContainsSubstring("expected batches of 2, got 3"));
}

TEST_CASE("several datasets in given shares, each example from the one that it belongs to") {
  for (const std::size_t workers : {0, 3}) {
    const ConcatDataset<FakeDataset> both({FakeDataset(6), FakeDataset(4)});
    const samplers::ShareSampler sampler(both.sizes(), {1, 3}, 8);
    auto loader = make_data_loader(both, sampler, Options(3).workers(workers).seed(5));
    Indices seen;
    for (auto& batch : *loader) {
      const auto indices = indices_of(batch);  // within their own datasets
      seen.insert(seen.end(), indices.begin(), indices.end());
    }
    Indices expected = sampler.indices(5, 0);
    CHECK(std::count_if(expected.begin(), expected.end(), [](std::size_t i) { return i < 6; }) == 2);
    for (auto& index : expected) index = index < 6 ? index : index - 6;
    CHECK(seen == expected);
  }
}

TEST_CASE("datasets of LibTorch's kinds one after another, in either loader") {
  const ConcatDataset<Numbers> both({Numbers(100), Numbers(200)});
  static_assert(!is_batch_buildable_v<ConcatDataset<Numbers>>);
  auto ours = make_data_loader<samplers::SequentialSampler>(both, Options(20).workers(2));
  auto theirs =
      torch::data::make_data_loader<torch::data::samplers::SequentialSampler>(both, torch::data::DataLoaderOptions(20));
  const std::vector<int> batch = *ours->begin();
  CHECK(batch == *theirs->begin());
  CHECK(batch[9] == 109);
  CHECK(batch[10] == 200);
}
