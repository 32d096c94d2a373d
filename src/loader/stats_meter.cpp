#include "loader/stats_meter.h"

namespace boxfeed::detail {
namespace {

double seconds(StatsMeter::Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

void StatsMeter::pause() { stats_.seconds += seconds(Clock::now() - since_); }

void StatsMeter::note_ready(std::size_t batches) {
  ready_sum_ += static_cast<double>(batches);
  ++takes_;
}

void StatsMeter::note_wait(Clock::duration time) { stats_.waited += seconds(time); }

void StatsMeter::note(const Job& job, const Taken& taken) {
  stats_.busy += seconds(taken.busy);
  stats_.stages += job.times();
  const std::size_t examples = job.examples();
  stats_.examples += examples;
  stats_.batches += examples > 0 ? 1 : 0;
}

LoaderStats StatsMeter::read(bool running) const {
  LoaderStats stats = stats_;
  if (running) stats.seconds += seconds(Clock::now() - since_);
  stats.ready = takes_ > 0 ? ready_sum_ / static_cast<double>(takes_) : 0;
  return stats;
}

void StatsMeter::reset() {
  *this = {};
  resume();
}

}  // namespace boxfeed::detail
