#pragma once

#include <boxfeed/core/keypoint.h>
#include <boxfeed/visual/draw_boxes.h>

#include <opencv2/core/mat.hpp>
#include <optional>
#include <vector>

namespace boxfeed {

/// A copy of the image, in RGB, with a square of 2 `radius` + 1 pixels at each keypoint: full where it is visible,
/// hollow where it is hidden (visibility 1), none where it is not labeled (0). What lies outside the image is cut off.
/// By default its size suits the image, and it is lined with black or white.
///
/// Shape: (H, W) or (H, W, 3) in RGB order, 8 bits → (H, W, 3).
/// Throws: `std::invalid_argument` for another type of image, a radius below 1, a keypoint that is not finite.
cv::Mat draw_keypoints(const cv::Mat& image, const std::vector<Keypoint>& keypoints, Color color = {255, 0, 0},
                       std::optional<int> radius = {});

}  // namespace boxfeed
