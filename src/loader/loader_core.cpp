#include <boxfeed/core/error.h>
#include <boxfeed/loader/detail/loader_core.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <utility>

#include "loader/engine.h"
#include "loader/error_ledger.h"
#include "loader/loader_state.h"
#include "loader/thread_budget.h"

namespace boxfeed::detail {
namespace {

using Clock = std::chrono::steady_clock;

double seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

/// A share of an epoch of unknown length is taken of the examples seen so far, but of these at least.
constexpr std::size_t kShareBase = 1000;

/// A batch that its source was asked for.
struct Flight {
  std::shared_ptr<Job> job;
  std::uint64_t epoch = 0;
  std::size_t bytes = 0;
};

/// Where an iteration begins.
struct Position {
  std::uint64_t epoch = 0;
  std::uint64_t batch = 0;
  std::uint64_t failed = 0;
};

}  // namespace

class LoaderCore::Implementation {
 public:
  Implementation(std::unique_ptr<JobSource> source, CoreOptions options)
      : source_(std::move(source)), options_(std::move(options)) {
    prefetches_next_epoch_ =
        options_.prefetch_next_epoch && options_.workers > 0 && options_.ordered && source_->is_seeded();
  }

  std::uint64_t begin();
  std::shared_ptr<Job> next(std::uint64_t iteration);
  void abandon(std::uint64_t iteration) noexcept;
  std::shared_ptr<Job> at(std::size_t batch);
  void join();
  void set_epoch(std::uint64_t epoch);
  std::uint64_t epoch() const { return !live_ && pending_ ? pending_->epoch : epoch_; }
  std::string state() const;
  void load_state(const std::string& json);
  LoaderStats stats() const;
  void reset_stats();

  /// Held by whoever is inside the loader.
  class Entry {
   public:
    explicit Entry(const Implementation& loader) : loader_(loader) {
      if (loader.entered_.exchange(true, std::memory_order_acquire)) {
        throw Error(Reason::kBusy,
                    "the loader is in use already: in another thread, or it is called by what it calls itself");
      }
    }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry() { loader_.entered_.store(false, std::memory_order_release); }

   private:
    const Implementation& loader_;
  };

  const std::unique_ptr<JobSource> source_;
  const CoreOptions options_;
  std::vector<EpochHook> hooks_;
  ErrorLedger ledger_;
  std::atomic<bool> stop_{false};

 private:
  Engine& engine();
  bool ask();
  void fill_window(bool may_fail);
  bool front_is_current() const { return !flights_.empty() && flights_.front().epoch == epoch_; }
  std::shared_ptr<Job> next_in_epoch(bool& ended);
  Taken take();
  void account(const Job& job, const Taken& taken, double waited);
  void settle(const Job& job);
  void stop_iterating();
  void drop_flights();
  std::size_t window() const { return options_.workers == 0 ? 1 : options_.prefetch; }

  mutable std::atomic<bool> entered_{false};

  // What is in flight: asked for, then submitted; both in order, epoch by epoch.
  std::deque<Flight> asked_;
  std::deque<Flight> flights_;
  std::size_t bytes_ = 0;
  std::uint64_t ask_epoch_ = 0;
  bool exhausted_ = true;
  std::exception_ptr ask_error_;
  /// True while nothing that was asked for since batch 0 of `ask_epoch_` has been dropped or delivered.
  bool complete_ = false;
  bool prefetches_next_epoch_ = false;

  // Where the iteration stands: `live_` from `begin` to its end.
  bool live_ = false;
  bool ended_ = false;
  std::uint64_t iteration_ = 0;
  std::uint64_t epoch_ = 0;
  std::uint64_t delivered_ = 0;
  std::size_t seen_ = 0;
  /// Where the next `begin` begins, if that is not at the epoch after this one.
  std::optional<Position> pending_ = Position{};

  LoaderStats stats_;
  Clock::time_point live_since_;
  double ready_sum_ = 0;
  std::uint64_t takes_ = 0;

