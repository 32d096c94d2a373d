#include <boxfeed/data/samplers.h>
#include <boxfeed/data/weighted_samplers.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <stdexcept>
#include <utility>

#include "data/sampler_counts.h"
#include "support/catch.h"

using namespace boxfeed;
using namespace boxfeed::testing;
using namespace boxfeed::samplers;
using Catch::Matchers::ContainsSubstring;

namespace {

/// What one process would see of an epoch behind the first `offset` places, as all ranks of a world see it: place by
/// place in turns, of batches where the sampler is made for them.
template <typename Base>
Indices together(const Base& base, std::size_t world, bool allow_duplicates, std::uint64_t epoch, std::size_t offset) {
  const std::size_t block = base.batch_size().value_or(1);
  std::vector<Indices> parts;
  for (std::size_t rank = 0; rank < world; ++rank) {
    const DistributedSampler<Base> sampler(base, world, rank, allow_duplicates);
    parts.push_back(sampler.order(epoch, offset));
    CHECK(parts.back().size() == parts.front().size());
    if (offset == 0) CHECK(parts.back().size() == sampler.size());
  }
  Indices all;
  for (std::size_t i = 0; i < parts[0].size(); i += block) {
    for (const auto& part : parts) {
      all.insert(all.end(), part.begin() + static_cast<long>(i), part.begin() + static_cast<long>(i + block));
    }
  }
  return all;
}

/// For worlds of 1 to 9, from every place on: the ranks' parts are the rest of the epoch, each place of it once, in its
/// order; filled up to whole rounds with the epoch's first indices, or cut to whole rounds.
template <typename Base>
void check_worlds(const Base& base) {
  const std::size_t block = base.batch_size().value_or(1);
  for (std::size_t world = 1; world <= 9; ++world) {
    for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
      const Indices order = base.order(epoch);
      for (std::size_t offset = 0; offset <= order.size(); offset += block) {
        Indices rest(order.begin() + static_cast<long>(offset), order.end());
        const std::size_t round = world * block;
        Indices filled = rest;
        for (std::size_t i = 0; filled.size() % round != 0; ++i) filled.push_back(order[i % order.size()]);
        CHECK(together(base, world, true, epoch, offset) == filled);
        rest.resize(rest.size() / round * round);
        CHECK(together(base, world, false, epoch, offset) == rest);
      }
    }
  }
}

}  // namespace

TEST_CASE("the parts of all ranks are one epoch, of any sampler, for any world, from any place on") {
  const std::vector<std::int64_t> groups{0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 0};
  check_worlds(RandomSampler(23, 5));
  check_worlds(SequentialSampler(23));
  check_worlds(WeightedRandomSampler({1, 2, 3, 4, 5}, 23, true, 4));
  check_worlds(WeightedRandomSampler({1, 2, 3, 4, 5}, 5, false, 4));
  check_worlds(RepeatFactorSampler({1, 2, 3, 4, 5.5}, 3));
  check_worlds(EpochSampler<RandomSampler>(RandomSampler(10, 3), 17));
  check_worlds(ShareSampler({6, 4}, {1, 3}, 14, 2));
  check_worlds(GroupedBatchSampler(groups, 3, 2));
}

TEST_CASE("distributed samplers: parts of one length, which together are the dataset") {
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
  CHECK(sequence.name() == "SequentialSampler(5)");
  sequence.reset(4);
  CHECK(drain(sequence, 8) == Indices{1, 3});
  CHECK_THROWS_AS(samplers::DistributedRandomSampler(5, 0), std::invalid_argument);
  CHECK_THROWS_AS(samplers::DistributedRandomSampler(5, 2, 2), std::invalid_argument);
  samplers::DistributedRandomSampler none(0, 2, 1);
  CHECK_FALSE(none.next(1).has_value());
}

TEST_CASE("a rank's part of another sampler is seeded, saved and resized as that is") {
  check_seeded(DistributedSampler(WeightedRandomSampler({1, 2, 3, 4, 5}, 30, true, 4), 3, 1), 4);
  DistributedSampler sampler(RandomSampler(8, 5), 2, 1);
  CHECK(sampler.seed() == 5);
  CHECK(sampler.num_replicas() == 2);
  CHECK(sampler.name() == "RandomSampler(8)");  // so that all ranks have one state, which any world can load
  sampler.reset(5);
  CHECK(sampler.size() == 3);
  const DistributedSampler grouped(GroupedBatchSampler({0, 1, 0, 1, 0, 1, 0}, 3), 2, 1);
  CHECK(grouped.batch_size() == 3);
  CHECK(grouped.size() == 6);  // the last round is filled up with the first batches
  CHECK_THROWS_WITH(EpochSampler(DistributedSampler(RandomSampler(8), 2, 1), 3),
                    ContainsSubstring("give an EpochSampler to a DistributedSampler"));
}
