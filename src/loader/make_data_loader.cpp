#include <boxfeed/loader/make_data_loader.h>
#include <torch/data/worker_exception.h>

#include "loader/worker_thread.h"

namespace boxfeed::detail {
namespace {

template <typename T>
std::optional<T> standard(const torch::optional<T>& value) {
  return value ? std::optional<T>(*value) : std::nullopt;
}

}  // namespace

CoreOptions core_options(const FullDataLoaderOptions& options) {
  CoreOptions core;
  core.workers = options.workers;
  core.prefetch = options.prefetch;
  core.max_jobs = options.max_jobs;
  core.ordered = options.enforce_ordering;
  core.prefetch_next_epoch = options.prefetch_next_epoch;
  core.timeout = standard(options.timeout);
  core.max_bytes = standard(options.max_bytes_in_flight);
  core.error_policy = options.error_policy;
  core.max_errors = options.max_errors;
  core.on_thread_start = prepare_worker_thread;
  return core;
}

Identity identity_of(const FullDataLoaderOptions& options, std::uint64_t seed, const torch::optional<std::size_t>& size,
                     const std::string& fingerprint) {
  return {{"seed", std::to_string(seed)},
          {"batch_size", std::to_string(options.batch_size)},
          {"drop_last", options.drop_last ? "true" : "false"},
          {"examples", size ? std::to_string(*size) : "unknown"},
          {"dataset", fingerprint}};
}

std::exception_ptr as_libtorch_throws(const std::exception_ptr& error, bool in_worker) {
  if (!in_worker) return error;
  std::exception_ptr standard_error = error;
  try {
    std::rethrow_exception(error);
  } catch (const std::exception&) {
  } catch (...) {
    standard_error = std::make_exception_ptr(Error(Reason::kHook, "an exception that is not a std::exception"));
  }
  return std::make_exception_ptr(torch::data::WorkerException(standard_error));
}

}  // namespace boxfeed::detail
