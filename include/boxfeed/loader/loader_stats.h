#pragma once

#include <boxfeed/core/stage_times.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace boxfeed {

/// What a loader has done since it was made or `reset_stats` was called.
struct LoaderStats {
  std::uint64_t examples = 0;            ///< delivered
  std::uint64_t batches = 0;             ///< delivered
  std::uint64_t failed = 0;              ///< examples that could not be loaded
  std::size_t workers = 0;               ///< threads that load
  double seconds = 0;                    ///< spent in loops over the loader
  double waited = 0;                     ///< seconds of these that the caller waited for a batch
  double busy = 0;                       ///< seconds that workers spent loading, summed over them
  StageTimes stages;                     ///< the same by stages, as far as the dataset books them
  double ready = 0;                      ///< batches that were ready when one was asked for, on average
  std::size_t bytes_in_flight = 0;       ///< memory of the batches being loaded or ready now
  std::size_t peak_bytes_in_flight = 0;  ///< the largest value of it

  /// The most that a cache of the dataset's decoded images would hold; 0 where it has one, or cannot have one.
  std::uint64_t cacheable_bytes = 0;

  double examples_per_second() const { return seconds > 0 ? static_cast<double>(examples) / seconds : 0; }
  /// The share of the time that the caller waited for data, in [0, 1].
  double wait_share() const { return seconds > 0 ? waited / seconds : 0; }
};

/// What the numbers mean, in one sentence: "the model waited 38 % of the time for data; decoding is the slowest stage;
/// 2 more workers would help".
std::string verdict(const LoaderStats& stats);

/// The same for a machine with that many CPUs.
std::string verdict(const LoaderStats& stats, std::size_t cpus);

}  // namespace boxfeed
