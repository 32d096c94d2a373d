#pragma once

#include <array>
#include <chrono>
#include <cstddef>

namespace boxfeed {

/// What is done to one example, in order.
enum class Stage { kRead, kDecode, kGeometry, kColor, kWrite };

/// The time spent in each stage of one example, or summed over many.
class StageTimes {
 public:
  using Duration = std::chrono::nanoseconds;
  static constexpr std::size_t kStages = 5;

  Duration& operator[](Stage stage) noexcept { return times_[static_cast<std::size_t>(stage)]; }
  Duration operator[](Stage stage) const noexcept { return times_[static_cast<std::size_t>(stage)]; }
  StageTimes& operator+=(const StageTimes& other) noexcept {
    for (std::size_t i = 0; i < kStages; ++i) times_[i] += other.times_[i];
    return *this;
  }

 private:
  std::array<Duration, kStages> times_{};
};

/// Books the time since it was made, or since the last `lap`, to one stage after the other.
class StageClock {
 public:
  explicit StageClock(StageTimes& times) : times_(times), last_(std::chrono::steady_clock::now()) {}

  /// Everything since the last lap was `stage`.
  void lap(Stage stage) {
    const auto now = std::chrono::steady_clock::now();
    times_[stage] += now - last_;
    last_ = now;
  }

 private:
  StageTimes& times_;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace boxfeed
