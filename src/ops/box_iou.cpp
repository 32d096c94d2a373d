#include <ATen/TensorOperators.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>
#include <boxfeed/ops/box_iou.h>
#include <boxfeed/ops/boxes.h>

#include <utility>

#include "ops/box_terms.h"

namespace boxfeed {
namespace {

using detail::area;
using detail::Corners;
using detail::corners_of;

/// a / b, and 0 with gradient 0 where b is 0.
at::Tensor ratio(const at::Tensor& a, const at::Tensor& b) {
  const auto positive = b > 0;
  return at::where(positive, a, at::zeros_like(a)) / at::where(positive, b, at::ones_like(b));
}

struct Overlap {
  at::Tensor united, iou;
};

Overlap overlap(const Corners& a, const Corners& b) {
  const auto shared = detail::shared_area(a, b);
  const auto united = area(a) + area(b) - shared;
  return {united, ratio(shared, united)};
}

/// Both sets, so that each box of one broadcasts against each of the other.
std::pair<Corners, Corners> all_pairs(const at::Tensor& boxes1, const at::Tensor& boxes2,
                                      BoxFormat fmt = BoxFormat::kXYXY) {
  const auto corners = [&](const at::Tensor& boxes, const char* name, std::int64_t dimension) {
    detail::check_boxes(boxes, name, "(..., N, 4)", 2);
    return corners_of(box_convert(detail::floating(boxes), fmt, BoxFormat::kXYXY).unsqueeze(dimension));
  };
  return {corners(boxes1, "boxes1", -2), corners(boxes2, "boxes2", -3)};
}

}  // namespace

at::Tensor box_iou(const at::Tensor& boxes1, const at::Tensor& boxes2, BoxFormat fmt) {
  const auto [a, b] = all_pairs(boxes1, boxes2, fmt);
  return overlap(a, b).iou;
}

at::Tensor generalized_box_iou(const at::Tensor& boxes1, const at::Tensor& boxes2) {
  const auto [a, b] = all_pairs(boxes1, boxes2);
  const auto [united, iou] = overlap(a, b);
  const auto hull = area(detail::enclosing(a, b));
  return iou - ratio(hull - united, hull);
}

at::Tensor distance_box_iou(const at::Tensor& boxes1, const at::Tensor& boxes2, double eps) {
  const auto [a, b] = all_pairs(boxes1, boxes2);
  return overlap(a, b).iou - detail::center_distance(a, b, eps);
}

at::Tensor complete_box_iou(const at::Tensor& boxes1, const at::Tensor& boxes2, double eps) {
  const auto [a, b] = all_pairs(boxes1, boxes2);
  const auto iou = overlap(a, b).iou;
  return iou - detail::center_distance(a, b, eps) - detail::aspect_penalty(a, b, iou, eps);
}

at::Tensor paired_box_iou(const at::Tensor& boxes1, const at::Tensor& boxes2, BoxFormat fmt) {
  detail::check_pairs(boxes1, boxes2, "paired_box_iou");
  const auto corners = [&](const at::Tensor& boxes) {
    return corners_of(box_convert(detail::floating(boxes), fmt, BoxFormat::kXYXY));
  };
  return overlap(corners(boxes1), corners(boxes2)).iou;
}

}  // namespace boxfeed
