#include <ATen/TensorOperators.h>
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/where.h>
#include <boxfeed/ops/losses.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>

#include "ops/box_terms.h"

namespace boxfeed {
namespace {

using detail::area;
using detail::Corners;

at::Tensor reduced(const at::Tensor& loss, std::int64_t reduction) {
  switch (reduction) {
    case at::Reduction::None: return loss;
    case at::Reduction::Mean: return loss.sum() / std::max<std::int64_t>(loss.numel(), 1);
    case at::Reduction::Sum: return loss.sum();
    default: break;
  }
  throw std::invalid_argument("reduction: expected at::Reduction::None, Mean or Sum, got " + std::to_string(reduction));
}

void check_positive(const char* name, double value) {
  if (!(value > 0) || !std::isfinite(value)) {
    throw std::invalid_argument(std::string(name) + ": expected a number above 0, got " + std::to_string(value));
  }
}

void check_same_shape(const char* function, const at::Tensor& input, const at::Tensor& target) {
  if (input.sizes() != target.sizes()) {
    std::ostringstream message;
    message << function << ": expected tensors of equal shape, got " << input.sizes() << " and " << target.sizes();
    throw std::invalid_argument(message.str());
  }
}

/// Elsewhere than on the CPU a look at the values would wait for the device.
void check_shares(const char* function, const at::Tensor& target) {
  if (!target.is_cpu() || target.numel() == 0) return;
  const auto low = target.min().item<double>(), high = target.max().item<double>();
  if (!(low >= 0 && high <= 1)) {
    throw std::invalid_argument(std::string(function) + ": expected targets from 0 to 1, got " + std::to_string(low) +
                                " to " + std::to_string(high));
  }
}

void check_truth(const char* function, const at::Tensor& boxes) {
  if (!boxes.is_cpu()) return;
  const auto b = boxes.reshape({-1, 4});
  const auto inverted = (b.narrow(1, 2, 2) < b.narrow(1, 0, 2)).any(1);
  if (!inverted.any().item<bool>()) return;
  const auto row = inverted.nonzero()[0].item<std::int64_t>();
  std::ostringstream message;
  message << function << ": expected boxes2 as xmin, ymin, xmax, ymax, got an inverted box in row " << row << ":";
  for (std::int64_t i = 0; i < 4; ++i) message << ' ' << b[row][i].item<double>();
  message << " (see box_convert for other formats)";
  throw std::invalid_argument(message.str());
}

/// Boxes against their truth.
struct Pairs {
  Corners a, b;
  at::Tensor united, iou;
};

Pairs pairs(const char* function, const at::Tensor& boxes1, const at::Tensor& boxes2, double eps) {
  detail::check_pairs(boxes1, boxes2, function);
  check_positive("eps", eps);
  check_truth(function, boxes2);
  const auto a = detail::corners_of(detail::floating(boxes1)), b = detail::corners_of(detail::floating(boxes2));
  const auto shared = detail::shared_area(a, b);
  const auto united = area(a) + area(b) - shared;
  return {a, b, united, shared / (united + eps)};
}

}  // namespace

at::Tensor generalized_box_iou_loss(const at::Tensor& boxes1, const at::Tensor& boxes2, std::int64_t reduction,
                                    double eps) {
  const auto p = pairs("generalized_box_iou_loss", boxes1, boxes2, eps);
  const auto hull = area(detail::enclosing(p.a, p.b));
  return reduced(1 - (p.iou - (hull - p.united) / (hull + eps)), reduction);
}

at::Tensor distance_box_iou_loss(const at::Tensor& boxes1, const at::Tensor& boxes2, std::int64_t reduction,
                                 double eps) {
  const auto p = pairs("distance_box_iou_loss", boxes1, boxes2, eps);
  return reduced(1 - p.iou + detail::center_distance(p.a, p.b, eps), reduction);
}

at::Tensor complete_box_iou_loss(const at::Tensor& boxes1, const at::Tensor& boxes2, std::int64_t reduction,
                                 double eps) {
  const auto p = pairs("complete_box_iou_loss", boxes1, boxes2, eps);
  return reduced(1 - p.iou + detail::center_distance(p.a, p.b, eps) + detail::aspect_penalty(p.a, p.b, p.iou, eps),
                 reduction);
}

at::Tensor sigmoid_focal_loss(const at::Tensor& inputs, const at::Tensor& targets, double alpha, double gamma,
                              std::int64_t reduction) {
  check_same_shape("sigmoid_focal_loss", inputs, targets);
  check_shares("sigmoid_focal_loss", targets);
  if (alpha != -1 && !(alpha >= 0 && alpha <= 1)) {
    throw std::invalid_argument("alpha: expected 0 to 1, or -1 for none, got " + std::to_string(alpha));
  }
  if (!(gamma >= 0) || !std::isfinite(gamma)) {
    throw std::invalid_argument("gamma: expected a number of at least 0, got " + std::to_string(gamma));
  }
  const auto logits = detail::floating(inputs), positive = targets.to(logits.scalar_type()), negative = 1 - positive;
  const auto entropy = at::binary_cross_entropy_with_logits(logits, positive, {}, {}, at::Reduction::None);
  // 1 - p_t, out of sigmoids of both signs, so that nothing cancels where the class is all but certain.
  const auto miss = logits.sigmoid() * negative + (-logits).sigmoid() * positive;
  auto loss = entropy * miss.clamp_min(std::numeric_limits<float>::min()).pow(gamma);
  if (alpha >= 0) loss = (alpha * positive + (1 - alpha) * negative) * loss;
  return reduced(loss, reduction);
}

at::Tensor wing_loss(const at::Tensor& input, const at::Tensor& target, double width, double curvature,
                     std::int64_t reduction) {
  check_same_shape("wing_loss", input, target);
  check_positive("width", width);
  check_positive("curvature", curvature);
  const auto error = (detail::floating(input) - detail::floating(target)).abs();
  const double offset = width - width * std::log1p(width / curvature);
  return reduced(at::where(error < width, width * (error / curvature).log1p(), error - offset), reduction);
}

at::Tensor adaptive_wing_loss(const at::Tensor& input, const at::Tensor& target, double omega, double theta,
                              double epsilon, double alpha, std::int64_t reduction) {
  check_same_shape("adaptive_wing_loss", input, target);
  check_positive("omega", omega);
  check_positive("theta", theta);
  check_positive("epsilon", epsilon);
  if (!(alpha > 2) || !std::isfinite(alpha)) {
    throw std::invalid_argument("alpha: expected a number above 2, got " + std::to_string(alpha));
  }
  check_shares("adaptive_wing_loss", target);
  const auto truth = detail::floating(target);
  const auto error = (detail::floating(input) - truth).abs();
  const auto power = alpha - truth;
  const auto edge = at::pow(theta / epsilon, power);  // the curve at theta, where the line begins
  const auto slope = omega / (1 + edge) * power * edge / theta;
  const auto curve = omega * (error.clamp_max(theta) / epsilon).pow(power).log1p();
  const auto line = slope * error - (theta * slope - omega * edge.log1p());
  return reduced(at::where(error < theta, curve, line), reduction);
}

}  // namespace boxfeed
