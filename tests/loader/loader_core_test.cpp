#include <boxfeed/core/random.h>
#include <boxfeed/loader/detail/loader_core.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <opencv2/core/utility.hpp>
#include <thread>

#include "loader/fake_source.h"
#include "support/catch.h"

using namespace boxfeed;
using namespace boxfeed::detail;
using boxfeed::testing::expected_batch;
using boxfeed::testing::FakeSource;
using boxfeed::testing::NumberJob;
using Catch::Matchers::ContainsSubstring;
using std::chrono::milliseconds;
using Batches = std::vector<std::vector<long>>;

namespace {

CoreOptions core_options(std::size_t workers, std::size_t prefetch = 3) {
  CoreOptions options;
  options.workers = workers;
  options.prefetch = prefetch;
  options.max_jobs = 2 * workers;
  options.prefetch_next_epoch = true;
  return options;
}

/// A core over a fake source, and the source itself.
struct Loader {
  Loader(FakeSource::Config config_, CoreOptions options) : config(config_) {
    auto owned = std::make_unique<FakeSource>(config);
    source = owned.get();
    core = std::make_unique<LoaderCore>(std::move(owned), std::move(options));
  }

  static std::vector<long> values(const std::shared_ptr<Job>& job) {
    return static_cast<const NumberJob&>(*job).values();
  }
  /// All that is left of an iteration.
  Batches rest(std::uint64_t iteration) {
    Batches batches;
    while (const auto job = core->next(iteration)) batches.push_back(values(job));
    return batches;
  }
  Batches epoch() { return rest(core->begin()); }
  Batches expected(std::uint64_t epoch, std::size_t from = 0) const {
    Batches batches;
    for (std::size_t i = from; i < source->batches(); ++i) batches.push_back(expected_batch(config, epoch, i));
    return batches;
  }

  FakeSource::Config config;
  FakeSource* source;
  std::unique_ptr<LoaderCore> core;
};

FakeSource::Config numbers(std::size_t examples, std::size_t batch_size) {
  FakeSource::Config config;
  config.examples = examples;
  config.batch_size = batch_size;
  return config;
}

template <typename Call>
Error error_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  FAIL("nothing was thrown");
  throw 0;
}

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

TEST_CASE("An error comes at its batch's place, each batch once, and the others come complete") {
  for (const std::size_t workers : {0, 1, 3}) {
    auto config = numbers(12, 3);
    const auto order = random_permutation(12, 0, 0);
    // The first, one in the middle and the last.
    config.work = [&](std::size_t index) {
      if (index == order[0] || index == order[7]) throw ImageError(Reason::kCorrupt, "bad.jpg", std::to_string(index));
      if (index == order[11]) throw 42;
    };
    Loader loader(config, core_options(workers));
    const auto iteration = loader.core->begin();
    try {
      loader.core->next(iteration);
      FAIL("nothing was thrown");
    } catch (const ImageError& error) {
      CHECK(error.what() == "image \"bad.jpg\": " + std::to_string(order[0]));
    }
    CHECK(Loader::values(loader.core->next(iteration)) == expected_batch(config, 0, 1));
    CHECK_THROWS_AS(loader.core->next(iteration), ImageError);
    CHECK_THROWS_AS(loader.core->next(iteration), int);
    CHECK(loader.core->next(iteration) == nullptr);

    REQUIRE(loader.core->errors().size() == 3);
    CHECK(loader.core->errors()[0].index == order[0]);
    CHECK(loader.core->errors()[0].reason == Reason::kCorrupt);
    CHECK(loader.core->errors()[0].path == "bad.jpg");
    CHECK(loader.core->errors()[1].index == order[7]);
    CHECK(loader.core->errors()[2].message == "an exception that is not a std::exception");
    CHECK(loader.core->stats().failed == 3);
  }
}

TEST_CASE("Every example bad: each batch throws, and the epoch ends") {
  auto config = numbers(10, 3);
  config.work = [](std::size_t) { throw std::bad_alloc(); };
  Loader loader(config, core_options(2));
  const auto iteration = loader.core->begin();
  for (int i = 0; i < 4; ++i) CHECK_THROWS_AS(loader.core->next(iteration), std::bad_alloc);
  CHECK(loader.core->next(iteration) == nullptr);
  CHECK(loader.core->stats().examples == 0);
}

