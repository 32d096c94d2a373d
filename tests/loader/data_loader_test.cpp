#include <boxfeed/data/samplers.h>
#include <boxfeed/loader/data_loader.h>
#include <boxfeed/loader/make_data_loader.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "loader/fake_batches.h"
#include "loader/fake_dataset.h"
#include "support/catch.h"
#include "support/error_of.h"

using namespace boxfeed;
using boxfeed::testing::error_of;
using boxfeed::testing::FakeDataset;
using boxfeed::testing::indices_of;
using boxfeed::testing::is_expected;
using boxfeed::testing::part;
using Catch::Matchers::ContainsSubstring;
using std::chrono::milliseconds;
using Options = boxfeed::DataLoaderOptions;

TEST_CASE(
    "With a seed, every byte is a function of seed, epoch and index, whatever the workers, batches ahead, early "
    "exits") {
  Random random(3, 0, 0);
  for (int round = 0; round < 1000; ++round) {
    const std::size_t examples = random.below(24);
    const std::size_t batch_size = 1 + random.below(7);
    const std::uint64_t seed = random.bits();
    const bool drop_last = random.below(2) == 0;
    auto loader = make_data_loader(FakeDataset(examples), Options(batch_size)
                                                              .workers(random.below(round % 20 == 0 ? 17 : 4))
                                                              .prefetch(1 + random.below(5))
                                                              .seed(seed)
                                                              .drop_last(drop_last)
                                                              .prefetch_next_epoch(random.below(2) == 0));
    const std::size_t batches = (examples + (drop_last ? 0 : batch_size - 1)) / batch_size;
    REQUIRE(loader->size() == batches);
    for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
      const auto order = random_permutation(examples, seed, epoch);
      const std::size_t leave_at = random.below(3) == 0 ? random.below(batches + 1) : batches;
      std::size_t i = 0;
      for (auto& batch : *loader) {
        if (i == leave_at) break;
        REQUIRE(is_expected(batch, part(order, i * batch_size, (i + 1) * batch_size), seed, epoch));
        ++i;
      }
      REQUIRE(i == leave_at);
    }
  }
}

TEST_CASE("batches by number, slices and the size, whatever is being iterated") {
  for (const std::size_t workers : {0, 2}) {
    auto loader = make_data_loader(FakeDataset(10), Options(3).workers(workers).seed(4));
    const auto order = random_permutation(10, 4, 0);
    CHECK(loader->size() == 4);
    CHECK(indices_of((*loader)[0]) == part(order, 0, 3));
    std::size_t i = 0;
    for (auto& batch : *loader) {
      const auto slice = loader->slice(2, 4);
      REQUIRE(slice.size() == 2);
      CHECK(indices_of(slice[0]) == part(order, 6, 9));
      CHECK(indices_of(slice[1]) == part(order, 9, 10));
      CHECK(is_expected(batch, part(order, 3 * i, 3 * i + 3), 4, 0));
      ++i;
    }
    CHECK(indices_of((*loader)[1]) == part(order, 3, 6));
    CHECK(loader->slice(2, 2).empty());
    CHECK_THROWS_WITH((*loader)[4], "batch 4: the epoch has 4 batches");
    CHECK_THROWS_AS(loader->slice(3, 5), std::out_of_range);
    loader->set_epoch(9);
    CHECK(is_expected((*loader)[0], part(random_permutation(10, 4, 9), 0, 3), 4, 9));
  }
  auto dropping = make_data_loader(FakeDataset(10), Options(3).seed(4).drop_last(true));
  CHECK(dropping->size() == 3);
  CHECK_THROWS_AS((*dropping)[3], std::out_of_range);
}

