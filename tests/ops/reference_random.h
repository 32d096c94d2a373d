#pragma once

#include <cstdint>

namespace boxfeed::testing {

/// The numbers that reference_random.py draws, too, so that the inputs of a reference need not be kept.
class ReferenceRandom {
 public:
  explicit ReferenceRandom(std::uint64_t seed) : state_(seed) {}

  /// A whole number from 0 to count - 1.
  std::int64_t below(std::int64_t count) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::int64_t>(state_ >> 33U) % count;
  }

 private:
  std::uint64_t state_;
};

}  // namespace boxfeed::testing
