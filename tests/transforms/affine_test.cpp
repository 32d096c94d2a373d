#include <boxfeed/transforms/geometry.h>

#include <cmath>
#include <stdexcept>

#include "support/catch.h"
#include "support/check_box.h"
#include "transforms/drawing.h"

using namespace boxfeed;
using namespace boxfeed::transforms;
using boxfeed::testing::check_box;
using boxfeed::testing::plan_of;

TEST_CASE("a quarter turn is counter-clockwise") {
  // About the middle (20, 20), what is to the right goes up: (30, 20) -> (20, 10).
  const Plan plan = plan_of(RandomRotation(Range{90, 90}), {40, 40}, {{30, 15, 38, 25}});
  check_box(plan.boxes.at(0), {15, 2, 25, 10});
}

TEST_CASE("an image is turned about a point that is given") {
  // About (10, 30), (20 … 30, 25 … 35) is 10 … 20 to the right and -5 … 5 below: that goes up, and right goes left.
  const Plan plan = plan_of(RandomRotation(Range{90, 90}).center({10, 30}), {40, 40}, {{20, 25, 30, 35}});
  CHECK(plan.size == ImageSize{40, 40});
  check_box(plan.boxes.at(0), {5, 10, 15, 20});
  // Half a turn about the corner of the photograph leaves nothing of it.
  CHECK(plan_of(RandomRotation(Range{180, 180}).center({0, 0}), {40, 40}, {{1, 1, 9, 9}}).boxes.empty());
  // Thirty degrees about (4, 2): (14, 2) goes to (4 + 10 cos 30°, 2 - 10 sin 30°).
  const auto to = plan_of(RandomRotation(Range{30, 30}).center({4, 2}), {40, 40}).map.apply(14, 2);
  CHECK(to[0] == Approx(4 + 10 * std::cos(std::acos(-1.0) / 6)));
  CHECK(to[1] == Approx(-3));
  CHECK_THROWS_AS(Transform(RandomRotation(5).center({1, 1}).expand(true)), std::invalid_argument);
  CHECK_THROWS_AS(Transform(RandomRotation(5).center(Point{1, std::nan("")})), std::invalid_argument);
}

TEST_CASE("a turned box is the box around the turned corners") {
  // Half the diagonal of a 10 × 10 box is 5 √2.
  const Plan plan = plan_of(RandomRotation(Range{45, 45}), {100, 100}, {{45, 45, 55, 55}});
  const auto r = static_cast<float>(5 * std::sqrt(2.0));
  check_box(plan.boxes.at(0), {50 - r, 50 - r, 50 + r, 50 + r});
}

TEST_CASE("expanding makes room for the turned image") {
  const Plan quarter = plan_of(RandomRotation(Range{90, 90}).expand(true), {30, 50}, {{0, 0, 50, 30}});
  CHECK(quarter.size == ImageSize{50, 30});
  check_box(quarter.boxes.at(0), {0, 0, 30, 50});
  // 100 √2 = 141.4: 70.71 from the middle at each side.
  CHECK(plan_of(RandomRotation(Range{45, 45}).expand(true), {100, 100}).size == ImageSize{142, 142});
}

TEST_CASE("an affine map turns clockwise, scales about the middle and moves whole pixels") {
  const Plan turned = plan_of(RandomAffine(Range{90, 90}), {40, 40}, {{30, 15, 38, 25}});
  check_box(turned.boxes.at(0), {15, 30, 25, 38});
  const Plan scaled = plan_of(RandomAffine(0).scale({0.5, 0.5}), {40, 60}, {{0, 0, 60, 40}});
  check_box(scaled.boxes.at(0), {15, 10, 45, 30});
  double most_x = 0, most_y = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const auto e = plan_of(RandomAffine(0).translate({0.25, 0.1}), {40, 60}, {}, i).map.entries();
    REQUIRE(e[2] == Approx(std::round(e[2])).margin(1e-9));
    most_x = std::max(most_x, std::abs(e[2]));
    most_y = std::max(most_y, std::abs(e[5]));
  }
  CHECK(most_x == Approx(15));
  CHECK(most_y == Approx(4));
}

TEST_CASE("a shear along x leans rows against each other") {
  // tan 45° = 1: a point 10 above the middle goes 10 to the right.
  const Plan plan = plan_of(RandomAffine(0).shear({45, 45}), {40, 40}, {}, 0);
  const auto top = plan.map.apply(20, 10);
  CHECK(top[0] == Approx(30));
  CHECK(top[1] == Approx(10));
}

TEST_CASE("a shear along y leans columns against each other, and numbers for x alone leave y as it is") {
  // tan 45° = 1: a point 10 to the left of the middle goes 10 down where the shear's turn is counter-clockwise.
  const auto to = plan_of(RandomAffine(0).shear({0, 0, 45, 45}), {40, 40}).map.apply(10, 20);
  CHECK(to[0] == Approx(10));
  CHECK(to[1] == Approx(30));
  for (std::uint64_t i = 0; i < 50; ++i) {
    REQUIRE(plan_of(RandomAffine(0).shear({-30, 30}), {40, 40}, {}, i).map.entries()[3] == Approx(0).margin(1e-12));
  }
  CHECK_THROWS_WITH(Transform(RandomAffine(0).shear({1, 2, 3})),
                    "RandomAffine: shear: expected two numbers or four, got 3");
  CHECK_THROWS_WITH(Transform(RandomAffine(0).shear({0, 1, 5, 3})),
                    "RandomAffine: shear: expected low ≤ high, got 5 to 3");
}

TEST_CASE("a perspective takes the corners to the drawn end points") {
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Plan plan = plan_of(RandomPerspective(0.5, 1), {41, 61}, {}, i);
    REQUIRE(plan.drawn.size() == 1);
    const auto& ends = plan.drawn[0].parameters.at(0).values;
    const double corners[4][2] = {{0, 0}, {60, 0}, {60, 40}, {0, 40}};
    for (std::size_t k = 0; k < 4; ++k) {
      const auto to = plan.map.apply(corners[k][0], corners[k][1]);
      REQUIRE(to[0] == Approx(ends[2 * k]).margin(1e-6));
      REQUIRE(to[1] == Approx(ends[2 * k + 1]).margin(1e-6));
      REQUIRE(std::abs(ends[2 * k] - corners[k][0]) <= 15);
      REQUIRE(std::abs(ends[2 * k + 1] - corners[k][1]) <= 10);
    }
  }
}

TEST_CASE("turns and shears refuse what cannot be") {
  CHECK_THROWS_AS(Transform(RandomRotation(Range{10, -10})), std::invalid_argument);
  CHECK_THROWS_AS(Transform(RandomAffine(0).scale({0, 1})), std::invalid_argument);
  CHECK_THROWS_AS(Transform(RandomAffine(0).translate({0, 1.5})), std::invalid_argument);
  CHECK_THROWS_AS(Transform(RandomAffine(0).translate({1.5, 0})), std::invalid_argument);
  CHECK_THROWS_AS(Transform(RandomAffine(0).shear({0, 90})), std::invalid_argument);
  CHECK_THROWS_AS(Transform(RandomPerspective(1.5)), std::invalid_argument);
}
