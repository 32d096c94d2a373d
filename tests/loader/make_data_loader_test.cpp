#include <boxfeed/loader/make_data_loader.h>
#include <torch/types.h>

#include <stdexcept>
#include <utility>

#include "loader/fake_dataset.h"
#include "loader/libtorch_datasets.h"
#include "support/catch.h"

// The same program with either loader.

using namespace torch::data;  // NOLINT: what is boxfeed's is named with it
using namespace boxfeed::testing;

namespace {

/// Runs the same program with either loader, after the same global seed: batches of three epochs, and what the global
/// generator gives between them and afterwards.
template <typename Make>
auto run(Make make) {
  torch::manual_seed(17);
  auto loader = make();
  std::vector<decltype(all_of(*loader))> epochs;
  std::vector<float> random;
  for (int epoch = 0; epoch < 3; ++epoch) {
    epochs.push_back(all_of(*loader));
    random.push_back(torch::rand({1}).template item<float>());
  }
  return std::make_pair(epochs, random);
}

/// Both loaders by their own names.
struct Theirs {
  using Options = torch::data::DataLoaderOptions;
  template <typename Sampler, typename... Args>
  static auto make_with(Args&&... args) {
    return torch::data::make_data_loader<Sampler>(std::forward<Args>(args)...);
  }
  template <typename... Args>
  static auto make(Args&&... args) {
    return torch::data::make_data_loader(std::forward<Args>(args)...);
  }
};
struct Ours {
  using Options = boxfeed::DataLoaderOptions;
  template <typename Sampler, typename... Args>
  static auto make_with(Args&&... args) {
    return boxfeed::make_data_loader<Sampler>(std::forward<Args>(args)...);
  }
  template <typename... Args>
  static auto make(Args&&... args) {
    return boxfeed::make_data_loader(std::forward<Args>(args)...);
  }
};

/// `program` is called with the class of either loader and the number of workers.
template <typename Program>
void check_same(Program program) {
  for (const std::size_t workers : {0, 1, 2, 5}) {
    CHECK(run([&] { return program(Ours{}, workers); }) == run([&] { return program(Theirs{}, workers); }));
  }
}

}  // namespace

TEST_CASE("equal batches and an equal random stream: samplers made from the size") {
  check_same([](auto which, std::size_t workers) {
    using Which = decltype(which);
    return Which::make(NumberDataset(), typename Which::Options(7).workers(workers));
  });
  check_same([](auto which, std::size_t workers) {
    using Which = decltype(which);
    return Which::template make_with<samplers::SequentialSampler>(NumberDataset(),
                                                                  typename Which::Options(7).workers(workers));
  });
  check_same([](auto which, std::size_t workers) {
    using Which = decltype(which);
    return Which::template make_with<samplers::DistributedRandomSampler>(
        NumberDataset(), typename Which::Options(8).workers(workers).drop_last(true));
  });
}

TEST_CASE("equal batches and an equal random stream: samplers handed in, one's own among them") {
  check_same([](auto which, std::size_t workers) {
    using Which = decltype(which);
    return Which::make(NumberDataset(), samplers::RandomSampler(100), typename Which::Options(9).workers(workers));
  });
  check_same([](auto which, std::size_t workers) {
    using Which = decltype(which);
    return Which::make(NumberDataset(), samplers::DistributedSequentialSampler(100, 3, 1),
                       typename Which::Options(9).workers(workers).max_jobs(std::min<std::size_t>(4, 4 * workers)));
  });
  check_same([](auto which, std::size_t workers) {
    using Which = decltype(which);
    return Which::make(NumberDataset(), DrawingSampler(50), typename Which::Options(4).workers(workers));
  });
}

