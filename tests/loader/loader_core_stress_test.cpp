#include <boxfeed/core/random.h>

#include <atomic>
#include <stdexcept>
#include <string>

#include "loader/fake_loader.h"
#include "support/catch.h"
#include "support/process.h"

using namespace boxfeed;
using namespace boxfeed::testing;
using Loader = FakeLoader;

TEST_CASE("random configurations: every example once an epoch, in the right order, whatever is done in between") {
  Random random(2, 0, 0);
  for (int round = 0; round < 10000; ++round) {
    auto config = numbers(random.below(30), 1 + random.below(9));
    config.seeded = random.below(2) == 0;
    config.drop_last = random.below(2) == 0;
    config.seed = random.bits();
    FullDataLoaderOptions options = full_options(random.below(round % 10 == 0 ? 9 : 3), 1 + random.below(6));
    options.max_jobs = 1 + random.below(6);
    options.prefetch_next_epoch = random.below(2) == 0;
    if (random.below(4) == 0) options.max_bytes_in_flight = random.below(2000);
    Loader loader(config, options);
    std::uint64_t epoch = 0;
    for (int turn = 0; turn < 3; ++turn, ++epoch) {
      const std::uint64_t iteration = loader.core->begin();
      REQUIRE(loader.core->epoch() == epoch);
      if (random.below(3) == 0) {  // leaves early
        const auto steps = random.below(loader.source->batches(0) + 1);
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

TEST_CASE("leaving, throwing, stopping and destroying at every step, by 0 to 8 workers, and going on afterwards") {
  for (std::size_t workers = 0; workers <= 8; ++workers) {
    for (std::size_t step = 0; step <= 5; ++step) {
      auto config = numbers(13, 3);
      std::atomic<bool> failing{true};
      config.work = [&](std::size_t index) {
        if (failing && index % 5 == 4) throw std::runtime_error("example " + std::to_string(index));
      };
      for (const int how : {0, 1, 2, 3, 4}) {
        failing = how == 1;
        Loader loader(config, full_options(workers));
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

TEST_CASE("a million batches in the caller's thread, and 200 000 by workers, in flat memory", "[long]") {
  // What is lost with a batch is 32 bytes of the heap at least: thirty and six million bytes.
  for (const std::size_t workers : {0, 2}) {
    Loader loader(numbers(40, 1), full_options(workers, 8));
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
    batches(workers == 0 ? 1'000'000 : 200'000);
    CHECK(resident_bytes() < before + (1 << 20));
#endif
    CHECK(loader.core->stats().bytes_in_flight <= 800);
  }
}
