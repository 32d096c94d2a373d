#include <boxfeed/image/resize.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace boxfeed {
namespace {

void check(ImageSize size) {
  if (size.height <= 0 || size.width <= 0) {
    throw std::invalid_argument("resize_map: expected sizes above 0, got " + to_string(size));
  }
}

/// Along one axis: how much the image grows, and where it begins.
struct Axis {
  double scale, begin;
};

Axis letterbox(double from, double to, double scale, Placement placement) {
  const double content = std::clamp(std::round(from * scale), 1.0, to);
  return {content / from, placement == Placement::kCorner ? 0 : std::floor((to - content) / 2)};
}

Axis cover(double from, double to, double scale, Placement placement) {
  return {scale, placement == Placement::kCorner ? 0 : -std::max(scale * from - to, 0.0) / 2};
}

}  // namespace

PlaneMap resize_map(ImageSize from, ImageSize to, ResizeMode mode, Placement placement) {
  check(from);
  check(to);
  const auto from_h = static_cast<double>(from.height), from_w = static_cast<double>(from.width);
  const auto to_h = static_cast<double>(to.height), to_w = static_cast<double>(to.width);
  if (mode == ResizeMode::kStretch) return PlaneMap::scale(to_w / from_w, to_h / from_h);
  const bool covers = mode == ResizeMode::kCover;
  const double scale = covers ? std::max(to_h / from_h, to_w / from_w) : std::min(to_h / from_h, to_w / from_w);
  const auto along = covers ? cover : letterbox;
  const Axis x = along(from_w, to_w, scale, placement), y = along(from_h, to_h, scale, placement);
  return PlaneMap::translation(x.begin, y.begin) * PlaneMap::scale(x.scale, y.scale);
}

}  // namespace boxfeed