TEST_CASE("Skipping shortens the batch within a budget, and leaves an empty one out") {
  auto config = numbers(9, 3);
  const auto order = random_permutation(9, 0, 0);
  config.work = [&](std::size_t index) {
    if (index == order[1] || index == order[3] || index == order[4] || index == order[5]) {
      throw Error(Reason::kNotFound, "file " + std::to_string(index) + " is missing", std::to_string(index) + ".jpg");
    }
  };
  auto options = core_options(2);
  options.error_policy = ErrorPolicy::kSkip;
  SECTION("within the budget") {
    options.max_errors = 4;
    Loader loader(config, options);
    CHECK(loader.epoch() ==
          Batches{{long(order[0]), long(order[2])}, {long(order[6]), long(order[7]), long(order[8])}});
    CHECK(loader.core->errors().size() == 4);
    CHECK(loader.core->stats().batches == 2);
    CHECK(loader.core->stats().examples == 5);
    CHECK(loader.core->stats().failed == 4);
  }
  SECTION("a share") {
    options.max_errors = 0.45;  // 4 of 9
    Loader loader(config, options);
    CHECK(loader.epoch().size() == 2);
  }
  SECTION("beyond it, in the epoch that it happens in") {
    options.max_errors = 3;
    Loader loader(config, options);
    const auto iteration = loader.core->begin();
    CHECK(loader.core->next(iteration) != nullptr);
    const Error error = error_of([&] { loader.core->next(iteration); });
    CHECK(error.reason() == Reason::kErrorBudget);
    CHECK_THAT(error.what(), ContainsSubstring("4 examples of epoch 0 could not be loaded, allowed are 3"));
    CHECK_THAT(error.what(), ContainsSubstring("4 not_found"));
    CHECK_THAT(error.what(), ContainsSubstring("file " + std::to_string(order[1]) + " is missing"));
    CHECK_THROWS_AS(loader.core->next(iteration), Error);  // that iteration has ended
    CHECK(loader.core->begin() > iteration);
  }
  SECTION("no error is allowed unless it is said") {
    Loader loader(config, options);
    const auto iteration = loader.core->begin();
    CHECK(error_of([&] { loader.core->next(iteration); }).reason() == Reason::kErrorBudget);
  }
}

