#include <boxfeed/loader/error_policy.h>

#include <limits>
#include <stdexcept>

#include "support/catch.h"

using boxfeed::ErrorBudget;

TEST_CASE("a budget is a count or a share") {
  CHECK(ErrorBudget().allowed(1000) == 0);
  CHECK(ErrorBudget(10).allowed(5) == 10);
  CHECK(ErrorBudget(0.01).allowed(1000) == 10);
  CHECK(ErrorBudget(0.01).allowed(99) == 0);
  CHECK(ErrorBudget(1.0).allowed(7) == 7);
  CHECK(ErrorBudget(1).allowed(7) == 1);
  CHECK(ErrorBudget(10).text() == "10");
  CHECK(ErrorBudget(0.015).text() == "1.5 %");
}

TEST_CASE("a budget that is none is refused") {
  CHECK_THROWS_AS(ErrorBudget(-1), std::invalid_argument);
  CHECK_THROWS_AS(ErrorBudget(1.5), std::invalid_argument);
  CHECK_THROWS_AS(ErrorBudget(std::numeric_limits<double>::quiet_NaN()), std::invalid_argument);
}
