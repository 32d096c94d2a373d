#include <boxfeed/core/error.h>
#include <boxfeed/loader/detail/loader_core.h>

#include <algorithm>
#include <atomic>
#include <list>
#include <optional>
#include <utility>

#include "loader/error_ledger.h"
#include "loader/loader_state.h"
#include "loader/stats_meter.h"
#include "loader/window.h"

namespace boxfeed::detail {
namespace {

/// Where the epoch's length is unknown, a share is taken of the examples seen, counted as at least this many.
constexpr std::size_t kShareBase = 1000;

/// Where an iteration begins.
struct Position {
  std::uint64_t epoch = 0;
  std::uint64_t batch = 0;
  std::uint64_t failed = 0;
  std::uint64_t offset = 0;
};

/// Held by whoever is inside a loader; a second one is refused.
class SoleUser {
 public:
  /// Throws: `Error` with `kBusy` while another one holds `used`.
  explicit SoleUser(std::atomic<bool>& used) : used_(used) {
    if (used.exchange(true, std::memory_order_acquire)) {
      throw Error(Reason::kBusy,
                  "the loader is in use already: in another thread, or it is called by what it calls itself");
    }
  }
  SoleUser(const SoleUser&) = delete;
  SoleUser& operator=(const SoleUser&) = delete;
  ~SoleUser() { used_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool>& used_;
};

}  // namespace

struct LoaderCore::State {
  State(std::unique_ptr<Source> the_source, FullDataLoaderOptions the_options, std::function<void()> on_thread_start,
        HoldWhileLoading the_hold)
      : source(std::move(the_source)),
        options(std::move(the_options)),
        hold(std::move(the_hold)),
        window(*source, options, std::move(on_thread_start)) {}

  std::uint64_t epoch() const { return !live && pending ? pending->epoch : begun; }

  /// The same, where the source is asked about it afterwards.
  std::uint64_t epoch_at_hand() {
    if (!live && pending) source->skip(pending->epoch, pending->offset);
    return epoch();
  }

  const std::unique_ptr<Source> source;
  const FullDataLoaderOptions options;
  const HoldWhileLoading hold;
  std::list<EpochHook> hooks;  // a list, since a hook may add another
  ErrorLedger ledger;
  StatsMeter meter;
  std::atomic<bool> stop{false};
  std::atomic<bool> used{false};

  // Where the iteration stands: `live` from `begin` to its end.
  bool live = false;
  bool ended = false;
  std::uint64_t iteration = 0;
  std::uint64_t begun = 0;
  std::uint64_t delivered = 0;
  std::size_t seen = 0;
  /// Where the next `begin` begins, if that is not at the epoch after the one begun last.
  std::optional<Position> pending = Position{};

