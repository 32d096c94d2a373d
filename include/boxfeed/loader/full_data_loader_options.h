#pragma once

#include <boxfeed/loader/error_policy.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace boxfeed {

class DataLoaderOptions;

/// The options of a loader with everything decided.
struct FullDataLoaderOptions {
  FullDataLoaderOptions() = default;
  /// `shares_dataset`: whether workers may share one dataset, as they may boxfeed's own.
  /// Throws: `std::invalid_argument` for numbers that mean nothing: a batch of no examples, more than `kMaxWorkers`
  /// workers, anything that was negative.
  explicit FullDataLoaderOptions(const DataLoaderOptions& options, bool shares_dataset = false);

  static constexpr std::size_t kMaxWorkers = 1024;

  std::size_t batch_size = 1;
  std::size_t workers = 0;
  std::size_t max_jobs = 0;
  std::optional<std::chrono::milliseconds> timeout;
  bool enforce_ordering = true;
  bool drop_last = false;
  std::optional<std::uint64_t> seed;
  std::size_t prefetch = 1;
  bool prefetch_next_epoch = false;
  std::optional<std::size_t> max_bytes_in_flight;
  ErrorPolicy error_policy = ErrorPolicy::kThrow;
  ErrorBudget max_errors;
  /// As LibTorch spells it, "cuda:0"; empty for main memory.
  std::string device;
  /// `LoaderStats::cacheable_bytes`.
  std::uint64_t cacheable_bytes = 0;
};

}  // namespace boxfeed
