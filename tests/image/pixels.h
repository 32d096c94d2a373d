#pragma once

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
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

}  // namespace samples
