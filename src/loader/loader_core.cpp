#include <boxfeed/core/error.h>
#include <boxfeed/loader/detail/loader_core.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "loader/error_ledger.h"
#include "loader/loader_state.h"
#include "loader/pipeline.h"
#include "loader/sole_user.h"
#include "loader/stats_meter.h"
#include "loader/thread_budget.h"

namespace boxfeed::detail {
namespace {

/// A share of an epoch of unknown length is taken of the examples seen so far, but of these at least.
constexpr std::size_t kShareBase = 1000;

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
      : source_(std::move(source)), options_(std::move(options)), pipeline_(*source_, options_) {}

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

  const std::unique_ptr<JobSource> source_;
  const CoreOptions options_;
  std::vector<EpochHook> hooks_;
  ErrorLedger ledger_;
  std::atomic<bool> stop_{false};
  mutable std::atomic<bool> used_{false};

 private:
  std::shared_ptr<Job> next_in_epoch(bool& ended);
  void settle(const Job& job);
  void stop_iterating();

  // Where the iteration stands: `live_` from `begin` to its end.
  bool live_ = false;
  bool ended_ = false;
  std::uint64_t iteration_ = 0;
  std::uint64_t epoch_ = 0;
  std::uint64_t delivered_ = 0;
  std::size_t seen_ = 0;
  /// Where the next `begin` begins, if that is not at the epoch after this one.
  std::optional<Position> pending_ = Position{};

  StatsMeter meter_;
  std::optional<ThreadBudget> budget_;
  Pipeline pipeline_;
};

void LoaderCore::Implementation::stop_iterating() {
  if (!live_) return;
  live_ = false;
  meter_.pause();
  budget_.reset();
}

std::uint64_t LoaderCore::Implementation::begin() {
  const SoleUser user(used_);
  stop_iterating();
  const Position from = pending_.value_or(Position{epoch_ + 1, 0, 0});
  meter_.resume();  // before the workers have anything to do
  if (options_.workers > 0) budget_.emplace();
  try {
    pipeline_.start(from.epoch, from.batch, ended_);
  } catch (...) {
    budget_.reset();
    throw;
  }
  pending_.reset();
  ended_ = false;
  epoch_ = from.epoch;
  delivered_ = from.batch;
  seen_ = 0;
  ledger_.begin_epoch(from.epoch, from.failed);
  live_ = true;
  return ++iteration_;
}

std::shared_ptr<Job> LoaderCore::Implementation::next(std::uint64_t iteration) {
  bool ended = false;
  std::shared_ptr<Job> job;
  {
    const SoleUser user(used_);
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
  for (;;) {
    if (stop_.load(std::memory_order_relaxed)) {
      stop_iterating();
      pipeline_.drop();
      return nullptr;
    }
    if (!pipeline_.prepare_next()) {
      stop_iterating();
      ended_ = ended = true;
      return nullptr;
    }
    meter_.note_ready(pipeline_.ready());
    const auto begin = StatsMeter::Clock::now();
    const Taken taken = pipeline_.take(stop_);
    meter_.note_wait(StatsMeter::Clock::now() - begin);
    if (taken.outcome == Taken::Outcome::kStopped) continue;
    if (taken.outcome == Taken::Outcome::kTimeout) {
      throw Error(Reason::kTimeout,
                  "no batch after " + std::to_string(options_.timeout->count()) + " ms: " + taken.slowest);
    }
    const Job& job = *taken.job;
    if (source_->is_stateful() && job.examples() == 0 && job.errors().empty()) {
      pipeline_.end_of_dataset();  // the other workers may still have something
      continue;
    }
    ++delivered_;
    seen_ += job.places();
    meter_.note(job, taken);
    pipeline_.refill();
    settle(job);
    if (job.examples() > 0) return taken.job;
  }
}

/// Lists the job's errors, and throws what the policy wants to be thrown.
void LoaderCore::Implementation::settle(const Job& job) {
  const auto errors = job.errors();
  if (errors.empty()) return;
  for (const auto& error : errors) ledger_.note(error);
  meter_.note_failures(errors.size());
  if (options_.error_policy == ErrorPolicy::kThrow) std::rethrow_exception(job.surfaced(errors.front().error));
  try {
    ledger_.check(options_.max_errors, source_->examples().value_or(std::max(seen_, kShareBase)));
  } catch (...) {
    stop_iterating();
    pipeline_.drop();
    throw;
  }
}

void LoaderCore::Implementation::abandon(std::uint64_t iteration) noexcept {
  try {
    const SoleUser user(used_);
    if (!live_ || iteration != iteration_) return;
    stop_iterating();
    pipeline_.drop();
  } catch (const std::exception&) {
    // In a forked child, or from inside the loader: there is nothing to end.
  }
}

std::shared_ptr<Job> LoaderCore::Implementation::at(std::size_t batch) {
  const SoleUser user(used_);
  std::shared_ptr<Job> job = source_->at(epoch(), batch);
  pipeline_.run(job);
  const auto errors = job->errors();
  if (!errors.empty() && (options_.error_policy == ErrorPolicy::kThrow || job->examples() == 0)) {
    std::rethrow_exception(job->surfaced(errors.front().error));
  }
  return job;
}

void LoaderCore::Implementation::join() {
  const SoleUser user(used_);
  stop_iterating();
  pipeline_.join();
}

void LoaderCore::Implementation::set_epoch(std::uint64_t epoch) {
  const SoleUser user(used_);
  pending_ = Position{epoch, 0, 0};
}

std::string LoaderCore::Implementation::state() const {
  const SoleUser user(used_);
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
  const SoleUser user(used_);
  const LoaderState state = state_from_json(json);
  require_same(state.identity, source_->identity());
  if (state.batch > source_->batches()) {
    throw Error(Reason::kBadState, "saved state of a loader: expected a batch of at most " +
                                       std::to_string(source_->batches()) + ", found " + std::to_string(state.batch));
  }
  stop_iterating();
  pipeline_.drop();
  pending_ = Position{state.epoch, state.batch, state.failed};
}

LoaderStats LoaderCore::Implementation::stats() const {
  const SoleUser user(used_);
  LoaderStats stats = meter_.read(live_);
  stats.workers = pipeline_.threads();
  stats.bytes_in_flight = pipeline_.bytes();
  stats.peak_bytes_in_flight = pipeline_.peak_bytes();
  return stats;
}

void LoaderCore::Implementation::reset_stats() {
  const SoleUser user(used_);
  meter_.reset();
  pipeline_.reset_peak();
}

LoaderCore::LoaderCore(std::unique_ptr<JobSource> source, CoreOptions options)
    : implementation_(std::make_unique<Implementation>(std::move(source), std::move(options))) {}
LoaderCore::~LoaderCore() = default;

std::uint64_t LoaderCore::begin() { return implementation_->begin(); }
std::shared_ptr<Job> LoaderCore::next(std::uint64_t iteration) { return implementation_->next(iteration); }
void LoaderCore::abandon(std::uint64_t iteration) noexcept { implementation_->abandon(iteration); }
std::shared_ptr<Job> LoaderCore::at(std::size_t batch) { return implementation_->at(batch); }
std::size_t LoaderCore::batches() {
  const SoleUser user(implementation_->used_);
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
