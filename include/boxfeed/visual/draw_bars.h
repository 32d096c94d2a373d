#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/core/image_size.h>
#include <boxfeed/visual/draw_boxes.h>

#include <cstddef>
#include <opencv2/core/mat.hpp>
#include <string>
#include <utility>
#include <vector>

namespace boxfeed {

/// How a diagram of bars looks.
class BarOptions {
  /// The size of the picture, at least 64 × 64.
  BOXFEED_ARG(ImageSize, image_size) = ImageSize{300, 420};
  /// ASCII, above the diagram.
  BOXFEED_ARG(std::string, title);
  BOXFEED_ARG(Color, color) = Color{40, 90, 200};
};

/// A bar from left to right for each count, its name in front and the count behind it, from top to bottom in the given
/// order. Where there is no room for all, the last line says how many are left out.
///
/// Shape: (H, W, 3), 8 bits, RGB.
/// Throws: `std::invalid_argument` for a picture that is too small.
cv::Mat draw_bars(const std::vector<std::pair<std::string, std::size_t>>& counts, const BarOptions& options = {});

}  // namespace boxfeed
