#include "transforms/polygon.h"

#include "support/catch.h"

using namespace boxfeed;
using namespace boxfeed::transforms;

namespace {

/// With a right angle at (1, 1), to the right and down; and the other way around.
const Polygon kTriangle{{1, 1}, {9, 1}, {1, 5}};
const Polygon kReversed{{1, 5}, {9, 1}, {1, 1}};

}  // namespace

TEST_CASE("a triangle contains what lies in it and on its edges, in whichever order its corners are given") {
  for (const auto& triangle : {kTriangle, kReversed}) {
    for (const auto& [x, y] : {std::pair{2.0, 2.0}, {5.0, 2.9}, {1.0, 3.0}, {5.0, 3.0}, {9.0, 1.0}}) {
      CHECK(contains(triangle, x, y));
    }
    for (const auto& [x, y] : {std::pair{5.0, 3.1}, {0.9, 2.0}, {2.0, 0.9}, {9.1, 1.0}, {1.0, 5.1}, {8.0, 4.0}}) {
      CHECK_FALSE(contains(triangle, x, y));
    }
  }
  CHECK_FALSE(contains({}, 1, 1));
}

TEST_CASE("a row's part of a polygon is where the pixels' centers lie in it, or on its edge") {
  const Polygon edges_at_centers{{0.5, 1.5}, {4.5, 1.5}, {4.5, 3.5}, {0.5, 3.5}};
  const Polygon corners_at_centers{{2.5, 0.5}, {5.5, 3.5}, {2.5, 6.5}, {0.5, 3.5}};
  for (const auto& polygon : {kTriangle, kReversed, edges_at_centers, corners_at_centers}) {
    for (int row = -1; row < 8; ++row) {
      const RowPart part = row_part(polygon, row, 7);
      for (int x = 0; x < 7; ++x) {
        CHECK((x >= part.first && x < part.last) == contains(polygon, x + 0.5, row + 0.5));
      }
    }
  }
}

TEST_CASE("areas, bounds and what a canvas leaves of a triangle") {
  CHECK(area(kTriangle) == Approx(16));
  CHECK(area(kReversed) == Approx(16));
  CHECK(bounds(kTriangle) == Bounds{1, 1, 9, 5});
  // Of 16 the corner beyond x = 5 is cut off, half as wide and half as high.
  CHECK(area(clipped(kTriangle, {10, 5})) == Approx(12));
  CHECK(bounds(clipped(kTriangle, {10, 5})) == Bounds{1, 1, 5, 5});
  CHECK(clipped(kTriangle, {1, 5}).empty());
}

TEST_CASE("the largest scale of a map is that of its steepest place") {
  const auto scale = largest_scale(PlaneMap({2, 0, 1, 0, 3, 1, 0, 0, 1}), kTriangle);
  CHECK(scale[0] == Approx(2));
  CHECK(scale[1] == Approx(3));
  // x / (1 - x / 20): its derivative is 1 / (1 - x / 20)^2, at x = 9 that is 1 / 0.55^2; y's is 1 / 0.55.
  const auto steep = largest_scale(PlaneMap({1, 0, 0, 0, 1, 0, -0.05, 0, 1}), {{1, 0}, {9, 0}, {1, 0.5}});
  CHECK(steep[0] == Approx(1 / 0.3025));
  CHECK(steep[1] == Approx(1 / 0.55));
}
