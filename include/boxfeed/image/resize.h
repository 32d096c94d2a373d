#pragma once

#include <boxfeed/core/image_size.h>
#include <boxfeed/core/plane_map.h>

namespace boxfeed {

/// How an image is brought to another size.
enum class ResizeMode {
  kStretch,    ///< both sides to the new size, whatever the shape
  kLetterbox,  ///< the whole image in its shape, the rest filled
  kCover,      ///< the whole output covered in the image's shape, the rest cut off
};

/// Where the image lies in a letterbox, or the output in an image that covers it.
enum class Placement {
  kCenter,
  kCorner,  ///< at the top left
};

/// The map from an image of size `from` to one of size `to`. In a letterbox the image has a whole number of pixels, at
/// least 1 × 1, and begins at a whole pixel.
///
/// Throws: `std::invalid_argument` for an empty size.
PlaneMap resize_map(ImageSize from, ImageSize to, ResizeMode mode = ResizeMode::kStretch,
                    Placement placement = Placement::kCenter);

}  // namespace boxfeed