TEST_CASE("with LibTorch's sampler, too, without drawing from its generator") {
  torch::manual_seed(8);
  auto loader = make_data_loader<torch::data::samplers::RandomSampler>(FakeDataset(10), Options(3).workers(2));
  CHECK(loader->size() == 4);
  const auto before = indices_of((*loader)[3]);
  CHECK(before.size() == 1);
  std::vector<std::vector<std::size_t>> sliced;
  std::vector<std::vector<std::size_t>> looped;
  for (auto& batch : *loader) {
    if (sliced.empty()) {
      for (const auto& b : loader->slice(0, 4)) sliced.push_back(indices_of(b));
    }
    looped.push_back(indices_of(batch));
  }
  CHECK(sliced == looped);
  CHECK(indices_of((*loader)[1]) == looped[1]);
  CHECK_THROWS_AS((*loader)[4], std::out_of_range);
  CHECK(error_of([&] { loader->state(); }).reason() == Reason::kUnsupported);
  const auto after = torch::rand({1}).item<float>();
  torch::manual_seed(8);
  torch::randperm(10);  // the sampler's constructor and its reset
  torch::randperm(10);
  CHECK(torch::rand({1}).item<float>() == after);
}

TEST_CASE("without a seed, batches by number before the first loop are that loop's, and nothing more is drawn") {
  const auto looped = [](bool looks_first) {
    torch::manual_seed(8);
    auto loader = make_data_loader<torch::data::samplers::RandomSampler>(FakeDataset(10), Options(3).workers(2));
    std::vector<std::vector<std::size_t>> batches, before;
    if (looks_first) {
      for (std::size_t i = 0; i < 4; ++i) before.push_back(indices_of((*loader)[i]));
    }
    for (auto& batch : *loader) batches.push_back(indices_of(batch));
    if (looks_first) CHECK(before == batches);
    for (auto& batch : *loader) batches.push_back(indices_of(batch));
    return batches;
  };
  CHECK(looped(true) == looped(false));
}

TEST_CASE("a batch larger than any number of examples is one batch") {
  constexpr auto largest = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  auto loader = make_data_loader(FakeDataset(5), Options(largest).workers(2).seed(1));
  CHECK(loader->size() == 1);
  CHECK(is_expected(*loader->begin(), random_permutation(5, 1, 0), 1, 0));
}

TEST_CASE("a timeout is told in LibTorch's word, and one of ages is none") {
  auto loader = make_data_loader(FakeDataset(1, [](std::size_t) { std::this_thread::sleep_for(milliseconds(200)); }),
                                 Options(1).workers(1).timeout(milliseconds(1)));
  CHECK_THAT(error_of([&] { static_cast<void>(*loader->begin()); }).what(), ContainsSubstring("Timeout"));
  auto patient = make_data_loader(FakeDataset(1), Options(1).workers(1).timeout(milliseconds::max()));
  CHECK((*patient->begin()).data.size(0) == 1);
}

TEST_CASE("a batch that is kept is never written to again") {
  auto loader = make_data_loader(FakeDataset(40), Options(2).workers(3).seed(1));
  std::vector<torch::data::Example<>> kept;
  std::vector<torch::Tensor> views;
  for (int epoch = 0; epoch < 3; ++epoch) {
    std::size_t i = 0;
    for (auto& batch : *loader) {
      if (i % 3 == 0) kept.push_back(batch);
      if (i % 3 == 1) views.push_back(batch.data.select(0, 1));
      ++i;
    }
  }
  for (std::size_t epoch = 0, k = 0, v = 0; epoch < 3; ++epoch) {
    const auto order = random_permutation(40, 1, epoch);
    for (std::size_t i = 0; i < 20; ++i) {
      if (i % 3 == 0) CHECK(is_expected(kept[k++], part(order, 2 * i, 2 * i + 2), 1, epoch));
      if (i % 3 == 1) CHECK(views[v++][0].item<float>() == static_cast<float>(order[2 * i + 1]));
    }
  }
}

