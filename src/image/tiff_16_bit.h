#pragma once

#include <tiffio.h>

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <optional>

namespace boxfeed {

/// How the samples of a TIFF of 16 bits lie, and what they mean.
struct Tiff16Bit {
  int samples = 1;
  int colors = 1;              ///< 1 or 3 of the samples, the first ones
  bool white_is_zero = false;  ///< gray that runs backwards
  bool alpha = false;          ///< behind the colors
  bool multiplied = false;     ///< the colors, with alpha
  bool separate = false;       ///< each sample has blocks of its own

  /// What the open directory holds; nothing for what is neither gray nor RGB, or not of 16 bits.
  static std::optional<Tiff16Bit> of(TIFF* tiff);

  /// The channels of the pixels: gray, RGB, or with alpha RGBA.
  int channels() const { return alpha ? 4 : colors; }

  /// Fills `pixels`, of the image's size and 16 bits, colors not multiplied; false where the data do not allow it.
  bool read(TIFF* tiff, cv::Mat& pixels) const;
};

}  // namespace boxfeed
