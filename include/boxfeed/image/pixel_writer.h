#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/image/decode_options.h>

#include <array>
#include <opencv2/core/mat.hpp>

namespace boxfeed {

/// The order of the numbers of an image in a batch.
enum class PixelLayout {
  kPlanes,       ///< channel, row, column: a contiguous tensor of shape (C, H, W)
  kInterleaved,  ///< row, column, channel: the same tensor in channels-last memory format
};

/// One number for each of red, green, blue; an image with one channel has the first.
using ChannelValues = std::array<float, 3>;

/// How pixels are written.
class PixelWriterOptions {
  BOXFEED_ARG(PixelType, type) = PixelType::kFloat32;
  BOXFEED_ARG(PixelLayout, layout) = PixelLayout::kPlanes;

  /// float32 only: a number is (value / 255 - mean) / std, of its channel. Units: of the range from black to white.
  BOXFEED_ARG(ChannelValues, mean) = ChannelValues{0.0F, 0.0F, 0.0F};
  BOXFEED_ARG(ChannelValues, std) = ChannelValues{1.0F, 1.0F, 1.0F};
};

/// Writes an image, of bytes or floats, into its row of a batch, in one pass.
///
/// Thread safety: `write` may be called from any number of threads.
class PixelWriter {
 public:
  /// Throws: `std::invalid_argument` for a std that is zero or not finite, a mean that is not finite, and for either
  /// with uint8.
  explicit PixelWriter(const PixelWriterOptions& options = {});

  /// Writes `pixels`, RGB or gray, to `row`.
  ///
  /// Requires: pixels with 1 or 3 channels, of 8 bits, or for float32 of floats from 0 to 255; at `row` as many numbers
  /// of the type as there are in `pixels`. Throws: `std::invalid_argument` for other pixels.
  void write(const cv::Mat& pixels, void* row) const;

 private:
  /// Writes floats one by one.
  void write_floats(const cv::Mat& pixels, float* row) const;

  PixelWriterOptions options_;
  /// A number is value * high + (value * low + offset), the first product exact: without mean and std it is
  /// value / 255 correctly rounded, and every processor writes the same.
  std::array<float, 3> high_{};
  std::array<float, 3> low_{};
  std::array<float, 3> offset_{};
};

}  // namespace boxfeed
