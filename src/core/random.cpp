#include <boxfeed/core/random.h>

#include <cmath>
#include <numeric>

namespace boxfeed {
namespace {

constexpr std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
constexpr std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

/// A bijection of 64 bits that spreads every input bit over the word.
/// Source: the finalizer of SplitMix64 (Steele, Lea and Flood 2014).
constexpr std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

}  // namespace

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> c, std::array<std::uint32_t, 2> k) noexcept {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53} * c[0];
    const std::uint64_t b = std::uint64_t{0xCD9E8D57} * c[2];
    c = {high(b) ^ c[1] ^ k[0], low(b), high(a) ^ c[3] ^ k[1], low(a)};
    k[0] += 0x9E3779B9;
    k[1] += 0xBB67AE85;
  }
  return c;
}

Random::Random(std::uint64_t seed, std::uint64_t epoch, std::uint64_t index) noexcept {
  const std::uint64_t key = mixed(seed + 0x9E3779B97F4A7C15U * mixed(epoch));
  key_ = {low(key), high(key)};
  counter_ = {0, 0, low(index), high(index)};
}

std::uint32_t Random::bits() noexcept {
  if (used_ == 4) {
    block_ = philox4x32(counter_, key_);
    if (++counter_[0] == 0) ++counter_[1];
    used_ = 0;
  }
  return block_[used_++];
}

std::uint64_t Random::bits64() noexcept {
  const std::uint64_t upper = bits();
  return upper << 32 | bits();
}

float Random::uniform() noexcept { return static_cast<float>(bits() >> 8) * 0x1p-24F; }

double Random::uniform(double low, double high) noexcept { return low + (high - low) * static_cast<double>(uniform()); }

std::uint64_t Random::below(std::uint64_t bound) noexcept {
  const std::uint64_t reject = (0 - bound) % bound;  // 2^64 mod bound: the part that would make small results likelier
  for (;;) {
    const std::uint64_t x = bits64();
    if (x >= reject) return x % bound;
  }
}

double Random::normal() noexcept {
  constexpr double kTwoPi = 6.283185307179586;
  const double radius = (static_cast<double>(bits()) + 1) * 0x1p-32;  // in (0, 1], so that its logarithm is finite
  const double angle = static_cast<double>(bits()) * 0x1p-32;
  return std::sqrt(-2 * std::log(radius)) * std::cos(kTwoPi * angle);
}

std::vector<std::size_t> random_permutation(std::size_t n, std::uint64_t seed, std::uint64_t epoch) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random random(seed, epoch, ~std::uint64_t{0});
  random.shuffle(order);
  return order;
}

}  // namespace boxfeed