TEST_CASE("state through the loader: exact, small, refused for another dataset or other options") {
  auto loader = make_data_loader(FakeDataset(11), Options(2).workers(2).seed(5));
  std::string state;
  std::size_t i = 0;
  for (auto& batch : *loader) {
    static_cast<void>(batch);
    if (++i == 2) state = loader->state();
  }
  CHECK(state.size() < 1024);
  auto resumed = make_data_loader(FakeDataset(11), Options(2).workers(0).seed(5));
  resumed->load_state(state);
  CHECK(resumed->state() == state);
  const auto order = random_permutation(11, 5, 0);
  i = 2;
  for (auto& batch : *resumed) {
    CHECK(is_expected(batch, part(order, 2 * i, 2 * i + 2), 5, 0));
    ++i;
  }
  CHECK(i == 6);
  for (auto& batch : *resumed) {
    CHECK(is_expected(batch, part(random_permutation(11, 5, 1), 0, 2), 5, 1));
    break;
  }
  const auto refusal = [&](auto other) { return error_of([&] { other->load_state(state); }); };
  CHECK_THAT(refusal(make_data_loader(FakeDataset(11), Options(3).seed(5))).what(), ContainsSubstring("batch_size"));
  CHECK_THAT(refusal(make_data_loader(FakeDataset(11), Options(2).seed(6))).what(), ContainsSubstring("seed"));
  CHECK_THAT(refusal(make_data_loader(FakeDataset(11), Options(2).seed(5).drop_last(true))).what(),
             ContainsSubstring("drop_last"));
  CHECK_THAT(refusal(make_data_loader<samplers::SequentialSampler>(FakeDataset(11), Options(2).seed(5))).what(),
             ContainsSubstring("sampler"));
  CHECK(refusal(make_data_loader(FakeDataset(12), Options(2).seed(5))).reason() == Reason::kDatasetChanged);
}

TEST_CASE("a seeded sampler that is handed in gives the seed, unless the options do") {
  auto loader = make_data_loader(FakeDataset(7), samplers::RandomSampler(7, 3), Options(7));
  CHECK(is_expected(*loader->begin(), random_permutation(7, 3, 0), 3, 0));
  auto other = make_data_loader(FakeDataset(7), samplers::RandomSampler(7, 3), Options(7).seed(4));
  CHECK(is_expected(*other->begin(), random_permutation(7, 4, 0), 4, 0));
  auto part_of = make_data_loader(FakeDataset(7), samplers::DistributedRandomSampler(7, 2, 1), Options(7).seed(4));
  CHECK(indices_of(*part_of->begin()).size() == 4);
  CHECK(part_of->size() == 1);
}

TEST_CASE("hooks at the end of epochs, a requested stop, join and on again") {
  auto loader = make_data_loader(FakeDataset(6), Options(2).workers(2).seed(0));
  std::vector<std::uint64_t> ended;
  loader->on_epoch_end([&](std::uint64_t epoch) { ended.push_back(epoch); });
  for (int epoch = 0; epoch < 2; ++epoch) {
    for (auto& batch : *loader) static_cast<void>(batch);
  }
  CHECK(ended == std::vector<std::uint64_t>{0, 1});
  CHECK(loader->epoch() == 1);
  loader->join();
  std::size_t batches = 0;
  for (auto& batch : *loader) {
    static_cast<void>(batch);
    if (++batches == 2) loader->request_stop();
  }
  CHECK(batches == 2);
  CHECK(loader->stop_requested());
  CHECK(ended.size() == 2);
}

TEST_CASE("statistics book the stages, and the verdict is a sentence") {
  auto loader = make_data_loader(FakeDataset(20, [](std::size_t) { std::this_thread::sleep_for(milliseconds(1)); }),
                                 Options(5).workers(2).seed(0).prefetch_next_epoch(false));
  for (auto& batch : *loader) static_cast<void>(batch);
  const LoaderStats stats = loader->stats();
  CHECK(stats.examples == 20);
  CHECK(stats.stages[Stage::kDecode] >= milliseconds(20));
  CHECK(stats.peak_bytes_in_flight == 3 * 5 * 3 * 4);  // three batches of five times three floats
  CHECK_THAT(loader->verdict(), ContainsSubstring("decoding is the slowest stage"));
  loader->reset_stats();
  CHECK(loader->verdict() == "no batch has been loaded yet");
}
