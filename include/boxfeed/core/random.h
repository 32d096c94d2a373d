#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace boxfeed {

/// Names one example of an epoch, and with it everything that is random about it.
struct ExampleKey {
  std::uint64_t seed = 0;
  std::uint64_t epoch = 0;
  std::size_t index = 0;
};

/// Random numbers that are a function of (seed, epoch, index) alone: no state is shared, and nothing of the machine,
/// the number of threads or the standard library enters.
///
/// Source: Philox4x32-10 of Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.
/// Thread safety: make one per example; a single object belongs to one thread.
class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t epoch, std::uint64_t index) noexcept;
  explicit Random(const ExampleKey& key) noexcept : Random(key.seed, key.epoch, key.index) {}

  /// Uniform over all 32-bit numbers.
  std::uint32_t bits() noexcept;
  /// Uniform over all 64-bit numbers: two of 32 bits, for instance as the seed of another generator.
  std::uint64_t bits64() noexcept;
  /// Uniform in [0, 1), a multiple of 2^-24: exact in a float.
  float uniform() noexcept;
  /// Uniform in [low, high).
  double uniform(double low, double high) noexcept;
  /// Uniform in {0, ..., bound - 1}, without bias. Requires: bound > 0.
  std::uint64_t below(std::uint64_t bound) noexcept;
  /// True with probability `p`.
  bool bernoulli(double p) noexcept { return double{uniform()} < p; }
  /// Puts the items into an order of which all are equally likely (Fisher and Yates).
  template <typename Items>
  void shuffle(Items& items) noexcept {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }
  /// Standard normal (Box and Muller 1958).
  double normal() noexcept;

 private:
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> block_{};
  unsigned used_ = 4;
};

/// The numbers 0 … n - 1 in an order that is a function of (seed, epoch) alone.
std::vector<std::size_t> random_permutation(std::size_t n, std::uint64_t seed, std::uint64_t epoch);

/// One block of Philox4x32-10: four numbers from a counter and a key.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key) noexcept;

}  // namespace boxfeed
