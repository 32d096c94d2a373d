#pragma once

#include <boxfeed/loader/error_policy.h>
#include <boxfeed/loader/full_data_loader_options.h>
#include <c10/core/Device.h>
#include <torch/arg.h>
#include <torch/data/dataloader_options.h>
#include <torch/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace boxfeed {

/// The options of `make_data_loader`: those of LibTorch's by the same names, and some more.
class DataLoaderOptions {
 public:
  DataLoaderOptions() = default;
  DataLoaderOptions(std::size_t batch_size) : batch_size_(batch_size) {}  // NOLINT: as LibTorch's
  /// The same of LibTorch's options, whose default of 0 workers counts as not set.
  DataLoaderOptions(const torch::data::DataLoaderOptions& options);  // NOLINT

  /// The number of threads that load, at most 1 024. 0 loads in the caller's thread, with the same result.
  ///
  /// Not set, it is 0 for a dataset of LibTorch's kinds, as there; datasets with `make_batch_builder`, which threads
  /// share, as boxfeed's own, get as many workers as the process may use CPUs (`available_cpus`).
  DataLoaderOptions& workers(std::size_t count) {
    workers_ = count;
    return *this;
  }
  std::size_t workers() const noexcept { return workers_.value_or(0); }
  bool has_workers() const noexcept { return workers_.has_value(); }

  /// Examples in a batch.
  TORCH_ARG(std::size_t, batch_size) = 1;
  /// Batches that a sampler is asked for ahead; twice the number of workers by default.
  TORCH_ARG(torch::optional<std::size_t>, max_jobs);
  /// How long a batch may be waited for; then an `Error` with `kTimeout` names the example that takes so long.
  TORCH_ARG(torch::optional<std::chrono::milliseconds>, timeout);
  /// False to take batches as they come. Only datasets of LibTorch's kinds, loaded a batch at a time, gain from it;
  /// those with `make_batch_builder` are always in order.
  TORCH_ARG(bool, enforce_ordering) = true;
  /// True to leave out a last batch with fewer examples.
  TORCH_ARG(bool, drop_last) = false;

  /// The seed of everything random: the order, where the sampler is LibTorch's `RandomSampler` made by
  /// `make_data_loader` or one of boxfeed's; and the transforms. Not set, LibTorch's sampler draws from the global
  /// generator, as in LibTorch's loader, and the seed is 0 for all else.
  TORCH_ARG(torch::optional<std::uint64_t>, seed);
  /// Batches that are being loaded or ready. By default `max_jobs` where it is set or a batch is loaded by one thread;
  /// else two, and as many more as all workers need to have something to do.
  TORCH_ARG(torch::optional<std::size_t>, prefetch);
  /// Whether the first batches of the next epoch are loaded when there are no more of this one. By default for datasets
  /// with `make_batch_builder`; possible where the order is a function of the seed.
  TORCH_ARG(torch::optional<bool>, prefetch_next_epoch);
  /// The memory of the batches that are being loaded or ready, at most; one batch is always allowed.
  TORCH_ARG(torch::optional<std::size_t>, max_bytes_in_flight);
  /// Where batches are delivered. On another device than the CPU they are there already: each is copied on a stream of
  /// its own while the device computes, from page-locked memory where the dataset's batches are built in place, and the
  /// device's current stream waits for that alone. As many as `prefetch` may lie there. It works for tensors, examples
  /// and vectors of them, `DetectionBatch`, and types with `to(device, non_blocking)` as tensors have it (which are
  /// copied when they are delivered, unless they also have `record_stream(stream)`).
  TORCH_ARG(torch::Device, device) = torch::Device(torch::kCPU);
  /// What becomes of an example that cannot be loaded.
  TORCH_ARG(ErrorPolicy, error_policy) = ErrorPolicy::kThrow;
  /// How many examples may fail in an epoch before `kSkip` and `kReplace` give up: a count or a share.
  TORCH_ARG(ErrorBudget, max_errors);

 private:
  torch::optional<std::size_t> workers_;
};

}  // namespace boxfeed
