#include <boxfeed/core/random.h>
#include <boxfeed/data/samplers.h>
#include <boxfeed/data/weighted_samplers.h>
#include <torch/types.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <stdexcept>

#include "data/sampler_counts.h"
#include "support/catch.h"

using namespace boxfeed;
using namespace boxfeed::testing;
using namespace boxfeed::samplers;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("the random sampler: each epoch another order, given by seed and epoch alone") {
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

TEST_CASE("the sequential sampler") {
  samplers::SequentialSampler sampler(5);
  CHECK(drain(sampler, 2) == Indices{0, 1, 2, 3, 4});
  sampler.reset(3);
  CHECK(drain(sampler, 2) == Indices{0, 1, 2});
  CHECK(sampler.name() == "SequentialSampler(3)");
}

TEST_CASE("a sampler goes on where it was saved") {
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

namespace {

std::vector<Indices> batches_of(const Indices& order, std::size_t size) {
  std::vector<Indices> batches;
  for (std::size_t i = 0; i < order.size(); i += size) {
    batches.emplace_back(order.begin() + static_cast<long>(i),
                         order.begin() + static_cast<long>(std::min(i + size, order.size())));
  }
  return batches;
}

}  // namespace

TEST_CASE("each index comes once, batches are of one group, and few are mixed") {
  boxfeed::Random random(1, 0, 0);
  for (int round = 0; round < 200; ++round) {
    const std::size_t size = 1 + random.below(7), groups = 1 + random.below(4);
    std::vector<std::int64_t> ids(random.below(60));
    for (auto& id : ids) id = static_cast<std::int64_t>(random.below(groups)) * 3 - 2;
    const GroupedBatchSampler sampler(ids, size, 7);
    Indices order = sampler.order(static_cast<std::uint64_t>(round));
    std::size_t mixed = 0;
    for (const auto& batch : batches_of(order, size)) {
      std::set<std::int64_t> of_batch;
      for (const std::size_t i : batch) of_batch.insert(ids[i]);
      mixed += of_batch.size() > 1 ? 1 : 0;
    }
    CHECK(mixed <= groups);
    std::sort(order.begin(), order.end());
    REQUIRE(order.size() == ids.size());
    for (std::size_t i = 0; i < order.size(); ++i) CHECK(order[i] == i);
  }
}

TEST_CASE("batches come in random order, and every example is in any batch of its group as likely") {
  std::vector<std::int64_t> ids(16, 0);
  std::fill(ids.begin() + 8, ids.end(), 1);
  const GroupedBatchSampler sampler(ids, 4, 2);
  std::vector<double> places(4, 0), together(16, 0);
  for (std::uint64_t epoch = 0; epoch < 4000; ++epoch) {
    const auto batches = batches_of(sampler.order(epoch), 4);
    for (std::size_t b = 0; b < 4; ++b) {
      if (std::count(batches[b].begin(), batches[b].end(), 0) == 0) continue;
      ++places[b];
      for (const std::size_t i : batches[b]) ++together[i];
    }
  }
  for (const double count : places) CHECK(is_likely(count, 4000, 0.25));
  for (std::size_t i = 1; i < 16; ++i) CHECK(is_likely(together[i], 4000, i < 8 ? 3.0 / 7 : 0));
}

TEST_CASE("a grouped sampler is seeded and saved as the others are, and refuses batches of another size") {
  const std::vector<std::int64_t> ids{0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0};
  check_seeded(GroupedBatchSampler(ids, 3, 1), 3);
  GroupedBatchSampler sampler(ids, 3);
  CHECK_THROWS_WITH(sampler.next(4), ContainsSubstring("expected batches of 3, got 4"));
  CHECK(sampler.name() != GroupedBatchSampler(ids, 4).name());
  CHECK_THROWS_AS(GroupedBatchSampler(ids, 0), std::invalid_argument);
}

TEST_CASE("groups by aspect ratio") {
  const std::vector<ImageSize> sizes{{20, 10}, {10, 20}, {10, 10}, {30, 10}, {10, 30}};
  CHECK(aspect_ratio_groups(sizes) == std::vector<std::int64_t>{0, 1, 1, 0, 1});
  CHECK(aspect_ratio_groups(sizes, {0.4, 1, 2.5}) == std::vector<std::int64_t>{1, 2, 2, 0, 3});
  CHECK(aspect_ratio_groups({}).empty());
  CHECK_THROWS_AS(aspect_ratio_groups(sizes, {1, 1}), std::invalid_argument);
  CHECK_THROWS_WITH(aspect_ratio_groups({{10, 10}, {0, 10}}), ContainsSubstring("got 0 × 10 (height × width) at 1"));
}

TEST_CASE("each dataset has its share of every epoch, and each of its examples as often as the others") {
  const std::vector<std::size_t> sizes{10, 0, 40, 5};
  const ShareSampler sampler(sizes, {3, 0, 1, 2}, 30, 8);
  CHECK(sampler.counts() == Indices{15, 0, 5, 10});
  std::vector<double> count(55, 0);
  for (std::uint64_t epoch = 0; epoch < 40; ++epoch) {
    const auto order = sampler.order(epoch);
    REQUIRE(order.size() == 30);
    CHECK(std::count_if(order.begin(), order.end(), [](std::size_t i) { return i < 10; }) == 15);
    CHECK(std::count_if(order.begin(), order.end(), [](std::size_t i) { return i >= 50; }) == 10);
    for (const std::size_t i : order) ++count.at(i);
  }
  for (std::size_t i = 0; i < 55; ++i) CHECK(count[i] == (i < 10 ? 60 : i < 50 ? 5 : 80));
}

TEST_CASE("datasets are mixed: any place of the epoch is a share's as likely") {
  const ShareSampler sampler({6, 6}, {3, 1}, 4, 1);
  std::vector<double> places(4, 0);
  for (std::uint64_t epoch = 0; epoch < 4000; ++epoch) {
    const auto order = sampler.order(epoch);
    for (std::size_t i = 0; i < 4; ++i) places[i] += order[i] >= 6 ? 1 : 0;
  }
  for (const double count : places) CHECK(is_likely(count, 4000, 0.25));
}

TEST_CASE("shares are rounded to whole examples, those with the largest remainders up") {
  CHECK(ShareSampler({9, 9, 9}, {1, 1, 1}, 10).counts() == Indices{4, 3, 3});
  CHECK(ShareSampler({9, 9, 9}, {0.5, 0.3, 0.2}, 7).counts() == Indices{4, 2, 1});  // 3.5, 2.1, 1.4
  CHECK(ShareSampler({9, 9}, {1e-9, 1}, 5).counts() == Indices{0, 5});
  CHECK(ShareSampler({0, 9}, {0, 1}, 0).order(0).empty());
}

TEST_CASE("a share sampler is seeded and saved as the others are, and its name tells sizes and shares") {
  check_seeded(ShareSampler({20, 30}, {1, 2}, 20, 3), 6);
  CHECK(ShareSampler({2, 3}, {1, 2}, 3).name() != ShareSampler({3, 2}, {1, 2}, 3).name());
  CHECK(ShareSampler({2, 3}, {1, 2}, 3).name() != ShareSampler({2, 3}, {2, 1}, 3).name());
}

TEST_CASE("shares that mean nothing are refused") {
  CHECK_THROWS_WITH(ShareSampler({1, 2}, {1}, 3), ContainsSubstring("expected one for each of 2 datasets, got 1"));
  CHECK_THROWS_WITH(ShareSampler({1, 2}, {1, -1}, 3), ContainsSubstring("got -1"));
  CHECK_THROWS_AS(ShareSampler({1, 2}, {1, std::numeric_limits<double>::infinity()}, 3), std::invalid_argument);
  CHECK_THROWS_AS(ShareSampler({1, 2}, {0, 0}, 3), std::invalid_argument);
  CHECK_THROWS_WITH(ShareSampler({1, 0}, {1, 1}, 4), ContainsSubstring("dataset 1, which has no examples"));
}

// Samplers around other samplers.

TEST_CASE("epochs of any length are cut out of the endless order of another sampler") {
  for (const std::size_t length : {1, 4, 10, 13, 27}) {
    const RandomSampler base(10, 6);
    const EpochSampler sampler(base, length);
    CHECK(sampler.size() == length);
    Indices endless, cut;
    for (std::uint64_t epoch = 0; endless.size() < 8 * length; ++epoch) {
      const auto order = base.order(epoch);
      endless.insert(endless.end(), order.begin(), order.end());
    }
    for (std::uint64_t epoch = 0; epoch < 8; ++epoch) {
      const auto order = sampler.order(epoch);
      CHECK(order.size() == length);
      cut.insert(cut.end(), order.begin(), order.end());
    }
    endless.resize(cut.size());
    CHECK(cut == endless);
  }
}

TEST_CASE("epochs of a sampler that is made for batches have whole batches, each of one group") {
  const std::vector<std::int64_t> ids{0, 1, 0, 1, 0, 1, 0, 1, 0, 1};  // two batches of two a group, and one mixed
  const EpochSampler sampler(GroupedBatchSampler(ids, 2, 3), 6);
  CHECK(sampler.batch_size() == 2);
  std::size_t mixed = 0;
  for (std::uint64_t epoch = 0; epoch < 50; ++epoch) {
    const auto order = sampler.order(epoch);
    REQUIRE(order.size() == 6);
    for (std::size_t i = 0; i < 6; i += 2) mixed += ids[order[i]] != ids[order[i + 1]] ? 1 : 0;
  }
  CHECK(mixed <= 50 * 6 / 10 + 1);
  CHECK_THROWS_WITH(EpochSampler(GroupedBatchSampler(ids, 2), 5), ContainsSubstring("a multiple of 2, got 5"));
}

TEST_CASE("an epoch sampler is seeded, saved and resized as the others are") {
  check_seeded(EpochSampler(RandomSampler(20, 5), 13), 4);
  EpochSampler sampler(RandomSampler(20, 5), 3);
  CHECK(sampler.seed() == 5);
  CHECK(sampler.name() == "EpochSampler(RandomSampler(20), 3)");
  sampler.reset(4);
  CHECK(sampler.name() == "EpochSampler(RandomSampler(4), 3)");
  CHECK_THROWS_AS(EpochSampler(RandomSampler(0), 3), std::invalid_argument);
  CHECK(EpochSampler(RandomSampler(0), 0).order(0).empty());
}
