#include "image/channels.h"

#include <type_traits>

namespace boxfeed {
namespace {

std::uint8_t composed(std::uint8_t value, std::uint8_t background, std::uint8_t alpha) {
  return static_cast<std::uint8_t>((value * alpha + background * (255 - alpha) + 127) / 255);
}
float composed(float value, std::uint8_t background, float alpha) {
  return (value * alpha + static_cast<float>(background) * (255 - alpha)) / 255;
}

std::uint8_t gray_of(const std::uint8_t* rgb) {
  return static_cast<std::uint8_t>((19595 * rgb[0] + 38470 * rgb[1] + 7471 * rgb[2] + 32768) >> 16);
}
float gray_of(const float* rgb) { return (19595 * rgb[0] + 38470 * rgb[1] + 7471 * rgb[2]) / 65536; }

/// One row of `width` pixels with other channels.
template <class T>
void convert_row(const T* from, int from_channels, int width, const std::optional<Color>& background, int channels,
                 T* to) {
  for (int x = 0; x < width; ++x, from += from_channels, to += channels) {
    T rgb[3] = {from[0], from[0], from[0]};
    if (from_channels >= 3) {
      for (std::size_t c = 1; c < 3; ++c) rgb[c] = from[c];
    }
    if (from_channels == 4 && background) {
      for (std::size_t c = 0; c < 3; ++c) rgb[c] = composed(rgb[c], (*background)[c], from[3]);
    }
    if (channels == 1) {
      *to = gray_of(rgb);
    } else {
      for (int c = 0; c < 3; ++c) to[c] = rgb[c];
    }
  }
}

/// Divides so that the largest number becomes 255; in float, that of a twin with fewer bits is the same exactly.
template <class T>
void convert_row_to_floats(const T* from, int count, float* to) {
  constexpr float kLevel = std::is_same_v<T, std::uint16_t> ? 257 : 1;
  for (int i = 0; i < count; ++i) to[i] = static_cast<float>(from[i]) / kLevel;
}

}  // namespace

cv::Mat as_floats(const cv::Mat& pixels, PixelBuffer& buffer) {
  cv::Mat out = buffer.take({pixels.rows, pixels.cols}, pixels.channels(), CV_32F);
  const int count = pixels.cols * pixels.channels();
  for (int y = 0; y < pixels.rows; ++y) {
    if (pixels.depth() == CV_16U) {
      convert_row_to_floats(pixels.ptr<std::uint16_t>(y), count, out.ptr<float>(y));
    } else {
      convert_row_to_floats(pixels.ptr<std::uint8_t>(y), count, out.ptr<float>(y));
    }
  }
  return out;
}

cv::Mat with_channels(const cv::Mat& pixels, int channels, const std::optional<Color>& background,
                      PixelBuffer& buffer) {
  if (pixels.channels() == channels) return pixels;
  cv::Mat out = buffer.take({pixels.rows, pixels.cols}, channels, pixels.depth());
  const auto convert = [&](auto number) {
    using Number = decltype(number);
    for (int y = 0; y < pixels.rows; ++y) {
      convert_row(pixels.ptr<Number>(y), pixels.channels(), pixels.cols, background, channels, out.ptr<Number>(y));
    }
  };
  pixels.depth() == CV_32F ? convert(float{}) : convert(std::uint8_t{});
  return out;
}

}  // namespace boxfeed
