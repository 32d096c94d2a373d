#pragma once

#include <boxfeed/image/image_decoder.h>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <vector>

#include "support/catch.h"

/// How pixels are looked at.
namespace samples {

/// The largest difference of two images of one size and type.
inline double worst(const cv::Mat& a, const cv::Mat& b) {
  REQUIRE(a.size() == b.size());
  REQUIRE(a.type() == b.type());
  return cv::norm(a, b, cv::NORM_INF);
}

/// The numbers of an 8-bit pixel.
inline std::vector<int> pixel(const cv::Mat& image, int y, int x) {
  const auto* p = image.ptr(y) + x * image.channels();
  return std::vector<int>(p, p + image.channels());
}

inline cv::Mat gray_of(const cv::Mat& rgb) {
  cv::Mat gray;
  cv::cvtColor(rgb, gray, cv::COLOR_RGB2GRAY);
  return gray;
}

/// The image decoded to floats.
inline cv::Mat float_pixels(boxfeed::ByteView bytes, int channels = 3,
                            const std::optional<boxfeed::Color>& background = {}) {
  const auto options =
      boxfeed::DecodeOptions().allow_tiff(true).pixel_type(boxfeed::PixelType::kFloat32).background(background);
  return boxfeed::ImageDecoder(options, channels).decode(bytes).pixels;
}

/// The floats of the first row.
inline std::vector<float> first_row(const cv::Mat& pixels) {
  REQUIRE(pixels.depth() == CV_32F);
  const auto* row = pixels.ptr<float>();
  return std::vector<float>(row, row + pixels.cols * pixels.channels());
}

/// What a number of 16 bits becomes.
inline float level(int number) { return static_cast<float>(number) / 257.0F; }

}  // namespace samples
