#pragma once

#include <boxfeed/core/color.h>

#include <array>
#include <cstddef>

namespace boxfeed {

// Colors that differ in lightness, too, for gray prints and for eyes that do not tell red from green.

/// On paper. After Tol's "high contrast", with three more between.
inline Color line_color(std::size_t index) {
  constexpr std::array<Color, 6> kColors{
      {{0, 68, 136}, {187, 85, 102}, {205, 150, 30}, {0, 0, 0}, {17, 150, 140}, {110, 40, 140}}};
  return kColors[index % kColors.size()];
}

/// On photographs. After Okabe and Ito.
inline Color box_color(std::size_t index) {
  constexpr std::array<Color, 6> kColors{
      {{240, 228, 66}, {213, 94, 0}, {86, 180, 233}, {0, 158, 115}, {230, 159, 0}, {204, 121, 167}}};
  return kColors[index % kColors.size()];
}

}  // namespace boxfeed
