#include "loader/pipeline.h"

#include <algorithm>
#include <utility>

namespace boxfeed::detail {

Pipeline::Pipeline(JobSource& source, const CoreOptions& options)
    : source_(source),
      options_(options),
      foresees_(options.prefetch_next_epoch && options.workers > 0 && options.ordered && source.is_seeded()) {}

Engine& Pipeline::engine() {
  if (!engine_) {
    EngineOptions options;
    options.workers = options_.workers;
    options.on_thread_start = options_.on_thread_start;
    engine_ = std::make_unique<Engine>(std::move(options));
    threads_ = engine_->threads();
  }
  return *engine_;
}

void Pipeline::start(std::uint64_t epoch, std::size_t batch, bool foreseen_is_front) {
  Engine& workers = engine();
  if (!foreseen_ || !foreseen_is_front || ask_epoch_ != epoch || batch != 0) {
    drop();
    if (source_.is_stateful()) workers.wait_idle();
    source_.start(epoch, batch);
    workers.restart();
    ask_epoch_ = epoch;
    exhausted_ = false;
  }
  foreseen_ = false;
  epoch_ = epoch;
  if (is_inline()) return;
  if (!source_.is_seeded()) {
    for (std::size_t i = 0; i < options_.max_jobs && ask(); ++i) continue;
  }
  submit(/*may_fail=*/false);
}

void Pipeline::drop() {
  asked_.clear();
  flights_.clear();
  bytes_ = 0;
  exhausted_ = true;
  foreseen_ = false;
  ask_error_ = nullptr;
  if (engine_) engine_->cancel();
}

void Pipeline::join() {
  drop();
  engine_.reset();
}

/// Asks the source for one batch more; false where it has none, or threw.
bool Pipeline::ask() {
  if (ask_error_) return false;
  try {
    for (;;) {
      if (exhausted_) {
        if (!foresees_ || ask_epoch_ != epoch_) return false;
        source_.start(ask_epoch_ + 1, 0);
        ++ask_epoch_;
        exhausted_ = false;
        foreseen_ = true;
      }
      if (std::unique_ptr<Job> job = source_.next()) {
        asked_.push_back({std::move(job), ask_epoch_, 0});
        return true;
      }
      if (!source_.is_seeded()) return false;
      exhausted_ = true;
    }
  } catch (...) {
    ask_error_ = std::current_exception();
    return false;
  }
}

/// Submits batches as far as the window and the memory allow. What getting the memory throws is passed on only where
/// nothing else is on its way.
void Pipeline::submit(bool may_fail) {
  const std::size_t window = is_inline() ? 1 : options_.prefetch;
  while (flights_.size() < window) {
    if (asked_.empty() && (!source_.is_seeded() || !ask())) return;
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
    peak_bytes_ = std::max(peak_bytes_, bytes_);
    flights_.push_back(std::move(flight));
    asked_.pop_front();
  }
}

bool Pipeline::prepare_next() {
  if (front_is_current()) return true;
  if (is_inline() && asked_.empty()) ask();
  submit(/*may_fail=*/true);
  if (front_is_current()) return true;
  if (ask_error_) std::rethrow_exception(std::exchange(ask_error_, nullptr));
  return false;
}

Taken Pipeline::take(const std::atomic<bool>& stop) {
  TakeOptions options;
  options.ordered = options_.ordered;
  options.timeout = options_.timeout;
  options.stop = &stop;
  Taken taken = engine_->take(options);
  if (taken.outcome != Taken::Outcome::kJob) return taken;
  const auto flight =
      std::find_if(flights_.begin(), flights_.end(), [&](const Flight& f) { return f.job == taken.job; });
  bytes_ -= flight->bytes;
  flights_.erase(flight);
  return taken;
}

void Pipeline::refill() {
  if (is_inline()) return;
  if (!source_.is_seeded()) ask();
  submit(/*may_fail=*/false);
}

void Pipeline::end_of_dataset() { exhausted_ = true; }

void Pipeline::run(const std::shared_ptr<Job>& job) {
  job->prepare();
  engine().run(job);
}

}  // namespace boxfeed::detail
