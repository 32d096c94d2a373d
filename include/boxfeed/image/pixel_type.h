#pragma once

namespace boxfeed {

/// The type of the numbers of an image.
enum class PixelType { kFloat32, kUInt8 };

}  // namespace boxfeed
