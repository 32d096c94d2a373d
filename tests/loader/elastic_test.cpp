// A state that was saved by some ranks goes on with another number of them.
#include <boxfeed/data/samplers.h>
#include <boxfeed/data/weighted_samplers.h>
#include <boxfeed/loader/make_data_loader.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <utility>
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

constexpr std::size_t kExamples = 14;

/// The loaders of all ranks, in step.
template <typename Base>
class World {
 public:
  using Loader =
      decltype(make_data_loader(FakeDataset(0), std::declval<samplers::DistributedSampler<Base>>(), Options()));

  World(const Base& base, std::size_t ranks, std::size_t batch_size, std::size_t workers = 0)
      : block_(base.batch_size().value_or(1)) {
    for (std::size_t rank = 0; rank < ranks; ++rank) {
      loaders_.push_back(make_data_loader(FakeDataset(kExamples), samplers::DistributedSampler<Base>(base, ranks, rank),
                                          Options(batch_size).seed(9).workers(workers)));
    }
  }

  Loader& operator[](std::size_t rank) { return loaders_[rank]; }
  /// The state, which is that of every rank.
  std::string state() const {
    std::set<std::string> states;
    for (const auto& loader : loaders_) states.insert(loader->state());
    CHECK(states.size() == 1);
    CHECK(states.begin()->size() < 1024);
    return *states.begin();
  }
  void load_state(const std::string& state) {
    for (auto& loader : loaders_) loader->load_state(state);
  }

  /// What all ranks see of an epoch, or of the rest of one, in the order of one process; `after_step` is told what they
  /// have seen up to then.
  template <typename AfterStep>
  Indices epoch(const AfterStep& after_step) {
    std::vector<decltype(loaders_[0]->begin())> batches;
    for (auto& loader : loaders_) batches.push_back(loader->begin());
    Indices seen;
    while (batches[0] != loaders_[0]->end()) {
      std::vector<Indices> parts;
      for (auto& batch : batches) parts.push_back(indices_of(*batch));
      for (std::size_t i = 0; i < parts[0].size(); i += block_) {
        for (const auto& part : parts) {
          REQUIRE(part.size() == parts[0].size());
          const std::size_t end = std::min(i + block_, part.size());
          seen.insert(seen.end(), part.begin() + static_cast<long>(i), part.begin() + static_cast<long>(end));
        }
      }
      after_step(seen);
      for (auto& batch : batches) ++batch;
    }
    for (std::size_t rank = 0; rank < loaders_.size(); ++rank) CHECK(batches[rank] == loaders_[rank]->end());
    return seen;
  }
  Indices epoch() {
    return epoch([](const Indices&) {});
  }

 private:
  std::size_t block_;
  std::vector<Loader> loaders_;
};

/// `seen` is the order, and then perhaps its first indices again, so that all ranks have as many.
void check_once(const Indices& seen, const Indices& order, std::size_t ranks_by_block) {
  REQUIRE(seen.size() >= order.size());
  CHECK(seen.size() - order.size() < ranks_by_block);
  for (std::size_t i = 0; i < seen.size(); ++i) REQUIRE(seen[i] == order[i % order.size()]);
}

/// Worlds of 1 to 4 are left at every step, and worlds of 1 to 9 go on.
template <typename Base>
void check_elastic(const Base& base, std::size_t batch_size) {
  const std::size_t block = base.batch_size().value_or(1);
  const Indices order = base.indices(9, 1), next = base.indices(9, 2);
  for (std::size_t before = 1; before <= 4; ++before) {
    World<Base> first(base, before, batch_size);
    for (std::size_t rank = 0; rank < before; ++rank) first[rank]->set_epoch(1);
    first.epoch([&](const Indices& seen) {
      const std::string state = first.state();
      for (std::size_t after = 1; after <= 9; ++after) {
        World<Base> second(base, after, batch_size);
        second.load_state(state);
        Indices all = seen;
        if (seen.size() < order.size()) {
          const Indices rest = second.epoch();
          all.insert(all.end(), rest.begin(), rest.end());
        }
        check_once(all, order, std::max(before, after) * block);
        CHECK(second[0]->epoch() == (seen.size() < order.size() ? 1 : 2));
        if (after == before + 1) check_once(second.epoch(), next, after * block);
      }
    });
  }
}

}  // namespace

TEST_CASE("left at any step by any world, an epoch is finished by any other, each example once, whatever the sampler") {
  check_elastic(samplers::RandomSampler(kExamples), 2);
  check_elastic(samplers::SequentialSampler(kExamples), 3);
  const std::vector<double> numbers{1, 2, 3, 4, 5, 6, 7};
  check_elastic(samplers::WeightedRandomSampler(numbers, 17), 2);
  check_elastic(samplers::RepeatFactorSampler({1, 2, 3, 4, 5.5}), 2);
  check_elastic(samplers::EpochSampler<samplers::RandomSampler>(samplers::RandomSampler(10), 13), 2);
  check_elastic(samplers::ShareSampler({6, 8}, {1, 3}, 12), 2);
  check_elastic(samplers::GroupedBatchSampler({0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 0}, 3), 3);
}

