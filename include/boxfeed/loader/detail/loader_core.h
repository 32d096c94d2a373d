#pragma once

#include <boxfeed/loader/detail/job_source.h>
#include <boxfeed/loader/error_policy.h>
#include <boxfeed/loader/loader_stats.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace boxfeed::detail {

/// The options of a loader that matter to its core, all resolved.
struct CoreOptions {
  std::size_t workers = 0;
  /// Batches that are being loaded or ready.
  std::size_t prefetch = 1;
  /// Batches that a source which is not seeded is asked for ahead.
  std::size_t max_jobs = 0;
  bool ordered = true;
  bool prefetch_next_epoch = false;
  std::optional<std::chrono::milliseconds> timeout;
  std::optional<std::size_t> max_bytes;
  ErrorPolicy error_policy = ErrorPolicy::kThrow;
  ErrorBudget max_errors;
  std::function<void()> on_thread_start;
};

/// Everything of a loader that does not depend on the type of a batch: which batch is next, what is in flight, what
/// went wrong, where it stands.
///
/// Thread safety: one caller at a time, `request_stop` excepted; a second one, or a callback of the loader that calls
/// it, gets an `Error` with `kBusy`. In a forked child process every call throws `Error` with `kForked`.
class LoaderCore {
 public:
  using EpochHook = std::function<void(std::uint64_t epoch)>;

  LoaderCore(std::unique_ptr<JobSource> source, CoreOptions options);
  LoaderCore(const LoaderCore&) = delete;
  LoaderCore& operator=(const LoaderCore&) = delete;
  ~LoaderCore();

  /// Begins an iteration, and ends the one under way. Returns its number.
  std::uint64_t begin();
  /// The next batch of that iteration, full; null at the end.
  std::shared_ptr<Job> next(std::uint64_t iteration);
  /// Ends that iteration, if it is still under way, without waiting for anything.
  void abandon(std::uint64_t iteration) noexcept;
  /// Any batch of the current epoch, full.
  std::shared_ptr<Job> at(std::size_t batch);
  std::size_t batches();
  void join();

  void set_epoch(std::uint64_t epoch);
  std::uint64_t epoch() const;
  void on_epoch_end(EpochHook hook);

  std::string state() const;
  void load_state(const std::string& json);

  const std::vector<LoadError>& errors() const;
  LoaderStats stats() const;
  void reset_stats();

  void request_stop() noexcept;
  bool stop_requested() const noexcept;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace boxfeed::detail
