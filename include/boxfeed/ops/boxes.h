#pragma once

#include <ATen/core/Tensor.h>
#include <boxfeed/core/box.h>
#include <boxfeed/core/image_size.h>

// Functions on tensors of boxes, by torchvision's names, on any device. Leading dimensions are kept, and there may be
// no boxes at all.
//
// Throws: `std::invalid_argument` with the shape where the last dimension is not 4.

namespace boxfeed {

/// The same boxes in another format; differentiable.
///
/// ```cpp
/// boxfeed::box_convert(target, boxfeed::BoxFormat::kXYHW, boxfeed::BoxFormat::kXYXY);  // x, y, h, w → corners
/// ```
/// Shape: (..., 4) → (..., 4).
at::Tensor box_convert(const at::Tensor& boxes, BoxFormat from, BoxFormat to);

/// The areas of boxes; an inverted one has none. Half precision and integers become float32, which does not overflow.
/// Shape: (..., 4) → (...).
at::Tensor box_area(const at::Tensor& boxes, BoxFormat fmt = BoxFormat::kXYXY);

/// Corners cut off at the edges of an image.
/// Shape: (..., 4) → (..., 4).
at::Tensor clip_boxes_to_image(const at::Tensor& boxes, ImageSize size);

/// The indices of the boxes, given as corners, both sides of which are at least `min_size`.
/// Shape: (N, 4) → (K) int64.
at::Tensor remove_small_boxes(const at::Tensor& boxes, double min_size);

}  // namespace boxfeed
