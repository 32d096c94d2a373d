#pragma once

#include <boxfeed/transforms/pipeline.h>
#include <boxfeed/transforms/renderer.h>

#include <initializer_list>
#include <opencv2/core.hpp>
#include <vector>

namespace boxfeed::testing {

using namespace transforms;

/// The plan of one transform for an image with boxes.
inline Plan plan_of(const Transform& transform, ImageSize size, std::vector<Box> boxes = {}, std::uint64_t index = 0,
                    PipelineOptions options = {}) {
  return Pipeline({transform}, std::move(options)).draw({size, std::move(boxes), {}, 0}, Random(1, 0, index));
}

/// The pixels of a plan: resampled and colored.
inline cv::Mat render(const Plan& plan, const cv::Mat& pixels, const PlaneMap& to_displayed = {}) {
  cv::Mat out;
  Renderer().resample(plan, pixels, to_displayed, out);
  apply_colors(plan, out);
  return out;
}

/// An image after a color transform.
inline cv::Mat colored(const Transform& transform, const cv::Mat& image, std::uint64_t index = 0) {
  cv::Mat out = image.clone();
  apply_colors(plan_of(transform, {image.rows, image.cols}, {}, index), out);
  return out;
}

/// An image with one channel and these rows.
inline cv::Mat gray(std::initializer_list<std::initializer_list<int>> rows) {
  cv::Mat image(static_cast<int>(rows.size()), static_cast<int>(rows.begin()->size()), CV_8UC1);
  int y = 0;
  for (const auto& row : rows) {
    int x = 0;
    for (const int value : row) image.at<std::uint8_t>(y, x++) = static_cast<std::uint8_t>(value);
    ++y;
  }
  return image;
}

inline bool equal(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() && a.type() == b.type() && cv::norm(a, b, cv::NORM_INF) == 0;
}

}  // namespace boxfeed::testing