  std::optional<ThreadBudget> budget_;
  std::unique_ptr<Engine> engine_;  // last, so that its threads end first
};

Engine& LoaderCore::Implementation::engine() {
  if (!engine_) {
    EngineOptions options;
    options.workers = options_.workers;
    options.on_thread_start = options_.on_thread_start;
    engine_ = std::make_unique<Engine>(std::move(options));
    stats_.workers = engine_->threads();
  }
  return *engine_;
}

/// Asks the source for one batch more; false where it has none, or threw. What it throws is kept until everything that
/// it gave before has been delivered.
bool LoaderCore::Implementation::ask() {
  if (ask_error_) return false;
  try {
    for (;;) {
      if (exhausted_) {
        if (!prefetches_next_epoch_ || ask_epoch_ != epoch_) return false;
        source_->start(ask_epoch_ + 1, 0);
        ++ask_epoch_;
        exhausted_ = false;
        complete_ = true;
      }
      if (std::unique_ptr<Job> job = source_->next()) {
        asked_.push_back({std::move(job), ask_epoch_, 0});
        return true;
      }
      if (!source_->is_seeded()) return false;
      exhausted_ = true;
    }
  } catch (...) {
    ask_error_ = std::current_exception();
    return false;
  }
}

/// Submits batches as far as the window and the memory allow. What getting the memory throws is passed on only where
/// nothing else is on its way.
void LoaderCore::Implementation::fill_window(bool may_fail) {
  while (flights_.size() < window()) {
    if (asked_.empty() && (!source_->is_seeded() || !ask())) return;
    Flight& flight = asked_.front();
    flight.bytes = flight.job->bytes();
    if (options_.max_bytes && !flights_.empty() && bytes_ + flight.bytes > *options_.max_bytes) return;
    try {
      flight.job->prepare();
    } catch (...) {
      if (may_fail && flights_.empty()) throw;
      return;
    }
    engine().submit(flight.job);
    bytes_ += flight.bytes;
    stats_.peak_bytes_in_flight = std::max(stats_.peak_bytes_in_flight, bytes_);
    flights_.push_back(std::move(flight));
    asked_.pop_front();
  }
}

void LoaderCore::Implementation::drop_flights() {
  asked_.clear();
  flights_.clear();
  bytes_ = 0;
  exhausted_ = true;
  complete_ = false;
  ask_error_ = nullptr;
  if (engine_) engine_->cancel();
}

void LoaderCore::Implementation::stop_iterating() {
  if (!live_) return;
  live_ = false;
  stats_.seconds += seconds(Clock::now() - live_since_);
  budget_.reset();
}

std::uint64_t LoaderCore::Implementation::begin() {
  const Entry entry(*this);
  stop_iterating();
  const Position from = pending_.value_or(Position{epoch_ + 1, 0, 0});
  Engine& workers = engine();
  const bool prefetched = complete_ && ended_ && ask_epoch_ == from.epoch && from.batch == 0;
  if (!prefetched) {
    drop_flights();
    if (source_->is_stateful()) workers.wait_idle();
    source_->start(from.epoch, from.batch);
    workers.restart();
    ask_epoch_ = from.epoch;
    exhausted_ = false;
  }
  complete_ = false;
  pending_.reset();
  ended_ = false;
  epoch_ = from.epoch;
  delivered_ = from.batch;
  seen_ = 0;
  ledger_.begin_epoch(from.epoch, from.failed);
  if (options_.workers > 0) budget_.emplace();
  live_ = true;
  live_since_ = Clock::now();
  ++iteration_;
  if (options_.workers > 0) {
    if (!source_->is_seeded()) {
      for (std::size_t i = 0; i < options_.max_jobs && ask(); ++i) continue;
    }
    fill_window(/*may_fail=*/false);
  }
  return iteration_;
}

std::shared_ptr<Job> LoaderCore::Implementation::next(std::uint64_t iteration) {
  bool ended = false;
  std::shared_ptr<Job> job;
  {
    const Entry entry(*this);
    if (!live_ || iteration != iteration_) {
      throw Error(Reason::kBusy,
                  "this iteration over the loader has ended: begin() was called again, or join(), or it "
                  "was stopped by an error");
    }
    job = next_in_epoch(ended);
  }
  if (ended) {
    const std::uint64_t epoch = epoch_;
    for (std::size_t i = 0; i < hooks_.size(); ++i) {
      const EpochHook hook = hooks_[i];  // a copy, since a hook may add another
      hook(epoch);
    }
  }
  return job;
}

std::shared_ptr<Job> LoaderCore::Implementation::next_in_epoch(bool& ended) {
  const bool inline_fill = options_.workers == 0;
  for (;;) {
    if (stop_.load(std::memory_order_relaxed)) {
      stop_iterating();
      drop_flights();
      return nullptr;
    }
    if (!front_is_current()) {
      if (inline_fill && asked_.empty()) ask();
      fill_window(/*may_fail=*/true);
    }
    if (!front_is_current()) {
      if (ask_error_) std::rethrow_exception(std::exchange(ask_error_, nullptr));
      stop_iterating();
      ended_ = ended = true;
      return nullptr;
    }
    const auto begin = Clock::now();
    Taken taken = take();
    const double waited = seconds(Clock::now() - begin);
    if (taken.outcome == Taken::Outcome::kStopped) continue;
    if (taken.outcome == Taken::Outcome::kTimeout) {
      stats_.waited += waited;
      throw Error(Reason::kTimeout,
                  "no batch after " + std::to_string(options_.timeout->count()) + " ms: " + taken.slowest);
    }
    const auto flight =
        std::find_if(flights_.begin(), flights_.end(), [&](const Flight& f) { return f.job == taken.job; });
    bytes_ -= flight->bytes;
    flights_.erase(flight);
    const std::shared_ptr<Job> job = std::move(taken.job);
    const auto errors = job->errors();
    if (job->examples() == 0 && errors.empty() && source_->is_stateful()) {
      exhausted_ = true;  // the dataset says that its epoch is over; the other workers may still have something
      if (inline_fill) asked_.clear();
      stats_.waited += waited;
      continue;
    }
    ++delivered_;
    account(*job, taken, waited);
    if (!inline_fill) {
      if (!source_->is_seeded()) ask();
      fill_window(/*may_fail=*/false);
    }
    settle(*job);
    if (job->examples() > 0) return job;
  }
}

Taken LoaderCore::Implementation::take() {
  ready_sum_ += static_cast<double>(engine_->ready());
  ++takes_;
  TakeOptions options;
  options.ordered = options_.ordered;
  options.timeout = options_.timeout;
  options.stop = &stop_;
  return engine_->take(options);
}

void LoaderCore::Implementation::account(const Job& job, const Taken& taken, double waited) {
  stats_.waited += waited;
  stats_.busy += seconds(taken.busy);
  stats_.stages += job.times();
  const std::size_t examples = job.examples();
  stats_.examples += examples;
  stats_.batches += examples > 0 ? 1 : 0;
  seen_ += job.places();
}

/// Lists the job's errors, and throws what the policy wants to be thrown.
void LoaderCore::Implementation::settle(const Job& job) {
  const auto errors = job.errors();
  if (errors.empty()) return;
  for (const auto& error : errors) ledger_.note(error);
  stats_.failed += errors.size();
  if (options_.error_policy == ErrorPolicy::kThrow) std::rethrow_exception(job.surfaced(errors.front().error));
  try {
    ledger_.check(options_.max_errors, source_->examples().value_or(std::max(seen_, kShareBase)));
  } catch (...) {
    stop_iterating();
    drop_flights();
    throw;
  }
}

void LoaderCore::Implementation::abandon(std::uint64_t iteration) noexcept {
  try {
    const Entry entry(*this);
    if (!live_ || iteration != iteration_) return;
    stop_iterating();
    drop_flights();
  } catch (const std::exception&) {
    // In a forked child, or from inside the loader: there is nothing to end.
  }
}

std::shared_ptr<Job> LoaderCore::Implementation::at(std::size_t batch) {
  const Entry entry(*this);
  std::shared_ptr<Job> job = source_->at(epoch(), batch);
  job->prepare();
  engine().run(job);
  const auto errors = job->errors();
  if (!errors.empty() && (options_.error_policy == ErrorPolicy::kThrow || job->examples() == 0)) {
    std::rethrow_exception(job->surfaced(errors.front().error));
  }
  return job;
}

void LoaderCore::Implementation::join() {
  const Entry entry(*this);
  stop_iterating();
  drop_flights();
  engine_.reset();
}

void LoaderCore::Implementation::set_epoch(std::uint64_t epoch) {
  const Entry entry(*this);
  pending_ = Position{epoch, 0, 0};
}

std::string LoaderCore::Implementation::state() const {
  const Entry entry(*this);
  LoaderState state;
  state.identity = source_->identity();
  if (!options_.ordered && options_.workers > 1) {
    throw Error(Reason::kUnsupported,
                "state: with enforce_ordering(false) the batches delivered are not the first ones");
  }
  if (!live_ && pending_) {
    state.epoch = pending_->epoch;
    state.batch = pending_->batch;
    state.failed = pending_->failed;
  } else if (ended_) {
    state.epoch = epoch_ + 1;
  } else {
    state.epoch = epoch_;
    state.batch = delivered_;
    state.failed = ledger_.failed();
  }
  return to_json(state);
}

void LoaderCore::Implementation::load_state(const std::string& json) {
  const Entry entry(*this);
  const LoaderState state = state_from_json(json);
  require_same(state.identity, source_->identity());
  if (state.batch > source_->batches()) {
    throw Error(Reason::kBadState, "saved state of a loader: expected a batch of at most " +
                                       std::to_string(source_->batches()) + ", found " + std::to_string(state.batch));
  }
  stop_iterating();
  drop_flights();
  pending_ = Position{state.epoch, state.batch, state.failed};
}

LoaderStats LoaderCore::Implementation::stats() const {
  const Entry entry(*this);
  LoaderStats stats = stats_;
  if (live_) stats.seconds += seconds(Clock::now() - live_since_);
  stats.ready = takes_ > 0 ? ready_sum_ / static_cast<double>(takes_) : 0;
  stats.bytes_in_flight = bytes_;
  return stats;
}

void LoaderCore::Implementation::reset_stats() {
  const Entry entry(*this);
  const std::size_t workers = stats_.workers;
  stats_ = {};
  stats_.workers = workers;
  stats_.peak_bytes_in_flight = bytes_;
  live_since_ = Clock::now();
  ready_sum_ = 0;
  takes_ = 0;
}

LoaderCore::LoaderCore(std::unique_ptr<JobSource> source, CoreOptions options)
    : implementation_(std::make_unique<Implementation>(std::move(source), std::move(options))) {}
LoaderCore::~LoaderCore() = default;

std::uint64_t LoaderCore::begin() { return implementation_->begin(); }
std::shared_ptr<Job> LoaderCore::next(std::uint64_t iteration) { return implementation_->next(iteration); }
void LoaderCore::abandon(std::uint64_t iteration) noexcept { implementation_->abandon(iteration); }
std::shared_ptr<Job> LoaderCore::at(std::size_t batch) { return implementation_->at(batch); }
std::size_t LoaderCore::batches() {
  const Implementation::Entry entry(*implementation_);
  return implementation_->source_->batches();
}
void LoaderCore::join() { implementation_->join(); }
void LoaderCore::set_epoch(std::uint64_t epoch) { implementation_->set_epoch(epoch); }
std::uint64_t LoaderCore::epoch() const { return implementation_->epoch(); }
void LoaderCore::on_epoch_end(EpochHook hook) { implementation_->hooks_.push_back(std::move(hook)); }
std::string LoaderCore::state() const { return implementation_->state(); }
void LoaderCore::load_state(const std::string& json) { implementation_->load_state(json); }
const std::vector<LoadError>& LoaderCore::errors() const { return implementation_->ledger_.errors(); }
LoaderStats LoaderCore::stats() const { return implementation_->stats(); }
void LoaderCore::reset_stats() { implementation_->reset_stats(); }
void LoaderCore::request_stop() noexcept { implementation_->stop_.store(true, std::memory_order_relaxed); }
bool LoaderCore::stop_requested() const noexcept { return implementation_->stop_.load(std::memory_order_relaxed); }

}  // namespace boxfeed::detail
