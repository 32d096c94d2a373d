#pragma once

#include <boxfeed/loader/detail/source.h>
#include <boxfeed/loader/full_data_loader_options.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>

#include "loader/engine.h"

namespace boxfeed::detail {

/// The batches between the source and the caller: asked for, then, as far as prefetch and the memory allow, submitted
/// to the engine; both in order, epoch by epoch.
class Window {
 public:
  /// Keeps references to the source and the options.
  Window(Source& source, const FullDataLoaderOptions& options, std::function<void()> on_thread_start);

  /// Begins `epoch` at `batch`: with the batches that are there already, if it is the one that was foreseen and
  /// `foreseen_is_front` says that nothing of the epoch before it is left. Does nothing if it has begun that epoch and
  /// nothing was loaded of it since.
  void open(std::uint64_t epoch, std::size_t batch, bool foreseen_is_front);
  /// Begins to load. Requires: `open`.
  void start();
  /// Drops all batches; places that are being filled are not waited for.
  void drop();
  /// Drops all batches and ends the threads.
  void join();

  /// True if a batch of the current epoch is under way. Asks for one, where that is left to this moment, and gets its
  /// memory. Throws: what the source or getting the memory threw.
  bool prepare_next();
  /// The next batch; waits for it, also when that is too long or to be stopped. Requires: `prepare_next`.
  Taken take(const std::atomic<bool>& stop);
  /// Goes on after a batch was taken.
  void refill();
  /// Notes that a stateful dataset has said that its epoch is over.
  void end_of_dataset();

  /// Fills one job before everything else.
  void run(const std::shared_ptr<Job>& job);

  std::size_t threads() const { return threads_; }
  /// Requires: `open`.
  std::size_t ready() const { return engine_->ready(); }
  std::size_t bytes() const noexcept { return bytes_; }
  std::size_t peak_bytes() const noexcept { return peak_bytes_; }
  void reset_peak() noexcept { peak_bytes_ = bytes_; }

 private:
  /// A batch that the source was asked for.
  struct Flight {
    std::shared_ptr<Job> job;
    std::uint64_t epoch = 0;
    std::size_t bytes = 0;
  };

  Engine& engine();
  bool ask();
  void submit(bool may_fail);
  bool front_is_current() const { return !flights_.empty() && flights_.front().epoch == epoch_; }
  bool is_inline() const { return options_.workers == 0; }
  bool is_seeded() const { return source_.order() == Order::kSeeded; }

  Source& source_;
  const FullDataLoaderOptions& options_;
  const std::function<void()> on_thread_start_;
  const bool foresees_;

  std::deque<Flight> asked_;
  std::deque<Flight> flights_;
  std::size_t bytes_ = 0;
  std::size_t peak_bytes_ = 0;
  std::size_t threads_ = 0;

  /// The epoch that is delivered, and the one that the source is asked about: the same or the next.
  std::uint64_t epoch_ = 0;
  std::uint64_t ask_epoch_ = 0;
  /// True while nothing was asked for since `open`.
  bool opened_ = false;
  /// True when the source has no more of `ask_epoch_`.
  bool exhausted_ = true;
  /// True while everything since batch 0 of `ask_epoch_` is here, because it was foreseen.
  bool foreseen_ = false;
  /// What the source threw; kept until everything that it gave before has been delivered.
  std::exception_ptr ask_error_;

  std::unique_ptr<Engine> engine_;  // last, so that its threads end first
};

}  // namespace boxfeed::detail
