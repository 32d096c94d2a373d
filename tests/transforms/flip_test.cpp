#include <boxfeed/transforms/flip.h>

#include <stdexcept>

#include "support/catch.h"
#include "transforms/drawing.h"

using namespace boxfeed;
using namespace boxfeed::transforms;
using boxfeed::testing::plan_of;

TEST_CASE("a horizontal flip mirrors at the middle") {
  const Plan plan = plan_of(RandomHorizontalFlip(1), {50, 100}, {{10, 5, 40, 25}});
  CHECK(plan.boxes == std::vector<Box>{{60, 5, 90, 25}});
  CHECK(plan.size == ImageSize{50, 100});
  CHECK(plan.explain() == "RandomHorizontalFlip\n");
}

TEST_CASE("a vertical flip mirrors at the middle") {
  CHECK(plan_of(RandomVerticalFlip(1), {50, 100}, {{10, 5, 40, 25}}).boxes == std::vector<Box>{{10, 25, 40, 45}});
}

TEST_CASE("flips happen as often as they should, and leave no trace where they do not") {
  int flips = 0;
  for (std::uint64_t i = 0; i < 10000; ++i) {
    const Plan plan = plan_of(RandomHorizontalFlip(0.3), {4, 4}, {}, i);
    flips += static_cast<int>(plan.drawn.size());
    REQUIRE(plan.drawn.empty() == (plan.map.entries()[0] == 1));
  }
  CHECK(flips == Approx(3000).margin(140));  // three standard deviations
}

TEST_CASE("a flip refuses what is no probability") {
  CHECK_THROWS_WITH(Transform(RandomHorizontalFlip(1.5)),
                    "RandomHorizontalFlip: p: expected a probability from 0 to 1, got 1.5");
  CHECK_THROWS_AS(Transform(RandomVerticalFlip(-0.1)), std::invalid_argument);
}
