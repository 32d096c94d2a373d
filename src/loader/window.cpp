#include "loader/window.h"

#include <algorithm>
#include <utility>

namespace boxfeed::detail {

Window::Window(Source& source, const FullDataLoaderOptions& options, std::function<void()> on_thread_start)
    : source_(source),
      options_(options),
      on_thread_start_(std::move(on_thread_start)),
      foresees_(options.prefetch_next_epoch && options.workers > 0 && options.enforce_ordering && is_seeded()) {}

Engine& Window::engine() {
  if (!engine_) {
    engine_ = std::make_unique<Engine>(options_.workers, on_thread_start_);
    threads_ = engine_->threads();
  }
  return *engine_;
}

void Window::open(std::uint64_t epoch, std::size_t batch, bool foreseen_is_front) {
  Engine& workers = engine();
  if (opened_ && epoch_ == epoch) return;
  if (!foreseen_ || !foreseen_is_front || ask_epoch_ != epoch || batch != 0) {
    opened_ = false;
    drop();
    if (source_.order() == Order::kStateful) workers.wait_idle();
    source_.start(epoch, batch);
    workers.restart();
    ask_epoch_ = epoch;
    exhausted_ = false;
  }
  foreseen_ = false;
  epoch_ = epoch;
  opened_ = true;
}

void Window::start() {
  opened_ = false;
  if (is_inline()) return;
  if (!is_seeded()) {
    for (std::size_t i = 0; i < options_.max_jobs && ask(); ++i) continue;
  }
  submit(/*may_fail=*/false);
}

void Window::drop() {
  asked_.clear();
  flights_.clear();
  bytes_ = 0;
  exhausted_ = !opened_;
  foreseen_ = false;
  ask_error_ = nullptr;
  if (engine_) engine_->cancel();
}

void Window::join() {
  drop();
  engine_.reset();
}

/// Asks the source for one batch more; false where it has none, or threw.
bool Window::ask() {
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
      if (!is_seeded()) return false;
      exhausted_ = true;
    }
  } catch (...) {
    ask_error_ = std::current_exception();
    return false;
  }
}

/// Submits batches as far as the window and the memory allow. What getting the memory throws is passed on only where
/// nothing else is on its way.
void Window::submit(bool may_fail) {
  const std::size_t window = is_inline() ? 1 : options_.prefetch;
  while (flights_.size() < window) {
    if (asked_.empty() && (!is_seeded() || !ask())) return;
    Flight& flight = asked_.front();
    flight.bytes = flight.job->bytes();
    if (options_.max_bytes_in_flight && !flights_.empty() && bytes_ + flight.bytes > *options_.max_bytes_in_flight)
      return;
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

bool Window::prepare_next() {
  if (front_is_current()) return true;
  if (is_inline() && asked_.empty()) ask();
  submit(/*may_fail=*/true);
  if (front_is_current()) return true;
  if (ask_error_) std::rethrow_exception(std::exchange(ask_error_, nullptr));
  return false;
}

Taken Window::take(const std::atomic<bool>& stop) {
  Taken taken = engine_->take(options_.enforce_ordering, options_.timeout, &stop);
  if (taken.outcome != Taken::Outcome::kJob) return taken;
  const auto flight =
      std::find_if(flights_.begin(), flights_.end(), [&](const Flight& f) { return f.job == taken.job; });
  bytes_ -= flight->bytes;
  flights_.erase(flight);
  return taken;
}

void Window::refill() {
  if (is_inline()) return;
  if (!is_seeded()) ask();
  submit(/*may_fail=*/false);
}

void Window::end_of_dataset() { exhausted_ = true; }

void Window::run(const std::shared_ptr<Job>& job) {
  job->prepare();
  engine().run(job);
}

}  // namespace boxfeed::detail
