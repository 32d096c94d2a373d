#include <boxfeed/core/available_cpus.h>
#include <boxfeed/loader/data_loader_options.h>
#include <torch/types.h>

#include "support/catch.h"

using namespace boxfeed;

TEST_CASE("the defaults are LibTorch's") {
  const FullDataLoaderOptions ours{DataLoaderOptions()};
  const torch::data::FullDataLoaderOptions theirs{torch::data::DataLoaderOptions()};
  CHECK(ours.batch_size == theirs.batch_size);
  CHECK(ours.workers == theirs.workers);
  CHECK(ours.max_jobs == theirs.max_jobs);
  CHECK(ours.timeout.has_value() == theirs.timeout.has_value());
  CHECK(ours.enforce_ordering == theirs.enforce_ordering);
  CHECK(ours.drop_last == theirs.drop_last);
  CHECK_FALSE(ours.prefetch_next_epoch);
}

TEST_CASE("the options are chained as LibTorch's, and made of them") {
  const auto check = [](const FullDataLoaderOptions& options) {
    CHECK(options.batch_size == 32);
    CHECK(options.workers == 3);
    CHECK(options.max_jobs == 5);
    CHECK(options.prefetch == 5);
    CHECK(*options.timeout == std::chrono::milliseconds(40));
    CHECK_FALSE(options.enforce_ordering);
    CHECK(options.drop_last);
  };
  check(FullDataLoaderOptions(DataLoaderOptions(32)
                                  .workers(3)
                                  .max_jobs(5)
                                  .timeout(std::chrono::milliseconds(40))
                                  .enforce_ordering(false)
                                  .drop_last(true)));
  check(FullDataLoaderOptions(torch::data::DataLoaderOptions(32)
                                  .workers(3)
                                  .max_jobs(5)
                                  .timeout(std::chrono::milliseconds(40))
                                  .enforce_ordering(false)
                                  .drop_last(true)));
  CHECK(DataLoaderOptions().workers(7).workers() == 7);
  CHECK(FullDataLoaderOptions(torch::data::DataLoaderOptions(20).workers(1), true).workers == 1);
  CHECK(FullDataLoaderOptions(torch::data::DataLoaderOptions(20), true).workers == available_cpus());
}

TEST_CASE("workers that share a dataset: as many as there are CPUs unless it is said, with enough to do, in order") {
  const FullDataLoaderOptions unsaid(DataLoaderOptions(20).enforce_ordering(false), true);
  CHECK(unsaid.workers == available_cpus());
  CHECK(unsaid.enforce_ordering);
  CHECK(unsaid.prefetch_next_epoch);
  CHECK(FullDataLoaderOptions(DataLoaderOptions(20).workers(0), true).workers == 0);
  CHECK(FullDataLoaderOptions(DataLoaderOptions(20).workers(4), true).prefetch == 3);
  CHECK(FullDataLoaderOptions(DataLoaderOptions(1).workers(4), true).prefetch == 6);
  CHECK(FullDataLoaderOptions(DataLoaderOptions(1).workers(4).max_jobs(3), true).prefetch == 3);
  CHECK(FullDataLoaderOptions(DataLoaderOptions(1).workers(4).prefetch(9), true).prefetch == 9);
  CHECK(FullDataLoaderOptions(DataLoaderOptions(1).workers(4)).prefetch == 8);
}

TEST_CASE("options that mean nothing are refused") {
  CHECK_THROWS_WITH(FullDataLoaderOptions(DataLoaderOptions(0)), "batch_size: expected 1 or more, got 0");
  CHECK_THROWS_AS(FullDataLoaderOptions(DataLoaderOptions().workers(1).max_jobs(0)), std::invalid_argument);
  CHECK_THROWS_AS(FullDataLoaderOptions(DataLoaderOptions().prefetch(0)), std::invalid_argument);
  CHECK_THROWS_AS(DataLoaderOptions().max_errors(-1), std::invalid_argument);
}

TEST_CASE("negative numbers, which options take as large ones, and absurd ones are refused as they were written") {
  constexpr auto minus_one = static_cast<std::size_t>(-1);
  const auto full = [](const DataLoaderOptions& options) { return FullDataLoaderOptions(options, true); };
  CHECK_THROWS_WITH(full(DataLoaderOptions().workers(minus_one)), "workers: expected 0 to 1024, got -1");
  CHECK_THROWS_WITH(full(DataLoaderOptions().workers(1025)), "workers: expected 0 to 1024, got 1025");
  CHECK(full(DataLoaderOptions().workers(1024)).workers == 1024);
  CHECK_THROWS_WITH(full(DataLoaderOptions(minus_one)), "batch_size: expected 1 or more, got -1");
  CHECK_THROWS_WITH(full(DataLoaderOptions().workers(1).prefetch(minus_one)), "prefetch: expected 1 or more, got -1");
  CHECK_THROWS_WITH(full(DataLoaderOptions().workers(1).max_jobs(minus_one)), "max_jobs: expected 1 or more, got -1");
  CHECK_THROWS_WITH(full(DataLoaderOptions().workers(0).max_jobs(minus_one)), "max_jobs: expected 0 or more, got -1");
  CHECK_THROWS_WITH(full(DataLoaderOptions().timeout(std::chrono::milliseconds(-5))),
                    "timeout: expected 0 ms or more, got -5 ms");
}
