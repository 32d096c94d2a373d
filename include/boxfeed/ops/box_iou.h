#pragma once

#include <ATen/core/Tensor.h>
#include <boxfeed/core/box.h>

// How much boxes have in common, equal to torchvision's functions of these names, on any device and differentiable.
// Where those give NaN for boxes without area, these give 0 for a ratio of nothing to nothing, with finite gradients;
// an inverted box counts as one without area. Half precision and integers become float32.
//
// Boxes are corners where no format is named. Shape: (..., N, 4), (..., M, 4) → (..., N, M).
// Throws: `std::invalid_argument` with the shapes for tensors of other shapes.

namespace boxfeed {

/// The intersection over union of every box of one set with every box of another.
at::Tensor box_iou(const at::Tensor& boxes1, const at::Tensor& boxes2, BoxFormat fmt = BoxFormat::kXYXY);

/// The IoU less the share of the smallest enclosing box that neither covers: in [-1, 1].
/// Source: Rezatofighi et al., "Generalized Intersection over Union", CVPR 2019.
at::Tensor generalized_box_iou(const at::Tensor& boxes1, const at::Tensor& boxes2);

/// The IoU less the squared distance of the centers over that of the enclosing box's corners.
/// Source: Zheng et al., "Distance-IoU Loss", AAAI 2020.
at::Tensor distance_box_iou(const at::Tensor& boxes1, const at::Tensor& boxes2, double eps = 1e-7);

/// The distance IoU less a weighted difference of the aspect ratios. That of a single point differs from none.
/// Source: Zheng et al., "Distance-IoU Loss", AAAI 2020.
at::Tensor complete_box_iou(const at::Tensor& boxes1, const at::Tensor& boxes2, double eps = 1e-7);

/// The intersection over union of box i of one set with box i of the other. The format must be named: boxes as x, y,
/// height and width, taken for corners, would have none in silence.
/// Shape: (..., 4), (..., 4) → (...).
at::Tensor paired_box_iou(const at::Tensor& boxes1, const at::Tensor& boxes2, BoxFormat fmt);

}  // namespace boxfeed
