#include "core/in_order.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.h"

namespace {

/// The numbers that were consumed, of those from 0 to `n` - 1, when the stage that `fails` says throws at `at`.
std::vector<std::size_t> consumed(std::size_t threads, std::size_t n, char fails = 0, std::size_t at = 0) {
  std::size_t next = 0;
  std::vector<std::size_t> out;
  const auto fail_at = [&](char stage, std::size_t number) {
    if (stage == fails && number == at) throw std::runtime_error("number " + std::to_string(number));
  };
  boxfeed::in_order<std::size_t>(
      threads,
      [&](std::size_t& item) {
        if (next == n) return false;
        item = next++;
        fail_at('p', item);
        return true;
      },
      [&](std::size_t& item) {
        if (item % 3 == 0) std::this_thread::sleep_for(std::chrono::microseconds(50));
        fail_at('w', item);
      },
      [&](std::size_t& item) {
        fail_at('c', item);
        out.push_back(item);
      });
  return out;
}

}  // namespace

TEST_CASE("items are consumed in order, whatever the number of threads") {
  std::vector<std::size_t> expected(200);
  std::iota(expected.begin(), expected.end(), std::size_t{0});
  for (const std::size_t threads : {0, 1, 2, 5, 16}) CHECK(consumed(threads, 200) == expected);
  CHECK(consumed(4, 0).empty());
}

TEST_CASE("the first failure in order is thrown, at any stage") {
  for (const std::size_t threads : {1, 4}) {
    for (const char stage : {'p', 'w', 'c'}) {
      for (const std::size_t at : {std::size_t{0}, std::size_t{1}, std::size_t{57}}) {
        CAPTURE(threads, stage, at);
        CHECK_THROWS_WITH(consumed(threads, 100, stage, at), "number " + std::to_string(at));
      }
    }
  }
}

TEST_CASE("what comes before a failure is consumed, nothing after it") {
  for (int round = 0; round < 50; ++round) {
    std::size_t next = 0;
    std::vector<std::size_t> out;
    CHECK_THROWS_WITH(boxfeed::in_order<std::size_t>(
                          4,
                          [&](std::size_t& item) {
                            item = next++;
                            return item < 40;
                          },
                          [&](std::size_t& item) {
                            if (item == 20 || item == 25) throw std::runtime_error(std::to_string(item));
                          },
                          [&](std::size_t& item) { out.push_back(item); }),
                      "20");
    REQUIRE(out.size() == 20);
    CHECK(out.back() == 19);
  }
}
