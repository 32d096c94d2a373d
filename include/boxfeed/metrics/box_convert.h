#pragma once

#include <ATen/core/Tensor.h>
#include <boxfeed/core/box.h>

namespace boxfeed {

/// The same boxes in another format; differentiable.
///
/// ```cpp
/// boxfeed::box_convert(target, boxfeed::BoxFormat::kXYHW, boxfeed::BoxFormat::kXYXY);  // x, y, h, w → corners
/// ```
/// Shape: (..., 4) → (..., 4).
/// Throws: `std::invalid_argument` with the shape where the last dimension is not 4.
at::Tensor box_convert(const at::Tensor& boxes, BoxFormat from, BoxFormat to);

}  // namespace boxfeed
