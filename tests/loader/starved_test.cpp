// A machine that has no time for the workers: the output is the same, and nothing times out.
#include <boxfeed/core/random.h>
#include <sched.h>

#include <atomic>
#include <chrono>

#include "loader/fake_loader.h"
#include "loader/lock_jitter.h"
#include "support/catch.h"

using namespace boxfeed;
using namespace boxfeed::testing;
using Loader = FakeLoader;

namespace {

/// Three epochs, the second of them left early.
void check_epochs(Loader& loader, std::size_t leave_at) {
  CHECK(loader.epoch() == loader.expected(0));
  const auto iteration = loader.core->begin();
  for (std::size_t i = 0; i < leave_at; ++i) {
    CHECK(Loader::values(loader.core->next(iteration)) == expected_batch(loader.config, 1, i));
  }
  CHECK(loader.epoch() == loader.expected(2));
}

}  // namespace

TEST_CASE("with random sleeps at every lock the output is the same, by any number of workers") {
  const LockJitter jitter;
  const auto before = LockJitter::sleeps();
  Random random(4, 0, 0);
  for (int round = 0; round < 40; ++round) {
    auto config = numbers(30, 1 + random.below(6));
    config.seeded = random.below(2) == 0;
    FullDataLoaderOptions options = full_options(random.below(9), 1 + random.below(5));
    options.timeout = std::chrono::seconds(30);
    Loader loader(config, options);
    check_epochs(loader, random.below(loader.source->batches(0)));
  }
  if (LockJitter::works()) CHECK(LockJitter::sleeps() > before + 1000);
}

TEST_CASE("with workers that run only when nobody else does, all on one CPU, the output is the same") {
  for (const bool seeded : {true, false}) {
    constexpr std::size_t kWorkers = 3;
    auto config = numbers(12, 3);
    config.seeded = seeded;
    std::atomic<std::size_t> starved{0};
    auto options = full_options(kWorkers);
    options.timeout = std::chrono::seconds(60);
    const auto on_thread_start = [&] {
      const sched_param none{};
      cpu_set_t first;
      ::sched_getaffinity(0, sizeof first, &first);
      int cpu = 0;
      while (!CPU_ISSET(cpu, &first)) ++cpu;
      CPU_ZERO(&first);
      CPU_SET(cpu, &first);
      // Of this thread alone, which ends with the loader.
      if (::sched_setscheduler(0, SCHED_IDLE, &none) == 0 && ::sched_setaffinity(0, sizeof first, &first) == 0) {
        ++starved;
      }
    };
    Loader loader(config, options, on_thread_start);
    check_epochs(loader, 3);
    loader.core->join();
    CHECK(starved == kWorkers);
  }
}
