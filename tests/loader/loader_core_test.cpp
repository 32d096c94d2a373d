#include <boxfeed/core/random.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "loader/fake_loader.h"
#include "support/catch.h"

using namespace boxfeed;
using namespace boxfeed::testing;
using Catch::Matchers::ContainsSubstring;
using std::chrono::milliseconds;
using Loader = FakeLoader;

TEST_CASE("epoch after epoch, the same batches by any number of workers, seeded or not") {
  for (const bool seeded : {true, false}) {
    for (const std::size_t workers : {0, 1, 2, 8}) {
      auto config = numbers(25, 4);
      config.seeded = seeded;
      Loader loader(config, full_options(workers));
      for (std::uint64_t epoch = 0; epoch < 4; ++epoch) {
        CHECK(loader.epoch() == loader.expected(epoch));
        CHECK(loader.core->epoch() == epoch);
      }
      CHECK(loader.core->batches() == 7);
    }
  }
}

TEST_CASE("a source that says the end of an epoch by empty batches") {
  for (const std::size_t workers : {0, 1, 3}) {
    auto config = numbers(25, 4);
    config.stateful = true;
    Loader loader(config, full_options(workers));
    for (std::uint64_t epoch = 0; epoch < 6; ++epoch) {
      if (epoch % 2 == 0) {
        CHECK(loader.epoch() == loader.expected(epoch));
      } else {
        CHECK(Loader::values(loader.core->next(loader.core->begin())) == expected_batch(config, epoch, 0));
      }
    }
    CHECK(loader.source->starts == 6);
    CHECK(loader.core->stats().examples == 3 * 25 + 3 * 4);
  }
}

TEST_CASE("a batch of a stateful source whose examples are all bad is an error, and not the end") {
  for (const std::size_t workers : {0, 1}) {
    auto config = numbers(6, 2);
    config.stateful = true;
    const auto order = random_permutation(6, 0, 0);
    config.work = [&](std::size_t index) {
      if (index == order[0] || index == order[1]) throw std::runtime_error("bad");
    };
    Loader loader(config, full_options(workers));
    const auto iteration = loader.core->begin();
    CHECK_THROWS_WITH(loader.core->next(iteration), "bad");
    CHECK(loader.rest(iteration) == loader.expected(0, 1));
  }
}

TEST_CASE("a timeout names the example, and the batch can still be had") {
  auto config = numbers(4, 2);
  std::mutex mutex;
  std::condition_variable changed;
  bool open = false;
  const auto order = random_permutation(4, 0, 0);
  config.work = [&](std::size_t index) {
    if (index != order[1]) return;
    std::unique_lock<std::mutex> lock(mutex);
    changed.wait(lock, [&] { return open; });
  };
  auto options = full_options(2);
  options.timeout = milliseconds(30);
  Loader loader(config, options);
  const auto iteration = loader.core->begin();
  const Error error = error_of([&] { loader.core->next(iteration); });
  CHECK(error.reason() == Reason::kTimeout);
  CHECK_THAT(error.what(),
             ContainsSubstring("no batch after 30 ms: example " + std::to_string(order[1]) + " has been loading for "));
  {
    const std::lock_guard<std::mutex> lock(mutex);
    open = true;
  }
  changed.notify_all();
  for (;;) {  // a busy machine may take longer than 30 ms once more
    try {
      CHECK(loader.rest(iteration).back() == expected_batch(config, 0, 1));
      break;
    } catch (const Error&) {
    }
  }
}

TEST_CASE("a stop that is requested while the caller waits ends the loop, and the state says where") {
  auto config = numbers(10, 2);
  std::atomic<bool> waiting{false};
  std::atomic<bool> open{false};
  const auto order = random_permutation(10, 0, 0);
  config.work = [&](std::size_t index) {
    if (index != order[4]) return;
    waiting = true;
    while (!open) std::this_thread::yield();
  };
  Loader loader(config, full_options(2));
  int ended = 0;
  loader.core->on_epoch_end([&](std::uint64_t) { ++ended; });
  const auto iteration = loader.core->begin();
  CHECK(loader.core->next(iteration) != nullptr);
  CHECK(loader.core->next(iteration) != nullptr);
  std::thread signal([&] {
    while (!waiting) std::this_thread::yield();
    loader.core->request_stop();
  });
  CHECK(loader.core->next(iteration) == nullptr);
  signal.join();
  open = true;
  CHECK(ended == 0);
  CHECK_THAT(loader.core->state(), ContainsSubstring("\"epoch\":0,\"batch\":2"));
  CHECK(loader.epoch().empty());  // it stays stopped
}

