#pragma once

#include <ATen/core/Tensor.h>
#include <boxfeed/core/arg.h>
#include <boxfeed/core/box.h>
#include <boxfeed/metrics/detections.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace boxfeed {

/// How often each true class was taken for each class. States of parts, merged, give exactly what one object would have
/// found.
/// Thread safety: none.
class ConfusionMatrix {
 public:
  /// Throws: `std::invalid_argument` for fewer than 1 or more than 10000 classes.
  explicit ConfusionMatrix(std::int64_t num_classes);

  /// Shape: (N), (N) whole numbers.
  /// Throws: `std::invalid_argument` for other shapes and labels that are not in 0 … num_classes - 1.
  void update(const at::Tensor& preds, const at::Tensor& target);
  /// Row i, column j: how many of true class i were taken for class j.
  /// Shape: (C, C) int64.
  at::Tensor compute() const;
  /// The share of labels that are right; NaN where there were none.
  double accuracy() const;
  void reset();

  /// Throws: `std::invalid_argument` for one of another number of classes.
  void merge(const ConfusionMatrix& other);
  /// All that was gathered, as JSON.
  std::string state() const;
  /// Throws: `Error` with `kBadState` or `kFormatVersion` for what is not a state of a metric of as many classes.
  void load_state(const std::string& state);

 private:
  std::int64_t classes_;
  std::vector<std::int64_t> counts_;  // by row
};

/// How `matched_labels` pairs detections with objects.
class LabelMatchingOptions {
  BOXFEED_ARG(double, iou_threshold) = 0.5;
  /// Detections with a lower score are not looked at.
  BOXFEED_ARG(double, score_threshold) = 0.25;
  BOXFEED_ARG(BoxFormat, box_format) = BoxFormat::kXYXY;
};

/// What the objects of an image were taken for, for a `ConfusionMatrix` of one class more than there are: the last one
/// is the background, for objects that were missed and detections of nothing.
///
/// From the highest score to the lowest each detection takes the free object, of any class, with which its IoU is the
/// greatest, if that is at least the threshold. What lies in a crowd is left out, and so are crowds. Shape: (K), (K)
/// int64: preds, target. Throws: `std::invalid_argument` as `MeanAveragePrecision::update`, and for labels that are not
/// in 0 … num_classes - 1.
std::pair<at::Tensor, at::Tensor> matched_labels(const DetectionPrediction& preds, const DetectionTruth& target,
                                                 std::int64_t num_classes, const LabelMatchingOptions& options = {});

}  // namespace boxfeed
