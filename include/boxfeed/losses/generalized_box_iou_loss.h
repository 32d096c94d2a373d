#pragma once

#include <ATen/core/Reduction.h>
#include <ATen/core/Tensor.h>

#include <cstdint>

namespace boxfeed {

/// 1 - GIoU of box i of one set with box i of the other, in [0, 2]: unlike 1 - IoU it still pulls boxes together that
/// do not touch.
///
/// Boxes are (xmin, ymin, xmax, ymax) in any units. `reduction` is `at::Reduction::None`, `Mean` or `Sum`, as in
/// LibTorch's losses; the mean of no boxes is 0, so that an empty batch has no gradient rather than NaN.
/// Shape: (N, 4), (N, 4) → (N) for `None`, else ().
/// Throws: `std::invalid_argument` for tensors of other shapes and an unknown reduction.
/// Source: Rezatofighi et al., "Generalized Intersection over Union", CVPR 2019.
at::Tensor generalized_box_iou_loss(const at::Tensor& input, const at::Tensor& target,
                                    std::int64_t reduction = at::Reduction::Mean);

}  // namespace boxfeed