TEST_CASE("hooks run once at the end of each epoch, not when it is left, one that throws hurts nothing") {
  Loader loader(numbers(6, 2), full_options(2));
  std::vector<std::uint64_t> ended;
  loader.core->on_epoch_end([&](std::uint64_t epoch) {
    ended.push_back(epoch);
    if (epoch == 2) throw std::runtime_error("hook");
  });
  loader.epoch();
  loader.core->next(loader.core->begin());
  const auto iteration = loader.core->begin();
  CHECK_THROWS_WITH(loader.rest(iteration), "hook");
  CHECK(loader.epoch() == loader.expected(3));
  CHECK(ended == std::vector<std::uint64_t>{0, 2, 3});
}

TEST_CASE("of several hooks each runs, in the order in which they were added, and one that a hook adds, too") {
  Loader loader(numbers(4, 2), full_options(1));
  std::vector<int> ran;
  loader.core->on_epoch_end([&](std::uint64_t epoch) {
    ran.push_back(1);
    if (epoch == 0) loader.core->on_epoch_end([&](std::uint64_t) { ran.push_back(3); });
  });
  loader.core->on_epoch_end([&](std::uint64_t) { ran.push_back(2); });
  loader.epoch();
  CHECK(ran == std::vector<int>{1, 2, 3});
  loader.epoch();
  CHECK(ran == std::vector<int>{1, 2, 3, 1, 2, 3});
}

TEST_CASE("what is held while workers load is let go at the end of each loop, however it ends") {
  auto config = numbers(6, 2);
  bool failing = false;
  config.on_start = [&] {
    if (failing) throw std::logic_error("start");
  };
  int held = 0;
  const auto hold = [&] {
    ++held;
    return std::shared_ptr<void>(nullptr, [&](void*) { --held; });
  };
  Loader loader(config, full_options(2), {}, hold);
  CHECK(held == 0);
  auto iteration = loader.core->begin();
  CHECK(held == 1);
  loader.rest(iteration);
  CHECK(held == 0);
  loader.core->begin();
  iteration = loader.core->begin();
  CHECK(held == 1);
  loader.core->abandon(iteration);
  CHECK(held == 0);
  loader.core->begin();
  loader.core->join();
  CHECK(held == 0);
  failing = true;
  loader.core->set_epoch(7);
  CHECK_THROWS_AS(loader.core->begin(), std::logic_error);
  CHECK(held == 0);
  Loader inline_loader(numbers(6, 2), full_options(0), {}, hold);
  inline_loader.core->begin();
  CHECK(held == 0);
}

TEST_CASE("a batch by number before a loop is that loop's, though the order is drawn when the source is begun") {
  for (const std::size_t workers : {0, 2}) {
    auto config = numbers(10, 3);
    config.seeded = false;
    Loader loader(config, full_options(workers));
    CHECK(Loader::values(loader.core->at(0)) == expected_batch(config, 0, 0));
    CHECK(Loader::values(loader.core->at(3)) == expected_batch(config, 0, 3));
    CHECK(loader.source->starts == 1);
    loader.core->join();
    CHECK(loader.epoch() == loader.expected(0));
    CHECK(loader.source->starts == 1);  // it was begun already
    CHECK(loader.epoch() == loader.expected(1));
    CHECK(Loader::values(loader.core->at(1)) == expected_batch(config, 1, 1));
    CHECK(loader.source->starts == 2);
    for (const std::uint64_t epoch : {5, 1, 1}) {
      loader.core->set_epoch(epoch);
      const int starts = loader.source->starts;
      CHECK(Loader::values(loader.core->at(2)) == expected_batch(config, epoch, 2));
      CHECK(loader.epoch() == loader.expected(epoch));
      CHECK(loader.source->starts == starts + 1);
    }
  }
}

