#include <boxfeed/visual/draw_keypoints.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <stdexcept>
#include <string>

#include "visual/canvas.h"

namespace boxfeed {
namespace {

/// The middle pixel of a keypoint.
cv::Point pixel_of(const Keypoint& point) {
  if (!std::isfinite(point.x + point.y)) {
    throw std::invalid_argument("expected a finite keypoint, got " + std::to_string(point.x) + ", " +
                                std::to_string(point.y));
  }
  const auto pixel = [](float value) { return static_cast<int>(std::floor(std::clamp(value, -1e6F, 1e6F))); };
  return {pixel(point.x), pixel(point.y)};
}

/// A square of 2 `radius` + 1 pixels, of which an edge of `width` is drawn.
void draw_square(cv::Mat& canvas, cv::Point middle, int radius, int width, Color color) {
  for (int dy = -radius; dy <= radius; ++dy) {
    for (int dx = -radius; dx <= radius; ++dx) {
      const cv::Point at(middle.x + dx, middle.y + dy);
      const bool inside = at.x >= 0 && at.y >= 0 && at.x < canvas.cols && at.y < canvas.rows;
      if (inside && std::max(std::abs(dx), std::abs(dy)) > radius - width) {
        canvas.at<cv::Vec3b>(at) = {color[0], color[1], color[2]};
      }
    }
  }
}

}  // namespace

cv::Mat draw_keypoints(const cv::Mat& image, const std::vector<Keypoint>& keypoints, Color color,
                       std::optional<int> wanted_radius) {
  if (wanted_radius && *wanted_radius < 1) {
    throw std::invalid_argument("radius: expected at least 1, got " + std::to_string(*wanted_radius));
  }
  cv::Mat canvas = rgb_copy(image);
  const int radius = wanted_radius.value_or(std::max(std::min(canvas.rows, canvas.cols) / 100, 2));
  const int edge = std::max(radius / 3, 1);
  const int lining = wanted_radius ? 0 : (edge + 1) / 2;
  for (const auto& point : keypoints) {
    const cv::Point middle = pixel_of(point);
    if (point.visibility <= 0) continue;
    draw_square(canvas, middle, radius + lining, lining, ink_on(color));
    draw_square(canvas, middle, radius, point.visibility > 1 ? radius + 1 : edge, color);
  }
  return canvas;
}

}  // namespace boxfeed
