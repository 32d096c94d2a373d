#pragma once

#include <ATen/core/Reduction.h>
#include <ATen/core/Tensor.h>

#include <cstdint>

// Losses on tensors of any device, the first four equal to torchvision's of these names, and like those without a
// reduction by default: `reduction` is `at::Reduction::None`, `Mean` or `Sum`. The mean of nothing is 0, so that an
// empty batch has a gradient of 0 rather than NaN. Values and gradients are finite wherever the squares of the inputs
// are. Half precision and integers become float32.
//
// Throws: `std::invalid_argument` for tensors of other shapes and an unknown reduction; on the CPU, where a look costs
// no waiting, for a target that cannot be one.

namespace boxfeed {

/// 1 - GIoU of box i of one set with box i of the other, in [0, 2]: unlike 1 - IoU it still pulls boxes together that
/// do not touch.
///
/// `boxes2` is the truth: none of it may be inverted, which tells boxes of x, y, width and height from corners
/// (`box_convert`). An inverted box of `boxes1` counts as one without area. `eps` is added to what is divided by.
/// Shape: (..., 4), (..., 4) → (...) for `None`, else (). Units: any, as corners.
/// Source: Rezatofighi et al., "Generalized Intersection over Union", CVPR 2019.
at::Tensor generalized_box_iou_loss(const at::Tensor& boxes1, const at::Tensor& boxes2,
                                    std::int64_t reduction = at::Reduction::None, double eps = 1e-7);

/// 1 - the distance IoU, in [0, 2]; arguments as of `generalized_box_iou_loss`.
/// Source: Zheng et al., "Distance-IoU Loss", AAAI 2020.
at::Tensor distance_box_iou_loss(const at::Tensor& boxes1, const at::Tensor& boxes2,
                                 std::int64_t reduction = at::Reduction::None, double eps = 1e-7);

/// 1 - the complete IoU; arguments as of `generalized_box_iou_loss`.
/// Source: Zheng et al., "Distance-IoU Loss", AAAI 2020.
at::Tensor complete_box_iou_loss(const at::Tensor& boxes1, const at::Tensor& boxes2,
                                 std::int64_t reduction = at::Reduction::None, double eps = 1e-7);

/// Cross entropy of logits in which what is classified well already counts little: weighted with (1 - p_t)^gamma, and
/// with `alpha` for the positive, 1 - `alpha` for the negative ones; an `alpha` of -1 weighs both alike.
///
/// Shape: equal, any. Requires: targets in [0, 1].
/// Source: Lin et al., "Focal Loss for Dense Object Detection", ICCV 2017.
at::Tensor sigmoid_focal_loss(const at::Tensor& inputs, const at::Tensor& targets, double alpha = 0.25,
                              double gamma = 2, std::int64_t reduction = at::Reduction::None);

/// For coordinates of keypoints: logarithmic within `width` of the target, so that small errors count, linear beyond.
///
/// Shape: equal, any. Units: `width` and `curvature` in those of the coordinates; the defaults suit pixels.
/// Source: Feng et al., "Wing Loss for Robust Facial Landmark Localisation", CVPR 2018.
at::Tensor wing_loss(const at::Tensor& input, const at::Tensor& target, double width = 10, double curvature = 2,
                     std::int64_t reduction = at::Reduction::None);

/// For heat maps of keypoints: a wing loss that is the steeper near 0 the brighter the target.
///
/// Shape: equal, any. Requires: targets in [0, 1].
/// Source: Wang, Bo, Fuxin, "Adaptive Wing Loss for Robust Face Alignment via Heatmap Regression", ICCV 2019.
at::Tensor adaptive_wing_loss(const at::Tensor& input, const at::Tensor& target, double omega = 14, double theta = 0.5,
                              double epsilon = 1, double alpha = 2.1, std::int64_t reduction = at::Reduction::None);

}  // namespace boxfeed
