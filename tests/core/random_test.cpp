#include <boxfeed/core/random.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "support/catch.h"

using boxfeed::Random;

TEST_CASE("philox4x32 gives the published values") {
  // The known answers that the paper's authors distribute with their own implementation.
  CHECK(boxfeed::philox4x32({0, 0, 0, 0}, {0, 0}) ==
        std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(boxfeed::philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
        std::array<std::uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(boxfeed::philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        std::array<std::uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("the same place gives the same numbers, another place others") {
  const auto first = [](std::uint64_t seed, std::uint64_t epoch, std::uint64_t index) {
    Random random(seed, epoch, index);
    return std::array<std::uint32_t, 6>{random.bits(), random.bits(), random.bits(),
                                        random.bits(), random.bits(), random.bits()};
  };
  CHECK(first(7, 3, 11) == first(7, 3, 11));
  CHECK(first(7, 3, 11) != first(8, 3, 11));
  CHECK(first(7, 3, 11) != first(7, 4, 11));
  CHECK(first(7, 3, 11) != first(7, 3, 12));
  CHECK(first(7, 3, 11) != first(7, 11, 3));
}

TEST_CASE("uniform and normal numbers have their moments") {
  double sum = 0, squares = 0, normal_sum = 0, normal_squares = 0;
  constexpr int kCount = 200000;
  for (int i = 0; i < kCount; ++i) {
    Random random(1, 2, static_cast<std::uint64_t>(i));
    const double u = random.uniform(), n = random.normal();
    REQUIRE((u >= 0 && u < 1));
    sum += u;
    squares += u * u;
    normal_sum += n;
    normal_squares += n * n;
  }
  // Five standard errors of each estimate.
  CHECK(std::abs(sum / kCount - 0.5) < 5 * 0.2887 / std::sqrt(kCount));
  CHECK(std::abs(squares / kCount - 1.0 / 3) < 5 * 0.2981 / std::sqrt(kCount));
  CHECK(std::abs(normal_sum / kCount) < 5 / std::sqrt(kCount));
  CHECK(std::abs(normal_squares / kCount - 1) < 5 * std::sqrt(2.0 / kCount));
}

TEST_CASE("below stays below its bound and reaches every number") {
  Random random(5, 0, 0);
  std::map<std::uint64_t, int> seen;
  for (int i = 0; i < 7000; ++i) ++seen[random.below(7)];
  REQUIRE(seen.size() == 7);
  for (const auto& [number, count] : seen) {
    CHECK(number < 7);
    CHECK(std::abs(count - 1000) < 150);  // five standard deviations
  }
  CHECK(random.below(1) == 0);
}

TEST_CASE("a permutation holds every number once and depends on seed and epoch") {
  const auto order = boxfeed::random_permutation(1000, 3, 0);
  auto sorted = order;
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::size_t> all(1000);
  std::iota(all.begin(), all.end(), std::size_t{0});
  CHECK(sorted == all);
  CHECK(order == boxfeed::random_permutation(1000, 3, 0));
  CHECK(order != boxfeed::random_permutation(1000, 3, 1));
  CHECK(order != boxfeed::random_permutation(1000, 4, 0));
  CHECK(boxfeed::random_permutation(0, 1, 1).empty());
}

TEST_CASE("all orders of three are equally likely") {
  std::map<std::vector<std::size_t>, int> seen;
  for (std::uint64_t epoch = 0; epoch < 6000; ++epoch) ++seen[boxfeed::random_permutation(3, 9, epoch)];
  REQUIRE(seen.size() == 6);
  for (const auto& [order, count] : seen) CHECK(std::abs(count - 1000) < 150);
}

TEST_CASE("normal numbers are the same on every machine") {
  // Computed from the definition by another program, in Python.
  Random random(1, 2, 3), other(0, 0, 0);
  for (const double expected : {-0.7754458946908533, -1.9853941377968554, 1.4842948543923338, -0.12681832807557578}) {
    CHECK(random.normal() == Approx(expected).epsilon(1e-14));
  }
  for (const double expected : {0.9911376790966604, -0.6176089596525953}) {
    CHECK(other.normal() == Approx(expected).epsilon(1e-14));
  }
}
