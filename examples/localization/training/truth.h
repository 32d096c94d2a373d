#pragma once

#include <torch/torch.h>

#include "data/target.h"

namespace localization {

/// What is true about a batch, in the network's units; what is not learned is not defined.
struct Truth {
  torch::Tensor boxes;      ///< (B, 4) as (xmin, ymin, xmax, ymax), in fractions of the image's width and height
  torch::Tensor classes;    ///< (B) int64
  torch::Tensor keypoints;  ///< (B, K, 2), in fractions
  torch::Tensor present;    ///< (B, K), 1 where the keypoint is there, else 0
  torch::Tensor numbers;    ///< (B, N), standardized
};

/// Takes apart the targets of examples of `one_object_each`. Shape: (B, T).
Truth truth_of(const torch::Tensor& targets, const Target& target);

}  // namespace localization
