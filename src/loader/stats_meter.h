#pragma once

#include <boxfeed/loader/detail/job.h>
#include <boxfeed/loader/loader_stats.h>

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "loader/engine.h"

namespace boxfeed::detail {

/// Adds up the statistics of a loader, whose clock runs from the beginning of an iteration to its end.
class StatsMeter {
 public:
  using Clock = std::chrono::steady_clock;

  /// Starts the clock.
  void resume() { since_ = Clock::now(); }
  /// Stops it. Requires: that it runs.
  void pause();

  /// Notes how many batches were ready when the next one was asked for.
  void note_ready(std::size_t batches);
  void note_wait(Clock::duration time);
  /// Notes a job that was taken.
  void note(const Job& job, const Taken& taken);
  void note_failures(std::size_t count) { stats_.failed += count; }

  /// What is added up so far; the clock counts up to now where it is `running`. What only others know is not set.
  LoaderStats read(bool running) const;
  /// Begins anew, with the clock where it is.
  void reset();

 private:
  LoaderStats stats_;
  Clock::time_point since_;
  double ready_sum_ = 0;
  std::uint64_t takes_ = 0;
};

}  // namespace boxfeed::detail