TEST_CASE("any batch of the current epoch can be had, whatever is being iterated") {
  for (const std::size_t workers : {0, 2}) {
    Loader loader(numbers(10, 3), full_options(workers));
    CHECK(Loader::values(loader.core->at(3)) == expected_batch(loader.config, 0, 3));
    const auto iteration = loader.core->begin();
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(Loader::values(loader.core->at(3 - i)) == expected_batch(loader.config, 0, 3 - i));
      CHECK(Loader::values(loader.core->next(iteration)) == expected_batch(loader.config, 0, i));
    }
    CHECK(loader.core->next(iteration) == nullptr);
    CHECK(Loader::values(loader.core->at(1)) == expected_batch(loader.config, 0, 1));
    loader.core->set_epoch(7);
    CHECK(loader.core->epoch() == 7);
    CHECK(Loader::values(loader.core->at(1)) == expected_batch(loader.config, 7, 1));
    CHECK_THROWS_AS(loader.core->at(4), std::out_of_range);
  }
}

TEST_CASE("an error of a batch asked for by number is thrown where nothing of the batch is left") {
  auto config = numbers(4, 2);
  const auto order = random_permutation(4, 0, 0);
  config.work = [&](std::size_t index) {
    if (index != order[0]) throw std::runtime_error("bad");
  };
  auto options = full_options(1);
  Loader strict(config, options);
  CHECK_THROWS_WITH(strict.core->at(0), "bad");
  options.error_policy = ErrorPolicy::kSkip;
  Loader skipping(config, options);
  CHECK(Loader::values(skipping.core->at(0)) == std::vector<long>{static_cast<long>(order[0])});
  CHECK_THROWS_WITH(skipping.core->at(1), "bad");
  CHECK(skipping.core->errors().empty());
}

TEST_CASE("statistics add up") {
  auto config = numbers(20, 5);
  config.work = [](std::size_t) { std::this_thread::sleep_for(milliseconds(1)); };
  Loader loader(config, full_options(2));
  CHECK(loader.core->stats().workers == 0);
  loader.epoch();
  const LoaderStats stats = loader.core->stats();
  CHECK(stats.examples == 20);
  CHECK(stats.batches == 4);
  CHECK(stats.workers == 2);
  CHECK(stats.busy >= 0.020);
  CHECK(stats.waited > 0);
  CHECK(stats.waited <= stats.seconds);
  CHECK(stats.seconds >= 0.010);
  CHECK(stats.examples_per_second() == Approx(20 / stats.seconds));
  CHECK(stats.wait_share() == Approx(stats.waited / stats.seconds));
  loader.core->reset_stats();
  CHECK(loader.core->stats().examples == 0);
  CHECK(loader.core->stats().workers == 2);
}

TEST_CASE("statistics count the time of loops, also while one runs, and begin anew when they are reset") {
  Loader loader(numbers(20, 5), full_options(1));
  const auto passed = [&] {
    const double before = loader.core->stats().seconds;
    std::this_thread::sleep_for(milliseconds(5));
    return loader.core->stats().seconds - before;
  };
  CHECK(passed() == 0);
  const auto iteration = loader.core->begin();
  CHECK(loader.core->next(iteration));
  CHECK(passed() >= 0.005);
  loader.core->reset_stats();
  CHECK(loader.core->stats().seconds < 100);
  CHECK(passed() >= 0.005);
  loader.rest(iteration);
  CHECK(passed() == 0);
}

TEST_CASE("statistics say how many batches are ready when one is asked for") {
  std::atomic<std::size_t> loaded{0};
  auto config = numbers(6, 1);
  config.work = [&](std::size_t) { ++loaded; };
  auto options = full_options(1, 2);
  options.prefetch_next_epoch = false;
  Loader loader(config, options);
  CHECK(loader.core->stats().ready == 0);
  const auto iteration = loader.core->begin();
  std::size_t taken = 0;
  do {  // ask only when both batches that may be ahead have been loaded for a while
    while (loaded < std::min<std::size_t>(taken + 2, 6)) std::this_thread::yield();
    std::this_thread::sleep_for(milliseconds(20));
    ++taken;
  } while (loader.core->next(iteration));
  const double ready = loader.core->stats().ready;
  CHECK(ready > 0);
  CHECK(ready <= 2);
}
