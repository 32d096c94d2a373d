#pragma once

#include <ATen/core/Tensor.h>

// Every function here takes boxes as (xmin, ymin, xmax, ymax), may be differentiated, and is finite with finite
// gradients for any finite boxes. A box that is inverted or without area counts as empty: its IoU with anything is 0.
// Floating point stays as it is (half precision becomes float32), integers become float32.
//
// Throws: `std::invalid_argument` with the shapes for tensors of other shapes.

namespace boxfeed {

/// The areas of boxes.
/// Shape: (N, 4) → (N).
at::Tensor box_area(const at::Tensor& boxes);

/// The intersection over union of every box of one set with every box of another.
/// Shape: (N, 4), (M, 4) → (N, M).
at::Tensor box_iou(const at::Tensor& boxes1, const at::Tensor& boxes2);

/// The intersection over union of box i of one set with box i of the other.
/// Shape: (N, 4), (N, 4) → (N).
at::Tensor paired_box_iou(const at::Tensor& boxes1, const at::Tensor& boxes2);

/// The generalized IoU, in [-1, 1], of every box of one set with every box of another: the IoU less the share of the
/// smallest enclosing box that neither covers.
/// Shape: (N, 4), (M, 4) → (N, M).
/// Source: Rezatofighi et al., "Generalized Intersection over Union", CVPR 2019.
at::Tensor generalized_box_iou(const at::Tensor& boxes1, const at::Tensor& boxes2);

/// The generalized IoU of box i of one set with box i of the other.
/// Shape: (N, 4), (N, 4) → (N).
at::Tensor paired_generalized_box_iou(const at::Tensor& boxes1, const at::Tensor& boxes2);

}  // namespace boxfeed
