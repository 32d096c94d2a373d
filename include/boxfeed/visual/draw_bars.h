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
  /// The size of the picture, from 64 × 64 to 10000 × 10000.
  BOXFEED_ARG(ImageSize, image_size) = ImageSize{300, 420};
  /// ASCII, above the diagram.
  BOXFEED_ARG(std::string, title);
  BOXFEED_ARG(Color, color) = Color{40, 90, 200};
};

/// A bar from left to right for each count, its name in front and the count behind it, from top to bottom in the given
/// order. Where there is no room for all, the last line says how many are left out.
///
/// Shape: (H, W, 3), 8 bits, RGB.
/// Throws: `std::invalid_argument` for a picture that is too small or too large.
cv::Mat draw_bars(const std::vector<std::pair<std::string, std::size_t>>& counts, const BarOptions& options = {});

/// How a histogram looks.
class HistogramOptions {
  /// The size of the picture, from 64 × 64 to 10000 × 10000.
  BOXFEED_ARG(ImageSize, image_size) = ImageSize{300, 420};
  /// ASCII, above the diagram.
  BOXFEED_ARG(std::string, title);
  /// ASCII, below the horizontal axis.
  BOXFEED_ARG(std::string, x_label);
  /// How many intervals the values are counted in; 0 for a number that suits how many values there are.
  BOXFEED_ARG(int, bins) = 0;
  /// Equal intervals of the values' logarithms. All values are above 0.
  BOXFEED_ARG(bool, logarithmic) = false;
  BOXFEED_ARG(Color, color) = Color{40, 90, 200};
};

/// How many of the values lie in each of equal intervals from the lowest to the highest, as upright bars. Positive
/// values, unless on a logarithmic axis, are counted from 0 where the lowest is below half of the highest. The highest
/// value belongs to the last interval. Without values the diagram is empty.
///
/// Shape: (H, W, 3), 8 bits, RGB.
/// Throws: `std::invalid_argument` for a picture that is too small or too large, a negative number of bins and values
/// that are not finite (or not above 0, on a logarithmic axis).
cv::Mat draw_histogram(const std::vector<double>& values, const HistogramOptions& options = {});

}  // namespace boxfeed
