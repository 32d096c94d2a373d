#pragma once

#include <cstdint>

namespace boxfeed {

/// The size of an image in pixels: height first, as in every tensor's shape.
struct ImageSize {
  std::int64_t height = 0;
  std::int64_t width = 0;

  friend constexpr bool operator==(ImageSize a, ImageSize b) { return a.height == b.height && a.width == b.width; }
  friend constexpr bool operator!=(ImageSize a, ImageSize b) { return !(a == b); }
};

}  // namespace boxfeed
