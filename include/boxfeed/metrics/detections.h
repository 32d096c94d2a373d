#pragma once

#include <ATen/core/Tensor.h>

namespace boxfeed {

/// What a detector found in one image.
struct DetectionPrediction {
  at::Tensor boxes;   ///< (N, 4)
  at::Tensor scores;  ///< (N)
  at::Tensor labels;  ///< (N) int64
};

/// What there is in one image.
struct DetectionTruth {
  at::Tensor boxes;   ///< (M, 4)
  at::Tensor labels;  ///< (M) int64
  at::Tensor iscrowd =
      {};  ///< (M) bool or 0 and 1: the box holds many objects, and finding them neither counts for nor against
  at::Tensor area = {};  ///< (M): the object's, where a mask tells it more exactly than the box
};

}  // namespace boxfeed
