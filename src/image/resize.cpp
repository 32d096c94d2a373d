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

PlaneMap letterbox_map(ImageSize from, ImageSize to, Placement placement) {
  const double scale = std::min(static_cast<double>(to.height) / static_cast<double>(from.height),
                                static_cast<double>(to.width) / static_cast<double>(from.width));
  const auto scaled = [scale](std::int64_t side, std::int64_t limit) {
    return std::clamp<double>(std::round(static_cast<double>(side) * scale), 1, static_cast<double>(limit));
  };
  const double height = scaled(from.height, to.height), width = scaled(from.width, to.width);
  const auto margin = [placement](std::int64_t side, double content) {
    return placement == Placement::kCorner ? 0 : std::floor((static_cast<double>(side) - content) / 2);
  };
  return PlaneMap::translation(margin(to.width, width), margin(to.height, height)) *
         PlaneMap::scale(width / static_cast<double>(from.width), height / static_cast<double>(from.height));
}

PlaneMap cover_map(ImageSize from, ImageSize to, Placement placement) {
  const double scale = std::max(static_cast<double>(to.height) / static_cast<double>(from.height),
                                static_cast<double>(to.width) / static_cast<double>(from.width));
  const auto shift = [&](std::int64_t from_side, std::int64_t to_side) {
    const double beyond = scale * static_cast<double>(from_side) - static_cast<double>(to_side);
    return placement == Placement::kCorner ? 0 : -std::max(beyond, 0.0) / 2;
  };
  return PlaneMap::translation(shift(from.width, to.width), shift(from.height, to.height)) *
         PlaneMap::scale(scale, scale);
}

}  // namespace

PlaneMap resize_map(ImageSize from, ImageSize to, ResizeMode mode, Placement placement) {
  check(from);
  check(to);
  switch (mode) {
    case ResizeMode::kStretch: break;
    case ResizeMode::kLetterbox: return letterbox_map(from, to, placement);
    case ResizeMode::kCover: return cover_map(from, to, placement);
  }
  return PlaneMap::scale(static_cast<double>(to.width) / static_cast<double>(from.width),
                         static_cast<double>(to.height) / static_cast<double>(from.height));
}

}  // namespace boxfeed
