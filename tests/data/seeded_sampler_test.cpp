#include <boxfeed/core/random.h>
#include <boxfeed/data/distributed_sampler.h>
#include <boxfeed/data/random_sampler.h>
#include <boxfeed/data/sequential_sampler.h>
#include <torch/types.h>

#include <algorithm>
#include <sstream>

#include "support/catch.h"

using namespace boxfeed;
using Indices = std::vector<std::size_t>;

namespace {

Indices drain(samplers::SeededSampler& sampler, std::size_t batch_size) {
  Indices all;
  while (auto batch = sampler.next(batch_size)) {
    CHECK(batch->size() <= batch_size);
    all.insert(all.end(), batch->begin(), batch->end());
  }
  return all;
}

}  // namespace

TEST_CASE("The random sampler: each epoch another order, given by seed and epoch alone") {
  samplers::RandomSampler sampler(10, 3);
  CHECK(drain(sampler, 4) == random_permutation(10, 3, 0));
  CHECK_FALSE(sampler.next(4).has_value());
  sampler.reset();
  CHECK(drain(sampler, 3) == random_permutation(10, 3, 1));
  sampler.set_epoch(7);
  sampler.reset();  // as a loader does at the beginning
  CHECK(drain(sampler, 10) == random_permutation(10, 3, 7));
  CHECK(sampler.order(7) == random_permutation(10, 3, 7));
  sampler.set_seed(4);
  CHECK(drain(sampler, 10) == random_permutation(10, 4, 7));
  CHECK(sampler.name() == "RandomSampler(10)");
  sampler.reset(6);
  CHECK(sampler.size() == 6);
  CHECK(drain(sampler, 10) == random_permutation(6, 4, 8));
}

TEST_CASE("The sequential sampler") {
  samplers::SequentialSampler sampler(5);
  CHECK(drain(sampler, 2) == Indices{0, 1, 2, 3, 4});
  sampler.reset(3);
  CHECK(drain(sampler, 2) == Indices{0, 1, 2});
  CHECK(sampler.name() == "SequentialSampler(3)");
}

TEST_CASE("Distributed samplers: parts of one length, which together are the dataset") {
  for (std::size_t world = 1; world <= 9; ++world) {
    for (const bool duplicates : {true, false}) {
      const std::size_t examples = 23;
      Indices together;
      for (std::size_t rank = 0; rank < world; ++rank) {
        samplers::DistributedRandomSampler sampler(examples, world, rank, duplicates, 5);
        const auto part = drain(sampler, 4);
        CHECK(part.size() == sampler.size());
        CHECK(part.size() == (duplicates ? (examples + world - 1) / world : examples / world));
        together.insert(together.end(), part.begin(), part.end());
      }
      std::sort(together.begin(), together.end());
      const auto twice = together.size() > examples ? together.size() - examples : 0;
      together.erase(std::unique(together.begin(), together.end()), together.end());
      CHECK(together.size() == (duplicates ? examples : examples / world * world));
      CHECK(twice == (duplicates ? (world - examples % world) % world : 0));
    }
  }
  samplers::DistributedSequentialSampler sequence(5, 2, 1);
  CHECK(drain(sequence, 8) == Indices{1, 3, 0});
  CHECK(sequence.name() == "DistributedSequentialSampler(5, 2, 1, true)");
  sequence.reset(4);
  CHECK(drain(sequence, 8) == Indices{1, 3});
  CHECK_THROWS_AS(samplers::DistributedRandomSampler(5, 0), std::invalid_argument);
  CHECK_THROWS_AS(samplers::DistributedRandomSampler(5, 2, 2), std::invalid_argument);
  samplers::DistributedRandomSampler none(0, 2, 1);
  CHECK_FALSE(none.next(1).has_value());
}

TEST_CASE("A sampler goes on where it was saved") {
  samplers::RandomSampler first(10, 3);
  first.set_epoch(2);
  const auto head = first.next(4);
  std::stringstream stream;
  {
    torch::serialize::OutputArchive archive;
    first.save(archive);
    archive.save_to(stream);
  }
  samplers::RandomSampler second(10);
  torch::serialize::InputArchive archive;
  archive.load_from(stream);
  second.load(archive);
  CHECK(drain(second, 4) == drain(first, 4));
  CHECK(second.epoch() == 2);
  second.reset();
  CHECK(drain(second, 4) == random_permutation(10, 3, 3));
}

TEST_CASE("boxfeed's samplers run in LibTorch's loader") {
  auto dataset = torch::data::datasets::TensorDataset(torch::arange(6));
  auto loader = torch::data::make_data_loader(std::move(dataset), samplers::RandomSampler(6, 9),
                                              torch::data::DataLoaderOptions(4));
  for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
    Indices all;
    for (const auto& batch : *loader) {
      for (const auto& example : batch) all.push_back(static_cast<std::size_t>(example.data.item<std::int64_t>()));
    }
    CHECK(all == random_permutation(6, 9, epoch));
  }
}
