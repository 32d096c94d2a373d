#include <boxfeed/core/available_cpus.h>
#include <boxfeed/loader/data_loader_options.h>

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>

namespace boxfeed {
namespace {

/// A negative number has become a large one on its way to here.
constexpr std::size_t kLargest = std::numeric_limits<std::int64_t>::max();

void require(const char* name, std::size_t value, std::size_t least, std::size_t most = kLargest) {
  if (least <= value && value <= most) return;
  throw std::invalid_argument(std::string(name) + ": expected " + std::to_string(least) +
                              (most == kLargest ? " or more" : " to " + std::to_string(most)) + ", got " +
                              std::to_string(static_cast<std::int64_t>(value)));
}

template <typename T>
std::optional<T> standard(const torch::optional<T>& value) {
  return value ? std::optional<T>(*value) : std::nullopt;
}

}  // namespace

DataLoaderOptions::DataLoaderOptions(const torch::data::DataLoaderOptions& options)
    : batch_size_(options.batch_size()),
      max_jobs_(options.max_jobs()),
      timeout_(options.timeout()),
      enforce_ordering_(options.enforce_ordering()),
      drop_last_(options.drop_last()) {
  if (options.workers() > 0) workers_ = options.workers();
}

FullDataLoaderOptions::FullDataLoaderOptions(const DataLoaderOptions& options, bool shares_dataset)
    : batch_size(options.batch_size()),
      workers(options.has_workers() || !shares_dataset ? options.workers() : available_cpus()),
      max_jobs(options.max_jobs().value_or(2 * workers)),
      timeout(standard(options.timeout())),
      enforce_ordering(options.enforce_ordering() || shares_dataset),
      drop_last(options.drop_last()),
      seed(standard(options.seed())),
      prefetch_next_epoch(options.prefetch_next_epoch().value_or(shares_dataset)),
      max_bytes_in_flight(standard(options.max_bytes_in_flight())),
      error_policy(options.error_policy()),
      max_errors(options.max_errors()),
      device(options.device().is_cpu() ? "" : options.device().str()) {
  require("batch_size", batch_size, 1);
  require("workers", workers, 0, kMaxWorkers);
  if (options.max_jobs()) require("max_jobs", max_jobs, workers > 0 ? 1 : 0);
  if (options.prefetch()) require("prefetch", *options.prefetch(), 1);
  if (timeout && timeout->count() < 0) {
    throw std::invalid_argument("timeout: expected 0 ms or more, got " + std::to_string(timeout->count()) + " ms");
  }
  if (workers == 0) return;
  const bool by_example = shares_dataset && !options.max_jobs();
  prefetch = options.prefetch().value_or(by_example ? 2 + (workers + batch_size - 1) / batch_size : max_jobs);
}

}  // namespace boxfeed
