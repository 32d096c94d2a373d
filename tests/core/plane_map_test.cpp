#include <boxfeed/core/plane_map.h>
#include <boxfeed/core/random.h>

#include <stdexcept>

#include "support/catch.h"

using boxfeed::Box;
using boxfeed::PlaneMap;

TEST_CASE("a product applies its right factor first") {
  const auto map = PlaneMap::scale(0.5, 0.5) * PlaneMap::translation(-10, -20);
  CHECK(map.apply(Box{10, 20, 30, 60}) == Box{0, 0, 10, 20});
}

TEST_CASE("a mirrored box keeps its corners in order") {
  const PlaneMap flip({-1, 0, 100, 0, 1, 0, 0, 0, 1});
  CHECK(flip.apply(Box{10, 5, 40, 25}) == Box{60, 5, 90, 25});
  CHECK(flip.is_axis_aligned());
}

TEST_CASE("a keypoint moves with the plane and stays as visible as it was") {
  const auto map = PlaneMap::scale(2, 3) * PlaneMap::translation(1, -4);
  CHECK(map.apply(boxfeed::Keypoint{5, 10, 1}) == boxfeed::Keypoint{12, 18, 1});
}

TEST_CASE("the determinant tells a mirror from a turn") {
  CHECK(PlaneMap({-1, 0, 100, 0, 1, 0, 0, 0, 1}).determinant() == -1);
  CHECK(PlaneMap({0, -1, 50, 1, 0, 0, 0, 0, 1}).determinant() == 1);
  CHECK(PlaneMap({2, 1, 0, 0, 3, 1, 1, 0, 4}).determinant() == 25);  // 2 (12 - 0) - 1 (0 - 1)
  CHECK(PlaneMap::scale(0, 1).determinant() == 0);
}

TEST_CASE("a quarter turn exchanges the axes") {
  const PlaneMap turn({0, -1, 50, 1, 0, 0, 0, 0, 1});  // (x, y) -> (50 - y, x)
  CHECK(turn.apply(Box{10, 5, 40, 25}) == Box{25, 10, 45, 40});
  CHECK_FALSE(turn.is_axis_aligned());
}

TEST_CASE("the inverse undoes projective maps") {
  boxfeed::Random random(1, 0, 0);
  for (int i = 0; i < 1000; ++i) {
    std::array<double, 9> entries{};
    for (auto& entry : entries) entry = random.uniform(-1, 1);
    entries[0] += 3;
    entries[4] += 3;
    entries[6] *= 1e-3;
    entries[7] *= 1e-3;
    entries[8] = random.uniform(1, 3);
    const PlaneMap map(entries);
    const double x = random.uniform(0, 100), y = random.uniform(0, 100);
    const auto there = map.apply(x, y);
    const auto back = map.inverse().apply(there[0], there[1]);
    REQUIRE(back[0] == Approx(x).margin(1e-9));
    REQUIRE(back[1] == Approx(y).margin(1e-9));
    REQUIRE((map * map.inverse()).determinant() == Approx(1).margin(1e-9));
  }
}

TEST_CASE("a singular map has no inverse") { CHECK_THROWS_AS(PlaneMap::scale(0, 1).inverse(), std::invalid_argument); }

TEST_CASE("a missing keypoint is moved by no map") {
  const PlaneMap flip({-1, 0, 100, 0, 1, 0, 0, 0, 1});
  CHECK(flip.apply(boxfeed::Keypoint{-1, -1, 0}) == boxfeed::Keypoint{-1, -1, 0});
  CHECK(flip.apply(boxfeed::Keypoint{0, 0, 0}) == boxfeed::Keypoint{0, 0, 0});
  // A point that a transform took out of the picture is not missing, and neither is a visible one at these places.
  CHECK(flip.apply(boxfeed::Keypoint{-1, -2, 0}) == boxfeed::Keypoint{101, -2, 0});
  CHECK(flip.apply(boxfeed::Keypoint{0, 0, 2}) == boxfeed::Keypoint{100, 0, 2});
  CHECK(flip.apply(boxfeed::Keypoint{-1, -1, 1}) == boxfeed::Keypoint{101, -1, 1});
}
