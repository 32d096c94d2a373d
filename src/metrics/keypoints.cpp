#include <ATen/TensorOperators.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>
#include <boxfeed/metrics/keypoints.h>
#include <boxfeed/ops/boxes.h>

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <utility>

#include "metrics/inputs.h"
#include "metrics/metric_state.h"

namespace boxfeed {
namespace {

/// On the CPU: normalized distances (N, K) as double, and which of them count, as bool.
struct Distances {
  at::Tensor values, visible;

  double value(std::int64_t row, std::int64_t point) const {
    return values.data_ptr<double>()[row * values.size(1) + point];
  }
  bool counts(std::int64_t row, std::int64_t point) const {
    return visible.data_ptr<bool>()[row * values.size(1) + point];
  }
};

const char* name_of(KeypointNormalizer normalizer) {
  switch (normalizer) {
    case KeypointNormalizer::kBoxDiagonal: return "box_diagonal";
    case KeypointNormalizer::kBoxSide: return "box_side";
    case KeypointNormalizer::kBoxSize: return "box_size";
    case KeypointNormalizer::kPoints: break;
  }
  return "points";
}

detail::Json to_json(const KeypointOptions& options) {
  detail::Json json{{"normalizer", name_of(options.normalizer())}};
  if (options.normalizer() == KeypointNormalizer::kPoints) json["points"] = options.points();
  return json;
}

void check_mergeable(const char* metric, const KeypointOptions& options, const KeypointOptions& others) {
  if (to_json(options) == to_json(others)) return;
  throw std::invalid_argument(std::string(metric) + ": expected to merge with one of " + to_json(options).dump() +
                              ", got " + to_json(others).dump());
}

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument(what); }

at::Tensor visible_or_all(const at::Tensor& visible, const at::Tensor& target) {
  if (!visible.defined()) return at::ones({target.size(0), target.size(1)}, at::kBool);
  if (visible.sizes() != target.sizes().slice(0, 2)) {
    refuse("visible: expected shape (N, K) for target " + detail::shape_of(target) + ", got " +
           detail::shape_of(visible));
  }
  return visible.to(at::kCPU, at::kBool).contiguous();
}

/// The size of each box: (N).
at::Tensor box_sizes(const at::Tensor& boxes, const KeypointOptions& options, std::int64_t count) {
  if (!boxes.defined()) refuse("boxes: expected those of the objects, to measure by, got none");
  if (boxes.dim() != 2 || boxes.size(0) != count || boxes.size(1) != 4) {
    refuse("boxes: expected shape (" + std::to_string(count) + ", 4), got " + detail::shape_of(boxes));
  }
  const auto corners =
      detail::truth_boxes(box_convert(boxes.to(at::kDouble), options.box_format(), BoxFormat::kXYXY), "boxes");
  const auto sides = corners.narrow(1, 2, 2) - corners.narrow(1, 0, 2);
  switch (options.normalizer()) {
    case KeypointNormalizer::kBoxSide: return sides.amax(1);
    case KeypointNormalizer::kBoxSize: return sides.prod(1).sqrt();
    default: break;
  }
  return sides.square().sum(1).sqrt();
}

/// The distance of the two points of each object: (N).
at::Tensor point_distances(const at::Tensor& target, const at::Tensor& visible, const KeypointOptions& options) {
  for (const auto point : options.points()) {
    if (point < 0 || point >= target.size(1)) {
      refuse("points: expected 0 to " + std::to_string(target.size(1) - 1) + ", got " + std::to_string(point));
    }
    if (const auto hidden = visible.select(1, point).logical_not(); hidden.any().item<bool>()) {
      refuse("visible: expected point " + std::to_string(point) + " labeled, to measure by, but it is not in row " +
             std::to_string(hidden.nonzero()[0].item<std::int64_t>()));
    }
  }
  return (target.select(1, options.points()[0]) - target.select(1, options.points()[1])).square().sum(1).sqrt();
}

Distances distances(const at::Tensor& preds, const at::Tensor& target, const at::Tensor& boxes,
                    const at::Tensor& visible, const KeypointOptions& options) {
  detail::check_same_shape(preds, target);
  if (preds.dim() != 3 || preds.size(2) != 2) {
    refuse("expected preds of shape (N, K, 2), got " + detail::shape_of(preds));
  }
  const auto labeled = visible_or_all(visible, target);
  const auto points = [&](const at::Tensor& values, const char* name) {
    const auto on_cpu = values.to(at::kCPU, at::kDouble);
    return detail::finite_values(at::where(labeled.unsqueeze(2), on_cpu, at::zeros_like(on_cpu)), name);
  };
  const auto guess = points(preds, "preds"), truth = points(target, "target");
  const auto sizes = options.normalizer() == KeypointNormalizer::kPoints ? point_distances(truth, labeled, options)
                                                                         : box_sizes(boxes, options, target.size(0));
  if (const auto none = sizes <= 0; none.any().item<bool>()) {
    refuse("expected objects with a size to measure by, got none in row " +
           std::to_string(none.nonzero()[0].item<std::int64_t>()));
  }
  return {((guess - truth).square().sum(2).sqrt() / sizes.unsqueeze(1)).contiguous(), labeled};
}

}  // namespace

