#include "visual/shade.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace boxfeed {

Color shade(double share) {
  constexpr std::array<Color, 4> kColors{{{244, 246, 250}, {150, 190, 235}, {50, 100, 205}, {20, 20, 90}}};
  const double at = std::clamp(share, 0.0, 1.0) * (kColors.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(at), kColors.size() - 2);
  const auto mix = [&](std::size_t channel) {
    const double a = kColors[below][channel], b = kColors[below + 1][channel];
    return static_cast<std::uint8_t>(std::lround(a + (at - static_cast<double>(below)) * (b - a)));
  };
  return {mix(0), mix(1), mix(2)};
}

}  // namespace boxfeed
