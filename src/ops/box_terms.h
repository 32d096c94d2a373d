#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace boxfeed::detail {

/// The four coordinates of boxes, each of shape (...); or of boxes1 against boxes2 where these broadcast.
struct Corners {
  at::Tensor xmin, ymin, xmax, ymax;
};

/// Throws: `std::invalid_argument` with the shape where it is not `shape`: 4 as the last of so many dimensions.
void check_boxes(const at::Tensor& boxes, const char* name, const char* shape = "(..., 4)", std::int64_t least = 1,
                 std::int64_t most = 64);

/// Throws: `std::invalid_argument` with the shapes where they are not those of as many boxes.
void check_pairs(const at::Tensor& boxes1, const at::Tensor& boxes2, const char* function);

/// The boxes in a type in which areas neither overflow nor lose their fractions.
at::Tensor floating(const at::Tensor& boxes);

Corners corners_of(const at::Tensor& boxes);
at::Tensor width(const Corners& boxes);   ///< 0 where a box is inverted
at::Tensor height(const Corners& boxes);  ///< 0 where a box is inverted
at::Tensor area(const Corners& boxes);

/// The area that two boxes share. Boxes that only touch have no gradient of it.
at::Tensor shared_area(const Corners& a, const Corners& b);
/// The smallest box around two.
Corners enclosing(const Corners& a, const Corners& b);

/// The squared distance of the centers over that of the corners of the enclosing box.
at::Tensor center_distance(const Corners& a, const Corners& b, double eps);
/// The difference of the aspect ratios with its weight, which depends on the IoU and is taken for a constant.
at::Tensor aspect_penalty(const Corners& a, const Corners& b, const at::Tensor& iou, double eps);

}  // namespace boxfeed::detail
