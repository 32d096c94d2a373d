#pragma once

#include <array>
#include <cstdint>

namespace boxfeed {

/// A color: red, green, blue. Of an image with one channel only red counts.
using Color = std::array<std::uint8_t, 3>;

}  // namespace boxfeed
