#include "transforms/map_scale.h"

#include <algorithm>
#include <cmath>

namespace boxfeed::transforms {

std::array<double, 2> largest_scale(const PlaneMap& map, const Polygon& source_points) {
  const auto& e = map.entries();
  std::array<double, 2> scale{0, 0};
  for (const auto& point : source_points) {
    const double w = e[6] * point[0] + e[7] * point[1] + e[8];
    const auto to = map.apply(point[0], point[1]);
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const double dx = (e[axis] - to[0] * e[6 + axis]) / w, dy = (e[3 + axis] - to[1] * e[6 + axis]) / w;
      scale[axis] = std::max(scale[axis], std::hypot(dx, dy));
    }
  }
  return scale;
}

PlaneMap without_rounding(const PlaneMap& map, double largest_side) {
  auto e = map.entries();
  for (auto& entry : e) entry /= map.entries()[8];
  for (const std::size_t i : {0, 1, 3, 4}) {
    if (std::abs(e[i]) * largest_side < 1e-6) e[i] = 0;
  }
  for (const std::size_t i : {6, 7}) {
    if (std::abs(e[i]) * largest_side < 1e-10) e[i] = 0;
  }
  return PlaneMap(e);
}

bool keeps_or_exchanges_axes(const PlaneMap& map) {
  const auto& e = map.entries();
  return e[6] == 0 && e[7] == 0 && ((e[1] == 0 && e[3] == 0) || (e[0] == 0 && e[4] == 0));
}

}  // namespace boxfeed::transforms
