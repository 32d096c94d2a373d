#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/core/image_size.h>

#include <array>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

namespace boxfeed {

/// How a heat map looks.
class HeatMapOptions {
  /// The size of the picture, from 64 × 64 to 10000 × 10000.
  BOXFEED_ARG(ImageSize, image_size) = ImageSize{300, 420};
  /// ASCII, above the diagram.
  BOXFEED_ARG(std::string, title);
  /// ASCII, below the horizontal axis.
  BOXFEED_ARG(std::string, x_label);
  /// The numbers of cells from top to bottom and from left to right.
  BOXFEED_ARG(ImageSize, cells) = ImageSize{20, 20};
};

/// How many of the points (x, y) lie in each cell of the unit square, the darker the more, with (0, 0) at the top left
/// as in an image. Points outside are left out. The count of the darkest cell stands below.
///
/// Shape: (H, W, 3), 8 bits, RGB.
/// Throws: `std::invalid_argument` for a picture that is too small or too large, and fewer than 1 or more than 1000
/// cells a side.
cv::Mat draw_heat_map(const std::vector<std::array<double, 2>>& points, const HeatMapOptions& options = {});

}  // namespace boxfeed
