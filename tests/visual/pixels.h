#pragma once

#include <opencv2/core.hpp>

inline const cv::Vec3b kRed{255, 0, 0}, kGreen{0, 255, 0}, kBlack{0, 0, 0}, kWhite{255, 255, 255};

/// The number of pixels of a color.
inline int count(const cv::Mat& image, const cv::Vec3b& color) {
  cv::Mat mask;
  cv::inRange(image, cv::Scalar(color[0], color[1], color[2]), cv::Scalar(color[0], color[1], color[2]), mask);
  return cv::countNonZero(mask);
}
