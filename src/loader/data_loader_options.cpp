#include <boxfeed/loader/available_cpus.h>
#include <boxfeed/loader/data_loader_options.h>

#include <stdexcept>
#include <string>

namespace boxfeed {
namespace {

void require_positive(const char* name, std::size_t value) {
  if (value == 0) throw std::invalid_argument(std::string(name) + ": expected 1 or more, got 0");
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
      timeout(options.timeout()),
      enforce_ordering(options.enforce_ordering() || shares_dataset),
      drop_last(options.drop_last()),
      seed(options.seed()),
      prefetch(1),
      prefetch_next_epoch(options.prefetch_next_epoch().value_or(shares_dataset)),
      max_bytes_in_flight(options.max_bytes_in_flight()),
      error_policy(options.error_policy()),
      max_errors(options.max_errors()) {
  require_positive("batch_size", batch_size);
  if (options.max_jobs() && workers > 0) require_positive("max_jobs", max_jobs);
  if (options.prefetch()) require_positive("prefetch", *options.prefetch());
  if (workers == 0) return;
  const bool by_example = shares_dataset && !options.max_jobs();
  prefetch = options.prefetch().value_or(by_example ? 2 + (workers + batch_size - 1) / batch_size : max_jobs);
}

}  // namespace boxfeed