  std::shared_ptr<void> held;
  Window window;  // last, so that its threads end first
};

LoaderCore::LoaderCore(std::unique_ptr<Source> source, const FullDataLoaderOptions& options,
                       std::function<void()> on_thread_start, HoldWhileLoading hold)
    : state_(std::make_unique<State>(std::move(source), options, std::move(on_thread_start), std::move(hold))) {}
LoaderCore::~LoaderCore() = default;

const FullDataLoaderOptions& LoaderCore::options() const noexcept { return state_->options; }

void LoaderCore::stop_iterating() {
  if (!state_->live) return;
  state_->live = false;
  state_->meter.pause();
  state_->held.reset();
}

std::uint64_t LoaderCore::begin() {
  State& state = *state_;
  const SoleUser user(state.used);
  stop_iterating();
  const Position from = state.pending.value_or(Position{state.begun + 1, 0, 0, 0});
  state.meter.resume();  // before the workers have anything to do
  if (state.options.workers > 0 && state.hold) state.held = state.hold();
  try {
    state.source->skip(from.epoch, from.offset);
    state.window.open(from.epoch, from.batch, state.ended);
    state.window.start();
  } catch (...) {
    state.held.reset();
    throw;
  }
  state.pending.reset();
  state.ended = false;
  state.begun = from.epoch;
  state.delivered = from.batch;
  state.seen = 0;
  state.ledger.begin_epoch(from.epoch, from.failed);
  state.live = true;
  return ++state.iteration;
}

std::shared_ptr<Job> LoaderCore::next(std::uint64_t iteration) {
  State& state = *state_;
  bool ended = false;
  std::shared_ptr<Job> job;
  {
    const SoleUser user(state.used);
    if (!state.live || iteration != state.iteration) {
      throw Error(Reason::kBusy,
                  "this iteration over the loader has ended: begin() was called again, or join(), or it "
                  "was stopped by an error");
    }
    job = next_in_epoch(ended);
  }
  if (ended) {
    const std::uint64_t epoch = state.begun;
    for (const EpochHook& hook : state.hooks) hook(epoch);
  }
  return job;
}

std::shared_ptr<Job> LoaderCore::next_in_epoch(bool& ended) {
  State& state = *state_;
  for (;;) {
    if (state.stop.load(std::memory_order_relaxed)) {
      stop_iterating();
      state.window.drop();
      return nullptr;
    }
    if (!state.window.prepare_next()) {
      stop_iterating();
      state.ended = ended = true;
      return nullptr;
    }
    state.meter.note_ready(state.window.ready());
    const auto begin = StatsMeter::Clock::now();
    const Taken taken = state.window.take(state.stop);
    state.meter.note_wait(StatsMeter::Clock::now() - begin);
    if (taken.outcome == Taken::Outcome::kStopped) continue;
    if (taken.outcome == Taken::Outcome::kTimeout) {
      throw Error(Reason::kTimeout, "Timeout: no batch after " + std::to_string(state.options.timeout->count()) +
                                        " ms: " + taken.slowest);
    }
    const Job& job = *taken.job;
    if (state.source->order() == Order::kStateful && job.examples() == 0 && job.errors().empty()) {
      state.window.end_of_dataset();  // the other workers may still have something
      continue;
    }
    ++state.delivered;
    state.seen += job.places();
    state.meter.note(job, taken);
    state.window.refill();
    settle(job);
    if (job.examples() > 0) return taken.job;
  }
}

/// Lists the job's errors, and throws what the policy wants to be thrown.
void LoaderCore::settle(const Job& job) {
  State& state = *state_;
  const auto errors = job.errors();
  if (errors.empty()) return;
  for (const auto& error : errors) state.ledger.note(error);
  state.meter.note_failures(errors.size());
  if (state.options.error_policy == ErrorPolicy::kThrow) std::rethrow_exception(job.surfaced(errors.front().error));
  try {
    state.ledger.check(state.options.max_errors, state.source->examples().value_or(std::max(state.seen, kShareBase)));
  } catch (...) {
    stop_iterating();
    state.window.drop();
    throw;
  }
}

void LoaderCore::abandon(std::uint64_t iteration) noexcept {
  try {
    const SoleUser user(state_->used);
    if (!state_->live || iteration != state_->iteration) return;
    stop_iterating();
    state_->window.drop();
  } catch (const std::exception&) {
    // In a forked child, or from inside the loader: there is nothing to end.
  }
}

std::shared_ptr<Job> LoaderCore::at(std::size_t batch) {
  State& state = *state_;
  const SoleUser user(state.used);
  if (!state.live && state.pending && state.source->order() == Order::kSampled) {
    state.window.open(state.pending->epoch, 0, false);  // so that the next loop finds the same order
  }
  std::shared_ptr<Job> job = state.source->at(state.epoch_at_hand(), batch);
  state.window.run(job);
  const auto errors = job->errors();
  if (!errors.empty() && (state.options.error_policy == ErrorPolicy::kThrow || job->examples() == 0)) {
    std::rethrow_exception(job->surfaced(errors.front().error));
  }
  return job;
}

std::size_t LoaderCore::batches() {
  const SoleUser user(state_->used);
  return state_->source->batches(state_->epoch_at_hand());
}

void LoaderCore::join() {
  const SoleUser user(state_->used);
  stop_iterating();
  state_->window.join();
}

void LoaderCore::set_epoch(std::uint64_t epoch) {
  const SoleUser user(state_->used);
  state_->pending = Position{epoch, 0, 0, 0};
}

std::uint64_t LoaderCore::epoch() const { return state_->epoch(); }

void LoaderCore::on_epoch_end(EpochHook hook) { state_->hooks.push_back(std::move(hook)); }

std::string LoaderCore::state() const {
  const State& state = *state_;
  const SoleUser user(state_->used);
  LoaderState saved;
  saved.identity = state.source->identity();
  if (!state.options.enforce_ordering && state.options.workers > 1) {
    throw Error(Reason::kUnsupported,
                "state: with enforce_ordering(false) the batches delivered are not the first ones");
  }
  if (!state.live && state.pending) {
    saved.epoch = state.pending->epoch;
    saved.batch = state.pending->batch;
    saved.failed = state.pending->failed;
    saved.offset = state.pending->offset;
  } else if (state.ended || state.delivered == state.source->batches(state.begun)) {
    saved.epoch = state.begun + 1;
  } else {
    saved.epoch = state.begun;
    saved.batch = state.delivered;
    saved.failed = state.ledger.failed();
    saved.offset = state.source->skipped(state.begun);
  }
  return to_json(saved);
}

void LoaderCore::load_state(const std::string& json) {
  State& state = *state_;
  const SoleUser user(state.used);
  const LoaderState saved = in_steps_of(state.source->identity(), state_from_json(json));
  const std::uint64_t present = state.epoch();
  const std::size_t skipped = state.source->skipped(present);
  state.source->skip(saved.epoch, saved.offset);
  const std::size_t batches = state.source->batches(saved.epoch);
  if (saved.batch > batches) {
    state.source->skip(present, skipped);
    throw Error(Reason::kBadState, "saved state of a loader: expected a batch of at most " + std::to_string(batches) +
                                       ", found " + std::to_string(saved.batch));
  }
  stop_iterating();
  state.window.drop();
  const bool whole = saved.batch + saved.offset > 0 && saved.batch == batches;  // nothing is left of the epoch
  state.pending =
      whole ? Position{saved.epoch + 1, 0, 0, 0} : Position{saved.epoch, saved.batch, saved.failed, saved.offset};
}

const std::vector<LoadError>& LoaderCore::errors() const { return state_->ledger.errors(); }

LoaderStats LoaderCore::stats() const {
  const State& state = *state_;
  const SoleUser user(state_->used);
  LoaderStats stats = state.meter.read(state.live);
  stats.workers = state.window.threads();
  stats.bytes_in_flight = state.window.bytes();
  stats.peak_bytes_in_flight = state.window.peak_bytes();
  stats.cacheable_bytes = state.options.cacheable_bytes;
  return stats;
}

void LoaderCore::reset_stats() {
  const SoleUser user(state_->used);
  state_->meter.reset();
  state_->window.reset_peak();
}

void LoaderCore::request_stop() noexcept { state_->stop.store(true, std::memory_order_relaxed); }
bool LoaderCore::stop_requested() const noexcept { return state_->stop.load(std::memory_order_relaxed); }

}  // namespace boxfeed::detail
