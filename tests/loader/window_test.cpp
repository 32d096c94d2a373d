#include "loader/window.h"

#include <atomic>
#include <chrono>
#include <new>
#include <stdexcept>
#include <thread>
#include <utility>

#include "loader/fake_loader.h"
#include "support/catch.h"

using namespace boxfeed;
using namespace boxfeed::testing;
using Loader = FakeLoader;
using std::chrono::milliseconds;

TEST_CASE("the next epoch's first batches are loaded while the caller is elsewhere, or not, by option") {
  for (const auto& [ahead, workers] : {std::pair{true, 1}, {true, 2}, {false, 1}, {false, 2}}) {
    std::atomic<int> loaded{0};
    auto config = numbers(12, 2);
    config.work = [&](std::size_t) { ++loaded; };
    auto options = full_options(static_cast<std::size_t>(workers), 3);
    options.prefetch_next_epoch = ahead;
    Loader loader(config, options);
    loader.epoch();
    const int wanted = ahead ? 12 + 3 * 2 : 12;
    for (int i = 0; i < 500 && loaded < wanted; ++i) std::this_thread::sleep_for(milliseconds(2));
    std::this_thread::sleep_for(milliseconds(20));
    CHECK(loaded == wanted);
    CHECK(loader.epoch() == loader.expected(1));
    loader.core->set_epoch(2);  // what comes next anyway
    CHECK(loader.epoch() == loader.expected(2));
    loader.core->set_epoch(9);  // what was not foreseen
    CHECK(loader.epoch() == loader.expected(9));
  }
}

TEST_CASE("no example is loaded twice by what is foreseen") {
  std::vector<std::atomic<int>> loads(5);
  auto config = numbers(5, 2);
  config.work = [&](std::size_t index) { ++loads[index]; };
  auto loader = std::make_unique<Loader>(config, full_options(3, 7));
  for (int epoch = 0; epoch < 4; ++epoch) loader->epoch();
  loader->core->join();
  for (const auto& count : loads) CHECK(count <= 5);
  for (const auto& count : loads) CHECK(count >= 4);
}

TEST_CASE("a source that is not seeded is asked as often as LibTorch's loader would ask, and not later") {
  auto config = numbers(20, 2);
  config.seeded = false;
  auto options = full_options(2, 3);
  Loader loader(config, options);
  CHECK(loader.source->starts == 0);
  const auto iteration = loader.core->begin();
  CHECK(loader.source->starts == 1);
  CHECK(loader.source->asked == 4);  // max_jobs
  for (int i = 1; i <= 10; ++i) {
    REQUIRE(loader.core->next(iteration) != nullptr);
    CHECK(loader.source->asked == 4 + i);
  }
  CHECK(loader.core->next(iteration) == nullptr);
  CHECK(loader.source->starts == 1);

  Loader inline_loader(config, full_options(0));
  const auto other = inline_loader.core->begin();
  CHECK(inline_loader.source->asked == 0);
  inline_loader.core->next(other);
  CHECK(inline_loader.source->asked == 1);
}

TEST_CASE("what a sampler throws comes after the batches that were asked for before, and nothing is lost") {
  auto config = numbers(12, 2);
  int calls = 0;
  config.on_next = [&] {
    if (++calls == 4) throw std::logic_error("sampler");
  };
  for (const bool seeded : {true, false}) {
    calls = 0;
    config.seeded = seeded;
    Loader loader(config, full_options(2));
    const auto iteration = loader.core->begin();
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(Loader::values(loader.core->next(iteration)) == expected_batch(config, 0, i));
    }
    CHECK_THROWS_AS(loader.core->next(iteration), std::logic_error);
    CHECK(loader.core->begin() > iteration);
  }
}

TEST_CASE("memory that cannot be had is an error only when nothing else is under way, then it can be tried again") {
  auto config = numbers(12, 2);
  int prepared = 0;
  int fails_from = 3;
  config.on_prepare = [&] {
    if (++prepared >= fails_from) throw std::bad_alloc();
  };
  for (const std::size_t workers : {0, 2}) {
    prepared = 0;
    fails_from = 3;
    Loader loader(config, full_options(workers));
    const auto iteration = loader.core->begin();
    CHECK(Loader::values(loader.core->next(iteration)) == expected_batch(config, 0, 0));
    CHECK(Loader::values(loader.core->next(iteration)) == expected_batch(config, 0, 1));
    CHECK_THROWS_AS(loader.core->next(iteration), std::bad_alloc);
    fails_from = 1000;
    CHECK(loader.rest(iteration) == loader.expected(0, 2));
  }
}

TEST_CASE("memory that cannot be had for the next epoch is no error in this one") {
  auto config = numbers(4, 2);
  int prepared = 0;
  bool failing = true;
  config.on_prepare = [&] {
    if (++prepared > 3 && failing) throw std::bad_alloc();
  };
  Loader loader(config, full_options(2, 4));
  CHECK(loader.epoch() == loader.expected(0));
  CHECK(prepared > 4);  // one of the next epoch is there, and others were tried
  failing = false;
  CHECK(loader.epoch() == loader.expected(1));
}

TEST_CASE("what was foreseen is used only where it is what comes: the next epoch, from its first batch") {
  auto config = numbers(6, 2);
  const auto options = full_options(2, 4);
  FakeSource source(config);
  detail::Window window(source, options, {});
  const std::atomic<bool> stop{false};
  const auto take = [&] {
    REQUIRE(window.prepare_next());
    const auto values = Loader::values(window.take(stop).job);
    window.refill();
    return values;
  };
  const auto begin = [&](std::uint64_t epoch, std::size_t batch, bool foreseen_is_front) {
    window.open(epoch, batch, foreseen_is_front);
    window.start();
  };
  begin(0, 0, false);
  for (std::size_t i = 0; i < 3; ++i) CHECK(take() == expected_batch(config, 0, i));
  CHECK_FALSE(window.prepare_next());
  CHECK(source.starts == 2);  // the second one foresees
  begin(1, 2, true);
  CHECK(source.starts == 4);  // it, and the one that it foresees
  CHECK(take() == expected_batch(config, 1, 2));
  CHECK_FALSE(window.prepare_next());
  begin(2, 0, true);
  CHECK(source.starts == 5);  // only the one that it foresees
  CHECK(take() == expected_batch(config, 2, 0));
}

TEST_CASE("what a source throws at the beginning of an epoch leaves the loader as it was") {
  auto config = numbers(4, 2);
  bool failing = true;
  config.on_start = [&] {
    if (failing) throw std::logic_error("start");
  };
  Loader loader(config, full_options(2));
  CHECK_THROWS_WITH(loader.core->begin(), "start");
  failing = false;
  CHECK(loader.epoch() == loader.expected(0));
}

TEST_CASE("the bytes in flight stay within what is allowed, and are counted") {
  auto config = numbers(100, 10);  // 1000 bytes a batch
  auto options = full_options(2, 8);
  SECTION("three fit") { options.max_bytes_in_flight = 3999; }
  SECTION("one is always allowed") { options.max_bytes_in_flight = 10; }
  Loader loader(config, options);
  CHECK(loader.epoch() == loader.expected(0));
  CHECK(loader.core->stats().peak_bytes_in_flight == (*options.max_bytes_in_flight == 10 ? 1000 : 3000));
  CHECK(loader.core->stats().bytes_in_flight ==
        (*options.max_bytes_in_flight == 10 ? 1000 : 3000));  // of the next epoch
  loader.core->join();
  CHECK(loader.core->stats().bytes_in_flight == 0);
}
