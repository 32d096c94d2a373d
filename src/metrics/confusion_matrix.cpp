#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>
#include <boxfeed/metrics/confusion_matrix.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <stdexcept>

#include "metrics/coco_matching.h"
#include "metrics/inputs.h"
#include "metrics/metric_state.h"

namespace boxfeed {
namespace {

void check_label(const char* name, std::int64_t label, std::int64_t classes) {
  if (label >= 0 && label < classes) return;
  throw std::invalid_argument(std::string(name) + ": expected labels from 0 to " + std::to_string(classes - 1) +
                              ", got " + std::to_string(label));
}

}  // namespace

ConfusionMatrix::ConfusionMatrix(std::int64_t num_classes) : classes_(num_classes) {
  if (num_classes < 1 || num_classes > 10000) {
    throw std::invalid_argument("num_classes: expected 1 to 10000, got " + std::to_string(num_classes));
  }
  reset();
}

void ConfusionMatrix::update(const at::Tensor& preds, const at::Tensor& target) {
  detail::check_same_shape(preds, target);
  if (preds.dim() != 1) throw std::invalid_argument("expected preds of shape (N), got " + detail::shape_of(preds));
  const auto guesses = detail::whole_values(preds, "preds"), truth = detail::whole_values(target, "target");
  const auto *const guess = guesses.data_ptr<std::int64_t>(), *const label = truth.data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < guesses.numel(); ++i) {
    check_label("preds", guess[i], classes_);
    check_label("target", label[i], classes_);
  }
  for (std::int64_t i = 0; i < guesses.numel(); ++i) {
    ++counts_[static_cast<std::size_t>(label[i] * classes_ + guess[i])];
  }
}

at::Tensor ConfusionMatrix::compute() const { return at::tensor(counts_, at::kLong).view({classes_, classes_}); }

double ConfusionMatrix::accuracy() const {
  std::int64_t right = 0;
  for (std::size_t i = 0; i < counts_.size(); i += static_cast<std::size_t>(classes_) + 1) right += counts_[i];
  return static_cast<double>(right) /
         static_cast<double>(std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0}));
}

void ConfusionMatrix::reset() { counts_.assign(static_cast<std::size_t>(classes_ * classes_), 0); }

void ConfusionMatrix::merge(const ConfusionMatrix& other) {
  if (other.classes_ != classes_) {
    throw std::invalid_argument("ConfusionMatrix: expected to merge with one of " + std::to_string(classes_) +
                                " classes, got " + std::to_string(other.classes_));
  }
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
}

std::string ConfusionMatrix::state() const {
  auto json = detail::new_state("ConfusionMatrix");
  json["num_classes"] = classes_;
  json["counts"] = counts_;
  return json.dump();
}

void ConfusionMatrix::load_state(const std::string& state) {
  const detail::StateReader reader(state, "ConfusionMatrix");
  reader.require("num_classes", classes_);
  counts_ = reader.counts("counts", counts_.size());
}

std::pair<at::Tensor, at::Tensor> matched_labels(const DetectionPrediction& preds, const DetectionTruth& target,
                                                 std::int64_t num_classes, const LabelMatchingOptions& options) {
  auto detections = detail::read_detections(preds, options.box_format());
  const auto truth = detail::read_truth(target, options.box_format());
  for (const auto& d : detections) check_label("preds.labels", d.label, num_classes);
  for (const auto& g : truth) check_label("target.labels", g.label, num_classes);
  std::stable_sort(detections.begin(), detections.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  std::vector<std::int64_t> guesses, labels;
  const auto count = [&](std::int64_t guess, std::int64_t label) {
    guesses.push_back(guess);
    labels.push_back(label);
  };
  std::vector<char> taken(truth.size());
  for (const auto& d : detections) {
    if (d.score < options.score_threshold()) break;
    double best = options.iou_threshold();
    std::size_t object = truth.size();
    bool in_crowd = false;
    for (std::size_t g = 0; g < truth.size(); ++g) {
      const double iou = detail::coco_iou(d.box, truth[g]);
      if (taken[g] != 0 || iou < best) continue;
      if (truth[g].crowd) {
        in_crowd = true;
      } else if (object == truth.size() || iou > best) {
        best = iou;
        object = g;
      }
    }
    if (object < truth.size()) {
      taken[object] = 1;
      count(d.label, truth[object].label);
    } else if (!in_crowd) {
      count(d.label, num_classes);
    }
  }
  for (std::size_t g = 0; g < truth.size(); ++g) {
    if (taken[g] == 0 && !truth[g].crowd) count(num_classes, truth[g].label);
  }
  return {at::tensor(guesses, at::kLong), at::tensor(labels, at::kLong)};
}

}  // namespace boxfeed
