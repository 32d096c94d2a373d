#pragma once

#include <boxfeed/loader/detail/job.h>

#include <atomic>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace boxfeed::testing {

/// A job of which every place counts how often it was filled, and then does what it is told.
class FakeJob : public detail::Job {
 public:
  using Work = std::function<void(std::size_t place)>;

  explicit FakeJob(std::size_t size, Work work = {}) : Job(size), fills(size), work_(std::move(work)) {}

  void fill(std::size_t place, std::size_t) override {
    ++fills[place];
    if (work_) work_(place);
  }
  void complete() noexcept override {
    ++completions;
    complete_when_full = complete_when_full && exactly_once();
  }
  std::string name_of(std::size_t place) const override { return "place " + std::to_string(place); }
  std::size_t examples() const override { return places(); }

  /// True if every place was filled exactly once.
  bool exactly_once() const {
    for (const auto& count : fills) {
      if (count != 1) return false;
    }
    return true;
  }

  std::vector<std::atomic<int>> fills;
  int completions = 0;
  bool complete_when_full = true;

 private:
  Work work_;
};

}  // namespace boxfeed::testing
