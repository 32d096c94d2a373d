#pragma once

#include <boxfeed/core/random.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace boxfeed {

/// The epoch that `get` reads, for those whose loader has none. Copies and subsets of a dataset share one.
class EpochCounter {
 public:
  void set(std::uint64_t epoch, std::uint64_t seed) noexcept {
    epoch_ = epoch;
    seed_ = seed;
  }
  ExampleKey key(std::size_t index) const noexcept { return {seed_, epoch_, index}; }

 private:
  std::atomic<std::uint64_t> epoch_{0};
  std::atomic<std::uint64_t> seed_{0};
};

}  // namespace boxfeed
