#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/core/color.h>
#include <boxfeed/core/image_size.h>
#include <boxfeed/metrics/mean_average_precision.h>

#include <array>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace boxfeed {

/// A line through points (x, y); a point that is not finite leaves a gap.
struct Curve {
  std::string name;  ///< ASCII, for the legend
  Color color{};
  std::vector<std::array<double, 2>> points;
};

/// The lowest and the highest value on an axis.
using AxisRange = std::array<double, 2>;

/// How a diagram looks.
class CurveOptions {
  /// The size of the picture, from 64 × 64 to 10000 × 10000.
  BOXFEED_ARG(ImageSize, image_size) = ImageSize{360, 560};
  /// ASCII, above the diagram.
  BOXFEED_ARG(std::string, title);
  /// ASCII, below the horizontal axis.
  BOXFEED_ARG(std::string, x_label);
  /// By default the range of the points, as that of y.
  BOXFEED_ARG(std::optional<AxisRange>, x_range);
  BOXFEED_ARG(std::optional<AxisRange>, y_range);
};

/// A diagram of the curves with axes, round numbers on them, and a legend.
///
/// The first curve is a full line, the next are dashed, dotted, dashed and dotted, so that they differ without their
/// colors. Below 120 × 160 there is no room for words; what the legend has no room for, it counts. Shape: (H, W, 3), 8
/// bits, RGB. Throws: `std::invalid_argument` for a picture that is too small or too large and a range that is empty or
/// not finite.
cv::Mat draw_curves(const std::vector<Curve>& curves, const CurveOptions& options = {});

/// Precision over recall, a curve for each class: at each recall the highest precision at that or more, so that the
/// area below is the average precision. Title, names of axes and ranges are given unless the options have some.
///
/// ```cpp
/// boxfeed::draw_precision_recall({{"raccoon", metric.curve(0)}, {"all", metric.curve()}});
/// ```
/// Shape: (H, W, 3), 8 bits, RGB.
/// Throws: `std::invalid_argument` as `draw_curves`.
cv::Mat draw_precision_recall(const std::vector<std::pair<std::string, PrecisionRecallCurve>>& curves,
                              const CurveOptions& options = {});

/// Precision, recall and F1 of the detections with at least a score, over that score; the score with the highest F1 is
/// marked and named.
///
/// Shape: (H, W, 3), 8 bits, RGB.
/// Throws: `std::invalid_argument` as `draw_curves`.
cv::Mat draw_confidence(const PrecisionRecallCurve& curve, const CurveOptions& options = {});

}  // namespace boxfeed
