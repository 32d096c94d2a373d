#include <boxfeed/core/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <functional>
#include <mutex>
#include <thread>

#include "loader/fake_loader.h"
#include "support/catch.h"

using namespace boxfeed;
using namespace boxfeed::testing;
using boxfeed::detail::CoreOptions;
using Catch::Matchers::ContainsSubstring;
using Loader = FakeLoader;
using std::chrono::milliseconds;

namespace {

std::size_t threads_of_process() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::size_t count = 0;
    if (word == "Threads:" && status >> count) return count;
  }
  return 0;
}

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

TEST_CASE("Epoch after epoch, the same batches by any number of workers, seeded or not") {
  for (const bool seeded : {true, false}) {
    for (const std::size_t workers : {0, 1, 2, 8}) {
      auto config = numbers(25, 4);
      config.seeded = seeded;
      Loader loader(config, core_options(workers));
      for (std::uint64_t epoch = 0; epoch < 4; ++epoch) {
        CHECK(loader.epoch() == loader.expected(epoch));
        CHECK(loader.core->epoch() == epoch);
      }
      CHECK(loader.core->batches() == 7);
    }
  }
}

TEST_CASE("A source that says the end of an epoch by empty batches") {
  for (const std::size_t workers : {0, 1, 3}) {
    auto config = numbers(25, 4);
    config.stateful = true;
    Loader loader(config, core_options(workers));
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

TEST_CASE("Random configurations: every example once an epoch, in the right order, whatever is done in between") {
  Random random(2, 0, 0);
  for (int round = 0; round < 10000; ++round) {
    auto config = numbers(random.below(30), 1 + random.below(9));
    config.seeded = random.below(2) == 0;
    config.drop_last = random.below(2) == 0;
    config.seed = random.bits();
    CoreOptions options = core_options(random.below(round % 10 == 0 ? 9 : 3), 1 + random.below(6));
    options.max_jobs = 1 + random.below(6);
    options.prefetch_next_epoch = random.below(2) == 0;
    if (random.below(4) == 0) options.max_bytes = random.below(2000);
    Loader loader(config, options);
    std::uint64_t epoch = 0;
    for (int turn = 0; turn < 3; ++turn, ++epoch) {
      const std::uint64_t iteration = loader.core->begin();
      REQUIRE(loader.core->epoch() == epoch);
      if (random.below(3) == 0) {  // leaves early
        const auto steps = random.below(loader.source->batches() + 1);
        for (std::size_t i = 0; i < steps; ++i) {
          REQUIRE(Loader::values(loader.core->next(iteration)) == expected_batch(config, epoch, i));
        }
        if (random.below(2) == 0) loader.core->abandon(iteration);
      } else {
        REQUIRE(loader.rest(iteration) == loader.expected(epoch));
      }
      if (random.below(4) == 0) {
        epoch = random.below(100);
        loader.core->set_epoch(epoch + 1);
      }
    }
  }
}

TEST_CASE("Leaving, throwing, stopping and destroying at every step, by 0 to 8 workers, and going on afterwards") {
  for (std::size_t workers = 0; workers <= 8; ++workers) {
    for (std::size_t step = 0; step <= 5; ++step) {
      auto config = numbers(13, 3);
      std::atomic<bool> failing{true};
      config.work = [&](std::size_t index) {
        if (failing && index % 5 == 4) throw std::runtime_error("example " + std::to_string(index));
      };
      for (const int how : {0, 1, 2, 3, 4}) {
        failing = how == 1;
        Loader loader(config, core_options(workers));
        const auto iteration = loader.core->begin();
        int thrown = 0;
        std::size_t delivered = 0;
        for (std::size_t i = 0; i < step; ++i) {
          try {
            if (loader.core->next(iteration)) ++delivered;
          } catch (const std::runtime_error&) {
            ++thrown;
          }
        }
        if (how != 1) CHECK(delivered == step);
        if (how == 2) continue;  // destroyed while everything is under way
        if (how == 3) loader.core->join();
        if (how == 4) {
          loader.core->request_stop();
          CHECK(loader.core->next(iteration) == nullptr);
          CHECK(loader.core->stop_requested());
          continue;
        }
        failing = false;
        CHECK(loader.epoch() == loader.expected(1));
      }
    }
  }
}

TEST_CASE("A timeout names the example, and the batch can still be had") {
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
  auto options = core_options(2);
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

TEST_CASE("A stop that is requested while the caller waits ends the loop, and the state says where") {
  auto config = numbers(10, 2);
  std::atomic<bool> waiting{false};
  std::atomic<bool> open{false};
  const auto order = random_permutation(10, 0, 0);
  config.work = [&](std::size_t index) {
    if (index != order[4]) return;
    waiting = true;
    while (!open) std::this_thread::yield();
  };
  Loader loader(config, core_options(2));
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

TEST_CASE("A second iteration ends the first") {
  Loader loader(numbers(10, 2), core_options(2));
  const auto first = loader.core->begin();
  const auto held = loader.core->next(first);
  const auto second = loader.core->begin();
  const Error error = error_of([&] { loader.core->next(first); });
  CHECK(error.reason() == Reason::kBusy);
  loader.core->abandon(first);  // does nothing to the second
  CHECK(loader.rest(second) == loader.expected(1));
  CHECK(Loader::values(held) == expected_batch(loader.config, 0, 0));
}

TEST_CASE("Entering the loader from what it calls, or from another thread, is an error and no dead-lock") {
  Loader* self = nullptr;
  std::atomic<int> busy{0};
  auto config = numbers(6, 2);
  const auto enter = [&] {
    try {
      self->core->stats();
    } catch (const Error& error) {
      if (error.reason() == Reason::kBusy) ++busy;
      throw;
    }
  };
  SECTION("the dataset, in the caller's thread") {
    config.work = [&](std::size_t) { enter(); };
    Loader loader(config, core_options(0));
    self = &loader;
    const auto iteration = loader.core->begin();
    CHECK_THROWS_AS(loader.core->next(iteration), Error);
    CHECK(busy == 2);
  }
  SECTION("the sampler") {
    config.on_next = enter;
    Loader loader(config, core_options(0));
    self = &loader;
    const auto iteration = loader.core->begin();
    CHECK_THROWS_AS(loader.core->next(iteration), Error);
    CHECK(busy == 1);
  }
  SECTION("a hook may") {
    Loader loader(config, core_options(2));
    std::uint64_t inner = 0;
    std::string state;
    loader.core->on_epoch_end([&](std::uint64_t epoch) {
      CHECK(epoch == 0);
      state = loader.core->state();
      inner = loader.core->begin();
    });
    CHECK(loader.epoch().size() == 3);
    CHECK_THAT(state, ContainsSubstring("\"epoch\":1,\"batch\":0"));
    CHECK(Loader::values(loader.core->next(inner)) == expected_batch(config, 1, 0));
  }
}

TEST_CASE("Hooks run once at the end of each epoch, not when it is left; one that throws hurts nothing") {
  Loader loader(numbers(6, 2), core_options(2));
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

TEST_CASE("Any batch of the current epoch can be had, whatever is being iterated") {
  for (const std::size_t workers : {0, 2}) {
    Loader loader(numbers(10, 3), core_options(workers));
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

TEST_CASE("An error of a batch asked for by number is thrown where nothing of the batch is left") {
  auto config = numbers(4, 2);
  const auto order = random_permutation(4, 0, 0);
  config.work = [&](std::size_t index) {
    if (index != order[0]) throw std::runtime_error("bad");
  };
  auto options = core_options(1);
  Loader strict(config, options);
  CHECK_THROWS_WITH(strict.core->at(0), "bad");
  options.error_policy = ErrorPolicy::kSkip;
  Loader skipping(config, options);
  CHECK(Loader::values(skipping.core->at(0)) == std::vector<long>{static_cast<long>(order[0])});
  CHECK_THROWS_WITH(skipping.core->at(1), "bad");
  CHECK(skipping.core->errors().empty());
}

TEST_CASE("No threads but the workers, however often it is begun and left") {
  const std::size_t before = threads_of_process();
  Loader loader(numbers(50, 2), core_options(4));
  CHECK(threads_of_process() == before);  // the threads come with the first use
  for (int i = 0; i < 200; ++i) loader.core->next(loader.core->begin());
  CHECK(threads_of_process() == before + 4);
  loader.core->join();
  CHECK(threads_of_process() == before);
  CHECK(loader.epoch().size() == 25);
}

TEST_CASE("A child process is refused, and may destroy its copy") {
  Loader loader(numbers(50, 2), core_options(2));
  const auto iteration = loader.core->begin();
  loader.core->next(iteration);
  const pid_t child = ::fork();
  if (child == 0) {
    int refused = 0;
    for (const auto& call : std::vector<std::function<void()>>{
             [&] { loader.core->next(iteration); }, [&] { loader.core->at(0); }, [&] { loader.core->begin(); }}) {
      try {
        call();
      } catch (const Error& error) {
        if (error.reason() == Reason::kForked) ++refused;
      }
    }
    loader.core->abandon(iteration);
    loader.core.reset();
    ::_exit(refused);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 3);
  CHECK(loader.rest(iteration) == loader.expected(0, 1));
}

TEST_CASE("A million batches in flat memory", "[long]") {
  auto config = numbers(40, 1);
  auto options = core_options(2, 8);
  Loader loader(config, options);
  const auto batches = [&](int count) {
    for (int done = 0; done < count;) {
      const auto iteration = loader.core->begin();
      while (loader.core->next(iteration)) ++done;
    }
  };
  batches(1000);
  const std::size_t before = resident_bytes();
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
  batches(20000);  // their shadow memory grows by itself
  CHECK(before > 0);
#else
  batches(1000000);
  CHECK(resident_bytes() < before + (1 << 20));
#endif
  CHECK(loader.core->stats().bytes_in_flight <= 800);
}

TEST_CASE("Statistics add up") {
  auto config = numbers(20, 5);
  config.work = [](std::size_t) { std::this_thread::sleep_for(milliseconds(1)); };
  Loader loader(config, core_options(2));
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
