#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <boxfeed/ops/boxes.h>

#include "ops/box_terms.h"

namespace boxfeed {
namespace {

at::Tensor first_two(const at::Tensor& boxes) { return boxes.narrow(-1, 0, 2); }
at::Tensor last_two(const at::Tensor& boxes) { return boxes.narrow(-1, 2, 2); }
at::Tensor swapped(const at::Tensor& pair) { return pair.flip(-1); }
at::Tensor joined(const at::Tensor& a, const at::Tensor& b) { return at::cat({a, b}, -1); }

at::Tensor to_corners(const at::Tensor& boxes, BoxFormat from) {
  const auto start = first_two(boxes), rest = last_two(boxes);
  switch (from) {
    case BoxFormat::kXYXY: break;
    case BoxFormat::kXYWH: return joined(start, start + rest);
    case BoxFormat::kXYHW: return joined(start, start + swapped(rest));
    case BoxFormat::kCXCYWH: return joined(start - rest / 2, start + rest / 2);
  }
  return boxes;
}

at::Tensor from_corners(const at::Tensor& boxes, BoxFormat to) {
  const auto low = first_two(boxes), high = last_two(boxes);
  switch (to) {
    case BoxFormat::kXYXY: break;
    case BoxFormat::kXYWH: return joined(low, high - low);
    case BoxFormat::kXYHW: return joined(low, swapped(high - low));
    case BoxFormat::kCXCYWH: return joined((low + high) / 2, high - low);
  }
  return boxes;
}

}  // namespace

at::Tensor box_convert(const at::Tensor& boxes, BoxFormat from, BoxFormat to) {
  detail::check_boxes(boxes, "box_convert");
  return from == to ? boxes : from_corners(to_corners(boxes, from), to);
}

at::Tensor box_area(const at::Tensor& boxes, BoxFormat fmt) {
  detail::check_boxes(boxes, "box_area");
  return detail::area(detail::corners_of(to_corners(detail::floating(boxes), fmt)));
}

at::Tensor clip_boxes_to_image(const at::Tensor& boxes, ImageSize size) {
  detail::check_boxes(boxes, "clip_boxes_to_image");
  const auto [xmin, ymin, xmax, ymax] = detail::corners_of(boxes);
  return at::stack(
      {xmin.clamp(0, size.width), ymin.clamp(0, size.height), xmax.clamp(0, size.width), ymax.clamp(0, size.height)},
      -1);
}

at::Tensor remove_small_boxes(const at::Tensor& boxes, double min_size) {
  detail::check_boxes(boxes, "remove_small_boxes", "(N, 4)", 2, 2);
  const auto [xmin, ymin, xmax, ymax] = detail::corners_of(boxes);
  return (xmax - xmin >= min_size).logical_and(ymax - ymin >= min_size).nonzero().squeeze(1);
}

}  // namespace boxfeed
