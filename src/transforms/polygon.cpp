#include "transforms/polygon.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace boxfeed::transforms {
namespace {

/// Pixels whose centers miss the polygon by no more than this, in pixels, lie in it: rounding, not geometry.
constexpr double kTolerance = 1e-6;

/// Keeps what has `sign` * coordinate `axis` ≤ sign * limit.
Polygon cut(const Polygon& polygon, std::size_t axis, double sign, double limit) {
  Polygon out;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const auto& a = polygon[i];
    const auto& b = polygon[(i + 1) % polygon.size()];
    const double da = sign * (limit - a[axis]), db = sign * (limit - b[axis]);
    if (da >= 0) out.push_back(a);
    if ((da > 0 && db < 0) || (da < 0 && db > 0)) {
      const double t = da / (da - db);
      std::array<double, 2> point{a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])};
      point[axis] = limit;
      out.push_back(point);
    }
  }
  return out;
}

}  // namespace

Polygon canvas_polygon(ImageSize size) {
  const auto w = static_cast<double>(size.width), h = static_cast<double>(size.height);
  return {{0, 0}, {w, 0}, {w, h}, {0, h}};
}

Polygon mapped(const PlaneMap& map, const Polygon& polygon) {
  Polygon out;
  out.reserve(polygon.size());
  for (const auto& point : polygon) out.push_back(map.apply(point[0], point[1]));
  return out;
}

std::array<double, 2> largest_scale(const PlaneMap& map, const Polygon& points) {
  const auto& e = map.entries();
  std::array<double, 2> scale{0, 0};
  for (const auto& point : points) {
    const double w = e[6] * point[0] + e[7] * point[1] + e[8];
    const auto to = map.apply(point[0], point[1]);
    for (std::size_t axis = 0; axis < 2; ++axis) {
      const double dx = (e[axis] - to[0] * e[6 + axis]) / w, dy = (e[3 + axis] - to[1] * e[6 + axis]) / w;
      scale[axis] = std::max(scale[axis], std::hypot(dx, dy));
    }
  }
  return scale;
}

double area(const Polygon& polygon) {
  double twice = 0;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const auto& a = polygon[i];
    const auto& b = polygon[(i + 1) % polygon.size()];
    twice += a[0] * b[1] - a[1] * b[0];
  }
  return std::abs(twice) / 2;
}

Polygon clipped(const Polygon& polygon, ImageSize canvas) {
  Polygon out = cut(polygon, 0, -1, 0);
  out = cut(out, 0, 1, static_cast<double>(canvas.width));
  out = cut(out, 1, -1, 0);
  out = cut(out, 1, 1, static_cast<double>(canvas.height));
  if (out.size() < 3 || area(out) <= 0) out.clear();
  return out;
}

Bounds bounds(const Polygon& polygon) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  Bounds out{kInfinity, kInfinity, -kInfinity, -kInfinity};
  for (const auto& point : polygon) {
    out = {std::min(out[0], point[0]), std::min(out[1], point[1]), std::max(out[2], point[0]),
           std::max(out[3], point[1])};
  }
  return out;
}

bool contains(const Polygon& polygon, double x, double y) {
  bool left = false, right = false;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const auto& a = polygon[i];
    const auto& b = polygon[(i + 1) % polygon.size()];
    const double dx = b[0] - a[0], dy = b[1] - a[1];
    const double side = (dx * (y - a[1]) - dy * (x - a[0])) / std::max(std::hypot(dx, dy), 1e-12);
    left = left || side > kTolerance;
    right = right || side < -kTolerance;
  }
  return polygon.size() >= 3 && !(left && right);
}

RowPart row_part(const Polygon& polygon, int row, int width) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double y = row + 0.5;
  double low = kInfinity, high = -kInfinity;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const auto& a = polygon[i];
    const auto& b = polygon[(i + 1) % polygon.size()];
    const double top = std::min(a[1], b[1]), bottom = std::max(a[1], b[1]);
    if (y < top - kTolerance || y > bottom + kTolerance) continue;
    if (bottom - top < kTolerance) {
      low = std::min({low, a[0], b[0]});
      high = std::max({high, a[0], b[0]});
      continue;
    }
    const double t = std::clamp((y - a[1]) / (b[1] - a[1]), 0.0, 1.0);
    const double x = a[0] + t * (b[0] - a[0]);
    low = std::min(low, x);
    high = std::max(high, x);
  }
  if (low > high) return {};
  const auto pixel = [width](double edge) {
    return static_cast<int>(std::clamp(edge, 0.0, static_cast<double>(width)));
  };
  const int first = pixel(std::ceil(low - 0.5 - kTolerance));
  const int last = pixel(std::floor(high - 0.5 + kTolerance) + 1);
  return {first, std::max(first, last)};
}

}  // namespace boxfeed::transforms
