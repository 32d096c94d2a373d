#include <boxfeed/core/plane_map.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace boxfeed {

PlaneMap PlaneMap::scale(double x, double y) { return PlaneMap({x, 0, 0, 0, y, 0, 0, 0, 1}); }

PlaneMap PlaneMap::translation(double x, double y) { return PlaneMap({1, 0, x, 0, 1, y, 0, 0, 1}); }

bool PlaneMap::is_axis_aligned() const noexcept {
  const auto& e = entries_;
  return e[1] == 0 && e[3] == 0 && e[6] == 0 && e[7] == 0;
}

std::array<double, 2> PlaneMap::apply(double x, double y) const noexcept {
  const auto& e = entries_;
  const double w = e[6] * x + e[7] * y + e[8];
  return {(e[0] * x + e[1] * y + e[2]) / w, (e[3] * x + e[4] * y + e[5]) / w};
}

Box PlaneMap::apply(const Box& box) const noexcept {
  const std::array<std::array<double, 2>, 4> corners{apply(box.xmin, box.ymin), apply(box.xmax, box.ymin),
                                                     apply(box.xmin, box.ymax), apply(box.xmax, box.ymax)};
  std::array<double, 2> low = corners[0], high = corners[0];
  for (const auto& corner : corners) {
    for (std::size_t axis = 0; axis < 2; ++axis) {
      low[axis] = std::min(low[axis], corner[axis]);
      high[axis] = std::max(high[axis], corner[axis]);
    }
  }
  return {static_cast<float>(low[0]), static_cast<float>(low[1]), static_cast<float>(high[0]),
          static_cast<float>(high[1])};
}

Keypoint PlaneMap::apply(const Keypoint& point) const noexcept {
  if (point.is_missing()) return point;
  const auto to = apply(point.x, point.y);
  return {static_cast<float>(to[0]), static_cast<float>(to[1]), point.visibility};
}

double PlaneMap::determinant() const noexcept {
  const auto& e = entries_;
  return e[0] * (e[4] * e[8] - e[5] * e[7]) + e[1] * (e[5] * e[6] - e[3] * e[8]) + e[2] * (e[3] * e[7] - e[4] * e[6]);
}

PlaneMap PlaneMap::inverse() const {
  const auto& e = entries_;
  const double c0 = e[4] * e[8] - e[5] * e[7];
  const double c1 = e[5] * e[6] - e[3] * e[8];
  const double c2 = e[3] * e[7] - e[4] * e[6];
  const double d = 1 / determinant();
  if (!std::isfinite(d)) {
    throw std::invalid_argument("PlaneMap::inverse: the matrix is singular (determinant " +
                                std::to_string(determinant()) + ")");
  }
  return PlaneMap({c0 * d, (e[2] * e[7] - e[1] * e[8]) * d, (e[1] * e[5] - e[2] * e[4]) * d, c1 * d,
                   (e[0] * e[8] - e[2] * e[6]) * d, (e[2] * e[3] - e[0] * e[5]) * d, c2 * d,
                   (e[1] * e[6] - e[0] * e[7]) * d, (e[0] * e[4] - e[1] * e[3]) * d});
}

PlaneMap operator*(const PlaneMap& a, const PlaneMap& b) noexcept {
  std::array<double, 9> out{};
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t column = 0; column < 3; ++column) {
      for (std::size_t k = 0; k < 3; ++k) out[3 * row + column] += a.entries_[3 * row + k] * b.entries_[3 * k + column];
    }
  }
  return PlaneMap(out);
}

}  // namespace boxfeed