TEST_CASE("from world to world to world, with workers, and then whole epochs") {
  const samplers::RandomSampler base(kExamples);
  const Indices order = base.indices(9, 0);
  std::string state;
  Indices all;
  const auto part = [&](std::size_t ranks, std::size_t steps) {
    World<samplers::RandomSampler> world(base, ranks, 1, 2);
    if (!state.empty()) world.load_state(state);
    Indices seen;
    std::size_t step = 0;
    world.epoch([&](const Indices& so_far) {
      if (++step != steps) return;
      state = world.state();
      seen = so_far;
    });
    all.insert(all.end(), seen.begin(), seen.end());
  };
  part(3, 2);  // 6 examples
  part(2, 2);  // 10
  part(1, 1);  // 11
  World<samplers::RandomSampler> last(base, 4, 1, 2);
  last.load_state(state);
  CHECK(last[0]->size() == 1);
  CHECK(indices_of((*last[0])[0]) == Indices{order[11]});
  CHECK(last.state() != state);
  const Indices rest = last.epoch();
  all.insert(all.end(), rest.begin(), rest.end());
  check_once(all, order, 4);
  CHECK(last[0]->size() == 1);
  for (std::uint64_t epoch = 1; epoch < 4; ++epoch) {
    check_once(last.epoch(), base.indices(9, epoch), 4);
    CHECK(last[0]->size() == 4);
  }
  last.load_state(state);
  for (std::size_t rank = 0; rank < 4; ++rank) last[rank]->set_epoch(0);
  CHECK(last[0]->size() == 4);
  check_once(last.epoch(), order, 4);
}

TEST_CASE("after one example alone, the rest of an epoch is a step shorter where the ranks are one fewer than all") {
  const samplers::RandomSampler base(kExamples);
  World<samplers::RandomSampler> one(base, 1, 1), many(base, kExamples - 1, 1);
  std::string state;
  one.epoch([&](const Indices& seen) {
    if (seen.size() == 1) state = one.state();
  });
  CHECK(many[0]->size() == 2);
  many.load_state(state);
  CHECK(many[0]->size() == 1);
  const Indices order = base.indices(9, 0);
  CHECK(many.epoch() == Indices(order.begin() + 1, order.end()));
}

TEST_CASE("where all ranks together have the same batch, the steps are the same, and those of one process") {
  const samplers::RandomSampler base(kExamples);
  World<samplers::RandomSampler> one(base, 1, 6), two(base, 2, 3), three(base, 3, 2);
  std::vector<Indices> steps;
  one.epoch([&](const Indices& seen) { steps.push_back(seen); });
  std::size_t step = 0;
  two.epoch([&](const Indices& seen) {
    CHECK(seen == steps[step++]);
    one.load_state(two.state());
    three.load_state(two.state());
    CHECK(one[0]->state().find("\"offset\":0") != std::string::npos);
    if (step == steps.size()) return;
    CHECK(one[0]->state().find("\"batch\":" + std::to_string(step)) != std::string::npos);
    CHECK(one[0]->size() == 3);
  });
  CHECK(step == 3);
}

TEST_CASE("a state is refused where neither the batch of a rank nor that of all is the same, and the loop goes on") {
  const samplers::RandomSampler base(kExamples);
  World<samplers::RandomSampler> two(base, 2, 3), other(base, 3, 4);
  const std::string state = two.state();
  const Indices seen = other.epoch([&](const Indices&) {
    CHECK_THAT(error_of([&] { other.load_state(state); }).what(),
               ContainsSubstring(R"(batch_size: the state has "3", this loader "4")"));
  });
  check_once(seen, base.indices(9, 0), 3);
}

TEST_CASE("a state whose numbers cannot be is refused, and the loop goes on") {
  const samplers::RandomSampler base(kExamples);
  World<samplers::RandomSampler> two(base, 2, 3), three(base, 3, 3);
  const auto edited = [&](const std::string& from, const std::string& to) {
    std::string text = two.state();
    return text.replace(text.find(from), from.size(), to);
  };
  const Indices seen = three.epoch([&](const Indices&) {
    const auto refusal = [&](const std::string& text) { return error_of([&] { three.load_state(text); }).reason(); };
    CHECK(refusal(edited("\"batch\":0", "\"batch\":18446744073709551615")) == Reason::kBadState);
    CHECK(refusal(edited("\"num_replicas\":\"2\"", "\"num_replicas\":\"0\"")) == Reason::kBadState);
    CHECK(refusal(edited("\"num_replicas\":\"2\"", "\"num_replicas\":\"two\"")) == Reason::kBadState);
    CHECK(refusal(edited("\"offset\":0", "\"offset\":-1")) == Reason::kBadState);
  });
  check_once(seen, base.indices(9, 0), 3);
}
