#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/core/color.h>

#include <cstdint>
#include <optional>

namespace boxfeed {

/// The type of the numbers of an image.
enum class PixelType { kFloat32, kUInt8 };

/// Decoding options, and limits checked on the header.
class DecodeOptions {
  /// `kUInt8`: of the 16 bits of a PNG or TIFF the upper 8. `kFloat32`: floats from 0 to 255 whatever the file holds, a
  /// number of 16 bits divided by 257, so that an image and its twin of 16 bits are the same up to the finer levels.
  /// (Of a TIFF that is neither gray nor RGB, 8 bits are read.)
  BOXFEED_ARG(PixelType, pixel_type) = PixelType::kUInt8;

  /// The largest number of pixels, as stored; more is `too_large`, before any memory is allocated.
  BOXFEED_ARG(std::int64_t, max_pixels) = 100'000'000;

  /// The largest height or width; more is `too_large`.
  BOXFEED_ARG(std::int64_t, max_side) = 32768;

  /// The largest number of scans of a progressive JPEG; more is `too_complex`. The usual number is 10.
  BOXFEED_ARG(int, max_scans) = 100;

  /// With false the image is as stored, and its EXIF orientation counts for nothing.
  BOXFEED_ARG(bool, apply_orientation) = true;

  /// The color (RGB) on which transparent pixels are composed; without one, alpha is dropped.
  BOXFEED_ARG(std::optional<Color>, background);

  /// Lets TIFF in, which is refused by default.
  BOXFEED_ARG(bool, allow_tiff) = false;
};

}  // namespace boxfeed
