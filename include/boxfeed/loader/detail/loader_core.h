#pragma once

#include <boxfeed/loader/detail/source.h>
#include <boxfeed/loader/full_data_loader_options.h>
#include <boxfeed/loader/loader_stats.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace boxfeed::detail {

/// Everything of a loader that does not depend on the type of a batch: which batch is next, what is in flight, what
/// went wrong, where it stands.
///
/// Thread safety: one caller at a time, `request_stop` excepted; a second one, or a callback of the loader that calls
/// it, gets an `Error` with `kBusy`. In a forked child process every call throws `Error` with `kForked`.
class LoaderCore {
 public:
  using EpochHook = std::function<void(std::uint64_t epoch)>;
  /// Changes something for the time that workers load; its result is destroyed afterwards.
  using HoldWhileLoading = std::function<std::shared_ptr<void>()>;

  LoaderCore(std::unique_ptr<Source> source, const FullDataLoaderOptions& options,
             std::function<void()> on_thread_start = {}, HoldWhileLoading hold = {});
  LoaderCore(const LoaderCore&) = delete;
  LoaderCore& operator=(const LoaderCore&) = delete;
  ~LoaderCore();

  const FullDataLoaderOptions& options() const noexcept;

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
  std::shared_ptr<Job> next_in_epoch(bool& ended);
  void settle(const Job& job);
  void stop_iterating();

  struct State;
  const std::unique_ptr<State> state_;
};

}  // namespace boxfeed::detail