NormalizedMeanError::NormalizedMeanError(KeypointOptions options) : options_(options) {}

void NormalizedMeanError::update(const at::Tensor& preds, const at::Tensor& target, const at::Tensor& boxes,
                                 const at::Tensor& visible) {
  const auto found = distances(preds, target, boxes, visible, options_);
  for (std::int64_t row = 0; row < preds.size(0); ++row) {
    RunningSum sum;
    std::int64_t points = 0;
    for (std::int64_t point = 0; point < preds.size(1); ++point) {
      if (!found.counts(row, point)) continue;
      sum.add(found.value(row, point));
      ++points;
    }
    if (points == 0) continue;
    errors_.add(sum.value() / static_cast<double>(points));
    ++count_;
  }
}

double NormalizedMeanError::compute() const { return errors_.value() / static_cast<double>(count_); }

void NormalizedMeanError::reset() {
  count_ = 0;
  errors_ = {};
}

void NormalizedMeanError::merge(const NormalizedMeanError& other) {
  check_mergeable("NormalizedMeanError", options_, other.options_);
  count_ += other.count_;
  errors_.add(other.errors_);
}

std::string NormalizedMeanError::state() const {
  auto json = detail::new_state("NormalizedMeanError");
  json["options"] = to_json(options_);
  json["count"] = count_;
  json["errors"] = detail::to_json(errors_);
  return json.dump();
}

void NormalizedMeanError::load_state(const std::string& state) {
  const detail::StateReader reader(state, "NormalizedMeanError");
  reader.require("options", to_json(options_));
  const auto count = reader.count("count");
  errors_ = reader.sum("errors");
  count_ = count;
}

PCK::PCK(std::vector<double> thresholds, KeypointOptions options)
    : thresholds_(std::move(thresholds)), options_(options), correct_(thresholds_.size()) {
  for (const double threshold : thresholds_) {
    if (!(threshold > 0) || !std::isfinite(threshold)) {
      refuse("thresholds: expected numbers above 0, got " + std::to_string(threshold));
    }
  }
}

void PCK::update(const at::Tensor& preds, const at::Tensor& target, const at::Tensor& boxes,
                 const at::Tensor& visible) {
  const auto found = distances(preds, target, boxes, visible, options_);
  for (std::int64_t row = 0; row < preds.size(0); ++row) {
    for (std::int64_t point = 0; point < preds.size(1); ++point) {
      if (!found.counts(row, point)) continue;
      ++count_;
      for (std::size_t t = 0; t < thresholds_.size(); ++t)
        correct_[t] += found.value(row, point) <= thresholds_[t] ? 1 : 0;
    }
  }
}

std::vector<double> PCK::compute() const {
  std::vector<double> shares;
  for (const auto correct : correct_) shares.push_back(static_cast<double>(correct) / static_cast<double>(count_));
  return shares;
}

void PCK::reset() {
  count_ = 0;
  correct_.assign(thresholds_.size(), 0);
}

void PCK::merge(const PCK& other) {
  check_mergeable("PCK", options_, other.options_);
  if (thresholds_ != other.thresholds_) refuse("PCK: expected to merge with one of the same thresholds");
  count_ += other.count_;
  for (std::size_t t = 0; t < correct_.size(); ++t) correct_[t] += other.correct_[t];
}

std::string PCK::state() const {
  auto json = detail::new_state("PCK");
  json["options"] = to_json(options_);
  json["thresholds"] = thresholds_;
  json["count"] = count_;
  json["correct"] = correct_;
  return json.dump();
}

void PCK::load_state(const std::string& state) {
  const detail::StateReader reader(state, "PCK");
  reader.require("options", to_json(options_));
  reader.require("thresholds", thresholds_);
  const auto count = reader.count("count");
  correct_ = reader.counts("correct", thresholds_.size());
  count_ = count;
}

}  // namespace boxfeed
