#pragma once

#include <boxfeed/loader/detail/job.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace boxfeed::detail {

/// What came out of waiting.
struct Taken {
  enum class Outcome { kJob, kNothing, kTimeout, kStopped };
  Outcome outcome = Outcome::kNothing;
  std::shared_ptr<Job> job;
  /// The time that workers spent in the job, summed.
  std::chrono::nanoseconds busy{0};
  /// After a timeout: what has been worked on for longest, "example 17 has been loading for 61 ms".
  std::string slowest;
};

/// A fixed pool of threads that fills the places of jobs, in the order in which the jobs were submitted and their
/// places are numbered. Order needs no sorting, because a place belongs to its job before it is filled; the caller
/// bounds what is in flight by what it submits. A worker stays at a job while it has open places, which are claimed
/// without a lock; of the workers that rest, each that is woken wakes the next where there is more to do.
///
/// After `restart`, until the first job is taken, workers start at most one place each beyond that job: the first batch
/// of a cold start comes as early as it can.
///
/// Thread safety: one caller at a time. Throws: `Error` with `kForked` in a child process, where no thread lives.
class Engine {
 public:
  /// Makes a thread that runs `run`.
  using MakeThread = std::function<std::thread(std::function<void()> run)>;

  /// `workers` threads, none to fill the places in the caller's thread when a job is asked for. Each calls
  /// `on_thread_start` first.
  explicit Engine(std::size_t workers, const std::function<void()>& on_thread_start = {},
                  const MakeThread& make_thread = {});
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  /// Drops what is not yet begun and waits for the places that are being filled.
  ~Engine();

  /// The threads that there are: fewer than asked for where the system refused more.
  std::size_t threads() const noexcept;

  /// Hands over a job that is prepared.
  void submit(std::shared_ptr<Job> job);
  /// The next job that is full: the oldest, or, not `ordered`, whichever is full first. Waits for it; without threads,
  /// fills it. `stop` is looked at every few milliseconds, since a signal handler may set it; it ends waiting.
  Taken take(bool ordered = true, std::optional<std::chrono::milliseconds> timeout = {},
             const std::atomic<bool>* stop = nullptr);
  /// Fills one job before everything else and returns when it is full.
  void run(std::shared_ptr<Job> job);
  /// Drops all jobs; places that are being filled are not waited for.
  void cancel();
  /// Waits until no place is being filled.
  void wait_idle();
  /// Says that the next job submitted is the first of a cold start.
  void restart();
  /// The number of submitted jobs that are full.
  std::size_t ready() const;

 private:
  struct Shared;
  void check_process() const;

  std::unique_ptr<Shared> shared_;
};

}  // namespace boxfeed::detail
