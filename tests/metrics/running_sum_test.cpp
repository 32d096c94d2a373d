#include <boxfeed/metrics/running_sum.h>

#include "support/catch.h"

using boxfeed::RunningSum;

TEST_CASE("what rounding takes from a sum is kept beside it") {
  RunningSum sum;
  for (const double value : {1.0, 1e100, 1.0, -1e100}) sum.add(value);
  CHECK(sum.value() == 2);
  RunningSum small_first;
  small_first.add(1e-30);
  small_first.add(1);
  small_first.add(-1);
  CHECK(small_first.value() == 1e-30);
}

TEST_CASE("a product is added without rounding") {
  RunningSum sum;
  const double x = 1 + 1e-10;  // its square needs more than 53 bits
  sum.add_product(x, x);
  sum.add(-1);
  sum.add(-2 * (x - 1));
  const double rest = (x - 1) * (x - 1);
  CHECK(sum.value() == Approx(rest).epsilon(1e-10));
}

TEST_CASE("sums of parts add up with their rests") {
  RunningSum a, b;
  a.add(1e100);
  a.add(3);
  b.add(-1e100);
  b.add(4);
  a.add(b);
  CHECK(a.value() == 7);
  const RunningSum again(a.sum(), a.rest());
  CHECK(again.value() == 7);
}
