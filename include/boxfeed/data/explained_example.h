#pragma once

#include <boxfeed/transforms/plan.h>

#include <opencv2/core/mat.hpp>

namespace boxfeed {

/// One example as it is before it becomes tensors, and how it came to be.
struct ExplainedExample {
  /// What was drawn (`plan.explain()` says it in words), and the boxes and keypoints in pixels of the image.
  Plan plan;
  /// RGB or grey, as the pipeline leaves it: before the hook `transform`, the mean and the deviation.
  cv::Mat image;
};

}  // namespace boxfeed
