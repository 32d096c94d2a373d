// LibTorch's chunk datasets under our loader.
#include <boxfeed/loader/make_data_loader.h>
#include <torch/torch.h>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "loader/libtorch_datasets.h"
#include "support/catch.h"

using namespace torch::data;  // NOLINT: what is boxfeed's is named with it
using namespace boxfeed::testing;
using Options = boxfeed::DataLoaderOptions;
using Ints = std::vector<int>;

namespace {

/// Chunks of the given sizes, of numbers that go on from chunk to chunk.
struct SizedChunks : datasets::ChunkDataReader<int> {
  using BatchType = Ints;
  explicit SizedChunks(Ints sizes_) : sizes(std::move(sizes_)) {}
  Ints read_chunk(std::size_t chunk) override {
    Ints numbers(static_cast<std::size_t>(sizes[chunk]));
    std::iota(numbers.begin(), numbers.end(),
              std::accumulate(sizes.begin(), sizes.begin() + static_cast<long>(chunk), 0));
    return numbers;
  }
  std::size_t chunk_count() override { return sizes.size(); }
  void reset() override {}
  Ints sizes;
};

using Chunks = datasets::ChunkDataset<SizedChunks, samplers::SequentialSampler, samplers::SequentialSampler>;

auto chunks(const Ints& sizes, std::size_t readers, std::size_t batch_size) {
  return datasets::make_shared_dataset<Chunks>(SizedChunks(sizes), samplers::SequentialSampler(0),
                                               samplers::SequentialSampler(0),
                                               datasets::ChunkDatasetOptions(readers, batch_size));
}

template <typename Loader>
std::vector<std::size_t> sizes_of(Loader& loader) {
  std::vector<std::size_t> sizes;
  for (auto& batch : loader) sizes.push_back(batch.size());
  return sizes;
}

}  // namespace

TEST_CASE("chunks: every example once an epoch with any numbers of readers, workers and examples in a batch") {
  for (const std::size_t readers : {1, 2, 3, 4}) {
    for (const std::size_t batch_size : {5, 7}) {
      for (const std::size_t workers : {0, 2}) {
        auto loader =
            boxfeed::make_data_loader(chunks({10, 5, 20}, readers, batch_size), Options(batch_size).workers(workers));
        for (int epoch = 0; epoch < 2; ++epoch) {
          Ints seen;
          for (auto& batch : *loader) {
            CHECK(batch.size() == batch_size);
            seen.insert(seen.end(), batch.begin(), batch.end());
          }
          Ints expected(35);
          std::iota(expected.begin(), expected.end(), 0);
          if (readers > 1 || workers > 0) std::sort(seen.begin(), seen.end());
          CHECK(seen == expected);
        }
      }
    }
  }
}

TEST_CASE("chunks that do not fill their batches, are empty, or are asked for another size of batch") {
  const auto sizes = [](const Ints& of_chunks, std::size_t batch_size) {
    auto loader = boxfeed::make_data_loader(chunks(of_chunks, 1, batch_size), Options(batch_size));
    return sizes_of(*loader);
  };
  CHECK(sizes({10, 10}, 17) == std::vector<std::size_t>{17, 3});
  CHECK(sizes({10, 10}, 30) == std::vector<std::size_t>{20});
  for (const auto size : sizes({0}, 5)) CHECK(size == 0);
  auto loader = boxfeed::make_data_loader(chunks({10}, 1, 5), Options(6));
  CHECK_THROWS_WITH(*loader->begin(), Catch::Matchers::ContainsSubstring("requested batch size is 6"));
}

TEST_CASE("the sampler of a chunk dataset can be looked at while it is loaded") {
  auto dataset = chunks({10, 5, 20}, 2, 5);
  const samplers::SequentialSampler& sampler = dataset->chunk_sampler();
  auto loader = boxfeed::make_data_loader(dataset.map(transforms::BatchLambda<Ints, int>([](Ints batch) {
    return std::accumulate(batch.begin(), batch.end(), 0);
  })),
                                          Options(5));
  CHECK(sampler.index() == 0);
  const Ints sums = all_of(*loader);
  CHECK(std::accumulate(sums.begin(), sums.end(), 0) == 34 * 35 / 2);
  CHECK(sampler.index() == 3);
}
