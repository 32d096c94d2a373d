#pragma once

#include <cstdint>
#include <string>

namespace boxfeed {

/// The size of an image in pixels: height first, as in every tensor's shape.
struct ImageSize {
  std::int64_t height = 0;
  std::int64_t width = 0;

  friend constexpr bool operator==(ImageSize a, ImageSize b) { return a.height == b.height && a.width == b.width; }
  friend constexpr bool operator!=(ImageSize a, ImageSize b) { return !(a == b); }
};

/// As it stands in messages: "480 × 640 (height × width)".
inline std::string to_string(ImageSize size) {
  return std::to_string(size.height) + " × " + std::to_string(size.width) + " (height × width)";
}

}  // namespace boxfeed
