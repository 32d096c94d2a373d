#include "image/codecs.h"

namespace boxfeed {
namespace {

std::uint8_t composed(int value, int background, int alpha) {
  return static_cast<std::uint8_t>((value * alpha + background * (255 - alpha) + 127) / 255);
}

std::uint8_t grey_of(const std::uint8_t* rgb) {
  return static_cast<std::uint8_t>((19595 * rgb[0] + 38470 * rgb[1] + 7471 * rgb[2] + 32768) >> 16);
}

}  // namespace

cv::Mat with_channels(const cv::Mat& pixels, const DecodeOptions& options, PixelBuffer& buffer) {
  const int from_channels = pixels.channels();
  const int channels = options.channels();
  if (from_channels == channels) return pixels;
  cv::Mat out = buffer.take({pixels.rows, pixels.cols}, channels);
  for (int y = 0; y < pixels.rows; ++y) {
    const auto* from = pixels.ptr<std::uint8_t>(y);
    auto* to = out.ptr<std::uint8_t>(y);
    for (int x = 0; x < pixels.cols; ++x, from += from_channels, to += channels) {
      std::uint8_t rgb[3] = {from[0], from[0], from[0]};
      if (from_channels >= 3) {
        for (std::size_t c = 1; c < 3; ++c) rgb[c] = from[c];
      }
      if (from_channels == 4 && options.background()) {
        for (std::size_t c = 0; c < 3; ++c) rgb[c] = composed(rgb[c], (*options.background())[c], from[3]);
      }
      if (channels == 1) {
        *to = grey_of(rgb);
      } else {
        for (int c = 0; c < 3; ++c) to[c] = rgb[c];
      }
    }
  }
  return out;
}

}  // namespace boxfeed
