#pragma once

#include <boxfeed/transforms/plan.h>

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <vector>

namespace boxfeed {

/// One example as it is before it becomes tensors, and how it came to be.
struct ExplainedExample {
  /// What was drawn (`plan.explain()` says it in words), and the boxes and keypoints in pixels of the image.
  transforms::Plan plan;
  /// The class of each box of the plan; 0 where there are no classes.
  std::vector<std::int64_t> labels;
  /// RGB or gray, as the pipeline leaves it: before the hook `transform`, the mean and the deviation.
  cv::Mat image;
};

}  // namespace boxfeed
