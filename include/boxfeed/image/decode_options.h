#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/core/color.h>
#include <boxfeed/image/pixel_type.h>

#include <cstdint>
#include <optional>

namespace boxfeed {

/// How images are decoded, and what is refused before a pixel is.
class DecodeOptions {
  /// 3 for RGB or 1 for gray, whatever the file holds.
  BOXFEED_ARG(int, channels) = 3;

  /// `kUInt8`: of the 16 bits of a PNG or TIFF the upper 8. `kFloat32`: floats from 0 to 255 whatever the file holds, a
  /// number of 16 bits divided by 257, so that an image and its twin of 16 bits are the same up to the finer levels.
  /// (Of a TIFF that is neither gray nor RGB, 8 bits are read.)
  BOXFEED_ARG(PixelType, pixel_type) = PixelType::kUInt8;

  /// The largest number of pixels, as stored; more is `too_large`, before any memory is allocated.
  BOXFEED_ARG(std::int64_t, max_pixels) = 100'000'000;

  /// The largest height or width; more is `too_large`.
  BOXFEED_ARG(std::int64_t, max_side) = 32768;

  /// The smallest height or width; less is `too_small`.
  BOXFEED_ARG(std::int64_t, min_side) = 1;

  /// The largest number of scans of a progressive JPEG; more is `too_complex`. The usual number is 10.
  BOXFEED_ARG(int, max_scans) = 100;

  /// With false the image is as stored, and its EXIF orientation counts for nothing.
  BOXFEED_ARG(bool, apply_orientation) = true;

  /// The color (RGB) on which transparent pixels are composed; without one, alpha is dropped.
  BOXFEED_ARG(std::optional<Color>, background);

  /// Lets TIFF in, which is refused by default.
  BOXFEED_ARG(bool, allow_tiff) = false;

  /// With true, a file whose extension belongs to another format is `format_not_allowed`.
  BOXFEED_ARG(bool, strict_extension) = false;
};

}  // namespace boxfeed
