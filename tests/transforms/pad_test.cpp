#include <boxfeed/transforms/pad.h>

#include <stdexcept>

#include "support/catch.h"
#include "transforms/drawing.h"

using namespace boxfeed;
using namespace boxfeed::transforms;
using boxfeed::testing::plan_of;

TEST_CASE("padding moves boxes by what is added before them") {
  const Plan plan = plan_of(Pad().left(1).top(2).right(3).bottom(4), {10, 20}, {{5, 5, 15, 10}});
  CHECK(plan.size == ImageSize{16, 24});
  CHECK(plan.boxes == std::vector<Box>{{6, 7, 16, 12}});
  CHECK(plan_of(Pad(2), {10, 20}).size == ImageSize{14, 24});
}

TEST_CASE("zooming out keeps the image whole") {
  int drawn = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const Plan plan = plan_of(RandomZoomOut(), {10, 20}, {{0, 0, 20, 10}}, i);
    REQUIRE(plan.boxes.at(0).width() == 20);
    REQUIRE(plan.boxes.at(0).height() == 10);
    REQUIRE((plan.size.height >= 10 && plan.size.height <= 40 && plan.size.width >= 20 && plan.size.width <= 80));
    drawn += static_cast<int>(plan.drawn.size());
  }
  CHECK(drawn == Approx(500).margin(50));
}

TEST_CASE("padding refuses negative numbers, zooming out factors below 1") {
  CHECK_THROWS_AS(Transform(Pad(-1)), std::invalid_argument);
  CHECK_THROWS_AS(Transform(RandomZoomOut().side_range({0.5, 2})), std::invalid_argument);
}