TEST_CASE("The message of a spent budget shows twenty cases") {
  auto config = numbers(50, 50);
  config.work = [](std::size_t index) {
    if (index % 2 == 0) throw std::runtime_error("case");
    throw Error(Reason::kCorrupt, "case");
  };
  auto options = core_options(1);
  options.error_policy = ErrorPolicy::kSkip;
  options.max_errors = 0.5;
  Loader loader(config, options);
  const auto iteration = loader.core->begin();
  const std::string text = error_of([&] { loader.core->next(iteration); }).what();
  std::size_t shown = 0;
  for (std::size_t at = 0; (at = text.find("\n  case", at)) != std::string::npos; ++at) ++shown;
  CHECK(shown == 20);
  CHECK_THAT(text, ContainsSubstring("allowed are 25 (max_errors: 50 %): 25 corrupt, 25 other"));
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

TEST_CASE("The next epoch's first batches are loaded while the caller is elsewhere, or not, by option") {
  for (const bool ahead : {true, false}) {
    std::atomic<int> loaded{0};
    auto config = numbers(12, 2);
    config.work = [&](std::size_t) { ++loaded; };
    auto options = core_options(2, 3);
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

TEST_CASE("No example is loaded twice by what is foreseen") {
  std::vector<std::atomic<int>> loads(5);
  auto config = numbers(5, 2);
  config.work = [&](std::size_t index) { ++loads[index]; };
  auto loader = std::make_unique<Loader>(config, core_options(3, 7));
  for (int epoch = 0; epoch < 4; ++epoch) loader->epoch();
  loader->core->join();
  for (const auto& count : loads) CHECK(count <= 5);
  for (const auto& count : loads) CHECK(count >= 4);
}

TEST_CASE("A source that is not seeded is asked as often as LibTorch's loader would ask, and not later") {
  auto config = numbers(20, 2);
  config.seeded = false;
  auto options = core_options(2, 3);
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

  Loader inline_loader(config, core_options(0));
  const auto other = inline_loader.core->begin();
  CHECK(inline_loader.source->asked == 0);
  inline_loader.core->next(other);
  CHECK(inline_loader.source->asked == 1);
}

TEST_CASE("What a sampler throws comes after the batches that were asked for before, and nothing is lost") {
  auto config = numbers(12, 2);
  int calls = 0;
  config.on_next = [&] {
    if (++calls == 4) throw std::logic_error("sampler");
  };
  for (const bool seeded : {true, false}) {
    calls = 0;
    config.seeded = seeded;
    Loader loader(config, core_options(2));
    const auto iteration = loader.core->begin();
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(Loader::values(loader.core->next(iteration)) == expected_batch(config, 0, i));
    }
    CHECK_THROWS_AS(loader.core->next(iteration), std::logic_error);
    CHECK(loader.core->begin() > iteration);
  }
}

TEST_CASE("Memory that cannot be had is an error only when nothing else is under way; then it can be tried again") {
  auto config = numbers(12, 2);
  int prepared = 0;
  int fails_from = 3;
  config.on_prepare = [&] {
    if (++prepared >= fails_from) throw std::bad_alloc();
  };
  for (const std::size_t workers : {0, 2}) {
    prepared = 0;
    fails_from = 3;
    Loader loader(config, core_options(workers));
    const auto iteration = loader.core->begin();
    CHECK(Loader::values(loader.core->next(iteration)) == expected_batch(config, 0, 0));
    CHECK(Loader::values(loader.core->next(iteration)) == expected_batch(config, 0, 1));
    CHECK_THROWS_AS(loader.core->next(iteration), std::bad_alloc);
    fails_from = 1000;
    CHECK(loader.rest(iteration) == loader.expected(0, 2));
  }
}

TEST_CASE("The bytes in flight stay within what is allowed, and are counted") {
  auto config = numbers(100, 10);  // 1000 bytes a batch
  auto options = core_options(2, 8);
  SECTION("three fit") { options.max_bytes = 3999; }
  SECTION("one is always allowed") { options.max_bytes = 10; }
  Loader loader(config, options);
  CHECK(loader.epoch() == loader.expected(0));
  CHECK(loader.core->stats().peak_bytes_in_flight == (*options.max_bytes == 10 ? 1000 : 3000));
  CHECK(loader.core->stats().bytes_in_flight == (*options.max_bytes == 10 ? 1000 : 3000));  // of the next epoch
  loader.core->join();
  CHECK(loader.core->stats().bytes_in_flight == 0);
}

TEST_CASE("State: exact at every step, with another number of workers too, and equal after it was loaded") {
  for (const std::size_t workers : {0, 1, 3}) {
    auto config = numbers(23, 4);
    for (std::size_t step = 0; step <= 13; ++step) {
      Loader first(config, core_options(workers));
      auto iteration = first.core->begin();
      std::uint64_t epoch = 0;
      std::size_t batch = 0;
      for (std::size_t i = 0; i < step; ++i) {
        if (first.core->next(iteration)) {
          ++batch;
        } else {
          iteration = first.core->begin();
          ++epoch;
          batch = 0;
        }
      }
      const std::string state = first.core->state();
      CHECK(state.size() < 1024);
      Loader second(config, core_options(3 - workers, 1 + step % 4));
      if (step % 2 == 0) second.core->next(second.core->begin());  // a used one
      if (step % 3 == 0) second.core->load_state(state);           // twice
      second.core->load_state(state);
      CHECK(second.core->state() == state);
      CHECK(second.epoch() == first.expected(epoch, batch));
      CHECK(second.epoch() == first.expected(epoch + 1));
    }
  }
}

TEST_CASE("State after the end of an epoch, after leaving one, after set_epoch, and before anything") {
  Loader loader(numbers(6, 2), core_options(2));
  const auto at = [&] {
    const std::string state = loader.core->state();
    return state.substr(0, state.find(",\"failed"));
  };
  CHECK(at() == R"({"format":1,"epoch":0,"batch":0)");
  auto iteration = loader.core->begin();
  CHECK(at() == R"({"format":1,"epoch":0,"batch":0)");
  for (int i = 0; i < 3; ++i) loader.core->next(iteration);
  CHECK(at() == R"({"format":1,"epoch":0,"batch":3)");
  const std::string at_last_batch = loader.core->state();
  loader.core->next(iteration);
  CHECK(at() == R"({"format":1,"epoch":1,"batch":0)");
  iteration = loader.core->begin();
  loader.core->next(iteration);
  loader.core->set_epoch(5);
  CHECK(at() == R"({"format":1,"epoch":1,"batch":1)");  // still under way
  loader.core->abandon(iteration);
  CHECK(at() == R"({"format":1,"epoch":5,"batch":0)");
  loader.core->load_state(at_last_batch);
  CHECK(loader.core->epoch() == 0);
  CHECK(loader.epoch().empty());  // nothing was left of epoch 0
  CHECK(loader.epoch() == loader.expected(1));
}

TEST_CASE("The failures of an epoch are part of the state, so that a budget holds over a resume") {
  auto config = numbers(6, 2);
  config.work = [&](std::size_t index) {
    if (index % 2 == 0) throw std::runtime_error("even");
  };
  auto options = core_options(1);
  options.error_policy = ErrorPolicy::kSkip;
  options.max_errors = 2;
  Loader first(config, options);
  const auto iteration = first.core->begin();
  std::string state;
  try {
    for (;;) {
      first.core->next(iteration);
      state = first.core->state();
    }
  } catch (const Error&) {
  }
  Loader second(config, options);
  second.core->load_state(state);
  CHECK(error_of([&] { second.epoch(); }).reason() == Reason::kErrorBudget);
}

TEST_CASE("A state of something else is refused, with what differs") {
  Loader loader(numbers(10, 2), core_options(1));
  const std::string state = loader.core->state();
  const auto refusal = [&](const Loader& other, const std::string& text) {
    return error_of([&] { other.core->load_state(text); });
  };
  Loader other_batch(numbers(10, 5), core_options(1));
  CHECK(refusal(other_batch, state).reason() == Reason::kBadState);
  CHECK_THAT(refusal(other_batch, state).what(),
             ContainsSubstring(R"(batch_size: the state has "2", this loader "5")"));
  Loader other_data(numbers(11, 2), core_options(1));
  CHECK(refusal(other_data, state).reason() == Reason::kDatasetChanged);

  const auto edited = [&](const std::string& from, const std::string& to) {
    std::string text = state;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  CHECK(refusal(loader, "").reason() == Reason::kBadState);
  CHECK(refusal(loader, "[]").reason() == Reason::kBadState);
  CHECK(refusal(loader, state.substr(0, state.size() - 1)).reason() == Reason::kBadState);
  CHECK(refusal(loader, std::string(100000, ' ')).reason() == Reason::kBadState);
  CHECK(refusal(loader, std::string(4000, '[')).reason() == Reason::kBadState);
  CHECK(refusal(loader, edited("\"batch\":0", "\"batch\":-1")).reason() == Reason::kBadState);
  CHECK(refusal(loader, edited("\"batch\":0", "\"batch\":1.5")).reason() == Reason::kBadState);
  CHECK(refusal(loader, edited("\"batch\":0", "\"batch\":NaN")).reason() == Reason::kBadState);
  CHECK(refusal(loader, edited("\"batch\":0", "\"batch\":1e99")).reason() == Reason::kBadState);
  CHECK(refusal(loader, edited("\"batch\":0", "\"batch\":6")).reason() == Reason::kBadState);
  CHECK(refusal(loader, edited("\"batch\":0,", "")).reason() == Reason::kBadState);
  CHECK(refusal(loader, edited("\"loader\"", "\"louder\"")).reason() == Reason::kBadState);
  CHECK(refusal(loader, edited("\"2\"", "2")).reason() == Reason::kBadState);
  CHECK(refusal(loader, edited("\"dataset\":\"10\"", "\"more\":\"10\"")).reason() == Reason::kDatasetChanged);
  CHECK(refusal(loader, edited("\"format\":1", "\"format\":2")).reason() == Reason::kFormatVersion);
  CHECK_NOTHROW(loader.core->load_state(edited("\"batch\":0", "\"batch\":5")));
}

TEST_CASE("Without order there is no state") {
  auto options = core_options(2);
  options.ordered = false;
  Loader loader(numbers(4, 2), options);
  CHECK(error_of([&] { loader.core->state(); }).reason() == Reason::kUnsupported);
}

TEST_CASE("OpenCV's threads are one while workers run, and as before afterwards") {
  cv::setNumThreads(2);
  {
    Loader loader(numbers(10, 2), core_options(2));
    Loader other(numbers(10, 2), core_options(2));
    const auto iteration = loader.core->begin();
    loader.core->next(iteration);
    CHECK(cv::getNumThreads() == 1);
    other.epoch();
    CHECK(cv::getNumThreads() == 1);
    loader.rest(iteration);
    CHECK(cv::getNumThreads() == 2);
    loader.core->begin();
    CHECK(cv::getNumThreads() == 1);
    loader.core->join();
    CHECK(cv::getNumThreads() == 2);
    loader.core->begin();
    other.core->abandon(other.core->begin());
    CHECK(cv::getNumThreads() == 1);
  }
  CHECK(cv::getNumThreads() == 2);
  Loader inline_loader(numbers(10, 2), core_options(0));
  inline_loader.core->begin();
  CHECK(cv::getNumThreads() == 2);
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
