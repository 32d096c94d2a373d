#include <boxfeed/loader/loader_stats.h>

#include <string>

#include "support/catch.h"

using namespace boxfeed;
using std::chrono::seconds;

namespace {

LoaderStats stats_of(double waited, double busy, std::size_t workers) {
  LoaderStats stats;
  stats.batches = 10;
  stats.examples = 200;
  stats.seconds = 100;
  stats.waited = waited;
  stats.busy = busy;
  stats.workers = workers;
  return stats;
}

}  // namespace

TEST_CASE("the verdict says how much was waited, what is slow and what helps") {
  LoaderStats stats = stats_of(38, 124, 2);
  stats.stages[Stage::kDecode] = seconds(80);
  stats.stages[Stage::kRead] = seconds(10);
  stats.stages[Stage::kWrite] = seconds(34);
  // The model alone takes 62 s; 124 s of loading need two workers for that: those that there are.
  CHECK(verdict(stats, 2) ==
        "the model waited 38 % of the time for data; decoding is the slowest stage; every CPU has a worker already");
  CHECK(verdict(stats, 8) ==
        "the model waited 38 % of the time for data; decoding is the slowest stage; more batches "
        "ahead (prefetch) may help");
  stats.busy = 200;  // needs four
  CHECK(verdict(stats, 8) ==
        "the model waited 38 % of the time for data; decoding is the slowest stage; 2 more workers would help");
  CHECK(verdict(stats, 3) ==
        "the model waited 38 % of the time for data; decoding is the slowest stage; 1 more worker would help");
}

TEST_CASE("the verdict names the stage that takes longest, whichever it is") {
  const char* const names[] = {"reading files", "decoding", "resizing", "color", "writing the batch"};
  for (std::size_t k = 0; k < 5; ++k) {
    LoaderStats stats = stats_of(38, 124, 2);
    for (std::size_t i = 0; i < 5; ++i) stats.stages[static_cast<Stage>(i)] = seconds(i == k ? 50 : 20);
    CHECK_THAT(verdict(stats, 2),
               Catch::Matchers::ContainsSubstring("; " + std::string(names[k]) + " is the slowest stage"));
  }
}

TEST_CASE("the verdict says how large a cache would be where decoding is most of the work") {
  LoaderStats stats = stats_of(38, 124, 2);
  stats.stages[Stage::kDecode] = seconds(80);
  stats.stages[Stage::kRead] = seconds(10);
  stats.stages[Stage::kWrite] = seconds(34);
  stats.cacheable_bytes = 1'234'000'000;
  CHECK(verdict(stats, 2) ==
        "the model waited 38 % of the time for data; decoding is the slowest stage; every CPU has a worker already; a "
        "cache of the decoded images, of up to 1.2 GB, would help");
  CHECK_THAT(verdict(stats, 8),
             Catch::Matchers::EndsWith("of up to 1.2 GB, would help; more batches ahead (prefetch) may help"));
  stats.stages[Stage::kGeometry] = seconds(100);
  CHECK_THAT(verdict(stats, 2), Catch::Matchers::EndsWith("every CPU has a worker already"));
}

TEST_CASE("the verdict on a loader that is fast enough, that has no stages, that has done nothing, that has too many") {
  CHECK(verdict(stats_of(0.4, 50, 2), 2) == "the model waited 0.4 % of the time for data: loading is fast enough");
  CHECK(verdict(stats_of(50, 400, 0), 4) == "the model waited 50 % of the time for data; 4 more workers would help");
  CHECK(verdict(LoaderStats(), 4) == "no batch has been loaded yet");
  CHECK(verdict(stats_of(0.4, 50, 9), 2) ==
        "the model waited 0.4 % of the time for data; 9 workers are more than four times the 2 CPUs: loading is fast "
        "enough");
  CHECK_THAT(verdict(stats_of(0.4, 50, 5), 1),
             Catch::Matchers::ContainsSubstring("5 workers are more than four times the 1 CPU:"));
  CHECK(verdict(stats_of(0.4, 50, 1)) == "the model waited 0.4 % of the time for data: loading is fast enough");
}

TEST_CASE("statistics of nothing divide by nothing") {
  CHECK(LoaderStats().examples_per_second() == 0);
  CHECK(LoaderStats().wait_share() == 0);
  CHECK(stats_of(38, 124, 2).examples_per_second() == Approx(2));
  CHECK(stats_of(38, 124, 2).wait_share() == Approx(0.38));
}
