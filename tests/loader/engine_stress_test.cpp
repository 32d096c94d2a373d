#include <boxfeed/core/random.h>

#include <chrono>
#include <deque>
#include <memory>
#include <stdexcept>

#include "loader/engine.h"
#include "loader/fake_job.h"
#include "support/catch.h"

using namespace boxfeed;
using namespace boxfeed::detail;
using boxfeed::testing::FakeJob;
using Outcome = Taken::Outcome;

TEST_CASE("at any step: take, run, cancel, restart, destroy, with random numbers of workers and places") {
  Random random(1, 0, 0);
  for (int round = 0; round < 400; ++round) {
    Engine engine(random.below(9));
    std::deque<std::shared_ptr<FakeJob>> flying;
    const auto steps = random.below(60);
    for (std::uint64_t step = 0; step < steps; ++step) {
      switch (random.below(8)) {
        case 0: {
          engine.cancel();
          flying.clear();
          if (random.below(2) == 0) engine.wait_idle();
          engine.restart();
          break;
        }
        case 1: {
          auto job = std::make_shared<FakeJob>(random.below(5));
          engine.run(job);
          REQUIRE(job->exactly_once());
          break;
        }
        case 2:
        case 3:
        case 4: {
          const Taken taken = engine.take();
          REQUIRE((taken.outcome == Outcome::kJob) == !flying.empty());
          if (flying.empty()) break;
          REQUIRE(taken.job == flying.front());
          REQUIRE(flying.front()->exactly_once());
          flying.pop_front();
          break;
        }
        default: {
          const bool throws = random.below(4) == 0;
          flying.push_back(std::make_shared<FakeJob>(random.below(6), [throws](std::size_t place) {
            if (throws && place % 2 == 0) throw std::runtime_error("thrown");
          }));
          engine.submit(flying.back());
        }
      }
    }
  }
}