TEST_CASE("equal batches: batch datasets, collations, transforms, shared and stream datasets") {
  check_same([](auto which, std::size_t workers) {
    using Which = decltype(which);
    return Which::make(SumDataset(), typename Which::Options(3).workers(workers));
  });
  check_same([](auto which, std::size_t workers) {
    using Which = decltype(which);
    auto dataset = NumberDataset()
                       .map(transforms::Lambda<int>([](int x) { return 3 * x; }))
                       .map(transforms::Collate<int>([](std::vector<int> batch) {
                         int sum = 0;
                         for (const int x : batch) sum += x;
                         return sum;
                       }));
    return Which::make(std::move(dataset), typename Which::Options(3).workers(workers));
  });
  check_same([](auto which, std::size_t workers) {
    using Which = decltype(which);
    return Which::make(datasets::make_shared_dataset<NumberDataset>(std::size_t{20}),
                       typename Which::Options(3).workers(workers));
  });
  for (const std::size_t workers : {0, 1}) {
    auto ours = boxfeed::make_data_loader(CountingStream(), samplers::StreamSampler(11),
                                          boxfeed::DataLoaderOptions(4).workers(workers));
    CHECK(all_of(*ours) == std::vector<Numbers>{{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9, 10}});
    CHECK(all_of(*ours).size() == 3);
  }
}

TEST_CASE("equal batches: tensors stacked, of a foreign dataset and of one with the fast way") {
  const auto tensors = [](auto which, auto dataset, std::size_t workers) {
    using Which = decltype(which);
    torch::manual_seed(5);
    auto loader = Which::make(dataset.map(transforms::Stack<>()), typename Which::Options(7).workers(workers));
    std::vector<torch::Tensor> parts;
    for (int epoch = 0; epoch < 2; ++epoch) {
      for (auto& batch : *loader) {
        parts.push_back(batch.data.flatten());
        parts.push_back(batch.target.flatten());
      }
    }
    parts.push_back(torch::rand({1}));
    return torch::cat(parts);
  };
  struct Foreign : datasets::Dataset<Foreign> {
    Example<> get(std::size_t index) override {
      return {torch::full({2, 3}, static_cast<double>(index)), torch::full({1}, static_cast<double>(index) / 2)};
    }
    torch::optional<std::size_t> size() const override { return 30; }
  };
  for (const std::size_t workers : {0, 1, 3}) {
    CHECK(torch::equal(tensors(Ours{}, Foreign(), workers), tensors(Theirs{}, Foreign(), workers)));
  }
  // The fast dataset's random numbers depend on the epoch in our loader, so that only the first element of a row is
  // compared: the index.
  const auto indices = [](auto which, std::size_t workers) {
    using Which = decltype(which);
    torch::manual_seed(5);
    auto loader = Which::make(FakeDataset(30).map(transforms::Stack<>()), typename Which::Options(7).workers(workers));
    std::vector<torch::Tensor> parts;
    for (int epoch = 0; epoch < 2; ++epoch) {
      for (auto& batch : *loader) {
        parts.push_back(batch.data.select(1, 0));
        parts.push_back(batch.target.flatten());
      }
    }
    parts.push_back(torch::rand({1}));
    return torch::cat(parts);
  };
  for (const std::size_t workers : {0, 1, 3}) {
    CHECK(torch::equal(indices(Ours{}, workers), indices(Theirs{}, workers)));
  }
}

TEST_CASE("the options can be read back under LibTorch's names") {
  auto partial = boxfeed::DataLoaderOptions(32).workers(10);
  auto loader = boxfeed::make_data_loader(NumberDataset(), partial);
  CHECK(loader->options().batch_size == 32);
  CHECK(loader->options().workers == 10);
  CHECK(loader->options().max_jobs == 20);
  CHECK_FALSE(loader->options().timeout.has_value());
  CHECK(loader->options().enforce_ordering);
  CHECK_FALSE(loader->options().drop_last);
  auto converted = boxfeed::make_data_loader(NumberDataset(), torch::data::DataLoaderOptions(3));
  CHECK(converted->options().batch_size == 3);
}

TEST_CASE("a batch size of 0, and a sampler for a dataset without a size, are refused") {
  CHECK_THROWS_AS(boxfeed::make_data_loader(NumberDataset(), boxfeed::DataLoaderOptions(0)), std::invalid_argument);
  struct Unsized : datasets::Dataset<Unsized, int> {
    int get(std::size_t) override { return 0; }
    torch::optional<std::size_t> size() const override { return torch::nullopt; }
  };
  CHECK_THROWS_AS(boxfeed::make_data_loader(Unsized()), std::invalid_argument);
  CHECK_THROWS_WITH(boxfeed::make_data_loader(Unsized()),
                    Catch::Matchers::ContainsSubstring("Expected the dataset to be sized"));  // LibTorch's words
}
