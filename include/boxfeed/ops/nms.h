#pragma once

#include <ATen/core/Tensor.h>
#include <boxfeed/core/arg.h>

#include <tuple>

// Of boxes that cover each other, the best. Boxes are corners, (N, 4) float32 or float64 (others become float32), with
// scores (N). These functions work on the CPU: tensors of another device are copied there, and the results back.
//
// Throws: `std::invalid_argument` for other shapes, for boxes, scores and thresholds that are NaN, and for a `sigma`
// that is not above 0.

namespace boxfeed {

/// The indices of the boxes that no better one covers with an IoU above the threshold, the best first: exactly those
/// that torchvision's `nms` keeps. Of equal scores the first is the better. Shape: (N, 4), (N) → (K) int64. Complexity:
/// N · K.
at::Tensor nms(const at::Tensor& boxes, const at::Tensor& scores, double iou_threshold);

/// `nms` among the boxes of equal `idxs`, which are their classes or images.
///
/// No offset is added to the boxes, as torchvision does where they are few: its rounding can tip an IoU that is at the
/// threshold. Shape: (N, 4), (N), (N) int64 → (K) int64.
at::Tensor batched_nms(const at::Tensor& boxes, const at::Tensor& scores, const at::Tensor& idxs, double iou_threshold);

/// How `soft_nms` lowers the score of a box that overlaps a better one.
enum class SoftNmsDecay {
  kLinear,    ///< by the factor 1 - IoU, from the threshold on
  kGaussian,  ///< by the factor exp(-IoU² / sigma)
};

/// The form and the constants of `soft_nms`.
class SoftNmsOptions {
  BOXFEED_ARG(SoftNmsDecay, decay) = SoftNmsDecay::kGaussian;
  /// Of the linear form.
  BOXFEED_ARG(double, iou_threshold) = 0.3;
  /// Of the Gaussian form, above 0.
  BOXFEED_ARG(double, sigma) = 0.5;
  /// Boxes whose lowered score is below this are left out.
  BOXFEED_ARG(double, score_threshold) = 0.001;
};

/// The indices of the boxes that are left, the best first, and their lowered scores.
/// Shape: (N, 4), (N) → (K) int64, (K). Complexity: N · K.
/// Source: Bodla et al., "Soft-NMS", ICCV 2017.
std::tuple<at::Tensor, at::Tensor> soft_nms(const at::Tensor& boxes, const at::Tensor& scores,
                                            const SoftNmsOptions& options = {});

}  // namespace boxfeed
