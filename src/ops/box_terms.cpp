#include "ops/box_terms.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/atan2.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>

#include <sstream>
#include <stdexcept>

namespace boxfeed::detail {
namespace {

constexpr double kPi = 3.14159265358979323846;

/// The angle of a diagonal, for any sides that are not both 0.
at::Tensor diagonal_angle(const at::Tensor& w, const at::Tensor& h, const at::Tensor& is_box) {
  return at::atan2(w, at::where(is_box, h, at::ones_like(h)));
}

/// Of a length of 0 the gradient is that of any other: LibTorch's versions differ in that of a clamp at its limit.
at::Tensor length(const at::Tensor& low, const at::Tensor& high) {
  const auto difference = high - low;
  return at::where(difference < 0, at::zeros_like(difference), difference);
}

}  // namespace

void check_boxes(const at::Tensor& boxes, const char* name, const char* shape, std::int64_t least, std::int64_t most) {
  if (boxes.dim() < least || boxes.dim() > most || boxes.size(-1) != 4) {
    std::ostringstream message;
    message << name << ": expected boxes of shape " << shape << ", got " << boxes.sizes();
    throw std::invalid_argument(message.str());
  }
}

void check_pairs(const at::Tensor& boxes1, const at::Tensor& boxes2, const char* function) {
  if (boxes1.dim() == 0 || boxes1.size(-1) != 4 || boxes1.sizes() != boxes2.sizes()) {
    std::ostringstream message;
    message << function << ": expected two sets of as many boxes, (..., 4) and (..., 4), got " << boxes1.sizes()
            << " and " << boxes2.sizes();
    throw std::invalid_argument(message.str());
  }
}

at::Tensor floating(const at::Tensor& boxes) {
  const auto type = boxes.scalar_type();
  return type == at::kDouble || type == at::kFloat ? boxes : boxes.to(at::kFloat);
}

Corners corners_of(const at::Tensor& boxes) {
  return {boxes.select(-1, 0), boxes.select(-1, 1), boxes.select(-1, 2), boxes.select(-1, 3)};
}

at::Tensor width(const Corners& boxes) { return length(boxes.xmin, boxes.xmax); }
at::Tensor height(const Corners& boxes) { return length(boxes.ymin, boxes.ymax); }
at::Tensor area(const Corners& boxes) { return width(boxes) * height(boxes); }

at::Tensor shared_area(const Corners& a, const Corners& b) {
  const auto w = at::minimum(a.xmax, b.xmax) - at::maximum(a.xmin, b.xmin);
  const auto h = at::minimum(a.ymax, b.ymax) - at::maximum(a.ymin, b.ymin);
  return w.relu() * h.relu();
}

Corners enclosing(const Corners& a, const Corners& b) {
  return {at::minimum(a.xmin, b.xmin), at::minimum(a.ymin, b.ymin), at::maximum(a.xmax, b.xmax),
          at::maximum(a.ymax, b.ymax)};
}

at::Tensor center_distance(const Corners& a, const Corners& b, double eps) {
  const auto hull = enclosing(a, b);
  const auto diagonal = width(hull).square() + height(hull).square() + eps;
  const auto x = (a.xmin + a.xmax) / 2 - (b.xmin + b.xmax) / 2, y = (a.ymin + a.ymax) / 2 - (b.ymin + b.ymax) / 2;
  return (x.square() + y.square()) / diagonal;
}

at::Tensor aspect_penalty(const Corners& a, const Corners& b, const at::Tensor& iou, double eps) {
  const auto wa = width(a), ha = height(a), wb = width(b), hb = height(b);
  const auto a_is_box = (wa > 0).logical_or(ha > 0), b_is_box = (wb > 0).logical_or(hb > 0);
  const auto angle = diagonal_angle(wa, ha, a_is_box) - diagonal_angle(wb, hb, b_is_box);
  const auto both = at::where(a_is_box.logical_and(b_is_box), angle, at::zeros_like(angle));
  const auto v = 4 / (kPi * kPi) * both.square();
  const auto weight = v.detach() / ((1 - iou.detach()).clamp_min(0) + v.detach() + eps);
  return weight * v;
}

}  // namespace boxfeed::detail
