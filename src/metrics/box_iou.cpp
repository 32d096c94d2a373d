#include <ATen/TensorOperators.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>
#include <boxfeed/metrics/box_iou.h>

#include <sstream>
#include <stdexcept>

namespace boxfeed {
namespace {

at::Tensor checked(const at::Tensor& boxes, const char* name) {
  if (boxes.dim() != 2 || boxes.size(1) != 4) {
    std::ostringstream message;
    message << name << ": expected boxes of shape (N, 4), got " << boxes.sizes();
    throw std::invalid_argument(message.str());
  }
  const auto type = boxes.scalar_type();
  return type == at::kDouble || type == at::kFloat ? boxes : boxes.to(at::kFloat);
}

void check_same_count(const at::Tensor& boxes1, const at::Tensor& boxes2) {
  if (boxes1.size(0) != boxes2.size(0)) {
    std::ostringstream message;
    message << "expected as many boxes in both sets, got " << boxes1.sizes() << " and " << boxes2.sizes();
    throw std::invalid_argument(message.str());
  }
}

/// The area between corners of shape (..., 2), 0 where they are inverted.
at::Tensor area(const at::Tensor& low, const at::Tensor& high) { return (high - low).clamp_min(0).prod(-1); }

/// a / b, and 0 with gradient 0 where b is 0.
at::Tensor ratio(const at::Tensor& a, const at::Tensor& b) {
  const auto positive = b > 0;
  return at::where(positive, a, at::zeros_like(a)) / at::where(positive, b, at::ones_like(b));
}

/// IoU, or GIoU, of boxes (..., 4) that broadcast against each other.
at::Tensor overlap(const at::Tensor& a, const at::Tensor& b, bool generalized) {
  const auto low_a = a.narrow(-1, 0, 2), high_a = a.narrow(-1, 2, 2);
  const auto low_b = b.narrow(-1, 0, 2), high_b = b.narrow(-1, 2, 2);
  const auto intersection = area(at::maximum(low_a, low_b), at::minimum(high_a, high_b));
  const auto united = area(low_a, high_a) + area(low_b, high_b) - intersection;
  const auto iou = ratio(intersection, united);
  if (!generalized) return iou;
  const auto enclosing = area(at::minimum(low_a, low_b), at::maximum(high_a, high_b));
  return iou - ratio(enclosing - united, enclosing);
}

at::Tensor all_pairs(const at::Tensor& boxes1, const at::Tensor& boxes2, bool generalized) {
  return overlap(checked(boxes1, "boxes1").unsqueeze(1), checked(boxes2, "boxes2").unsqueeze(0), generalized);
}

at::Tensor pairs(const at::Tensor& boxes1, const at::Tensor& boxes2, bool generalized) {
  const auto a = checked(boxes1, "boxes1"), b = checked(boxes2, "boxes2");
  check_same_count(a, b);
  return overlap(a, b, generalized);
}

}  // namespace

at::Tensor box_area(const at::Tensor& boxes) {
  const auto b = checked(boxes, "boxes");
  return area(b.narrow(-1, 0, 2), b.narrow(-1, 2, 2));
}

at::Tensor box_iou(const at::Tensor& boxes1, const at::Tensor& boxes2) { return all_pairs(boxes1, boxes2, false); }

at::Tensor paired_box_iou(const at::Tensor& boxes1, const at::Tensor& boxes2) { return pairs(boxes1, boxes2, false); }

at::Tensor generalized_box_iou(const at::Tensor& boxes1, const at::Tensor& boxes2) {
  return all_pairs(boxes1, boxes2, true);
}

at::Tensor paired_generalized_box_iou(const at::Tensor& boxes1, const at::Tensor& boxes2) {
  return pairs(boxes1, boxes2, true);
}

}  // namespace boxfeed
