#pragma once

#include <boxfeed/metrics/mean_average_precision.h>
#include <boxfeed/visual/draw_curves.h>

#include <opencv2/core/mat.hpp>
#include <string>
#include <utility>
#include <vector>

namespace boxfeed {

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
