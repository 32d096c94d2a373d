#pragma once

#include <ATen/core/Tensor.h>
#include <boxfeed/core/arg.h>
#include <boxfeed/core/box.h>
#include <boxfeed/metrics/running_sum.h>

#include <cstdint>
#include <string>
#include <vector>

namespace boxfeed {

/// What `MeanIoU` counts.
class MeanIoUOptions {
  /// For each the share of boxes with at least this IoU is found.
  BOXFEED_ARG(std::vector<double>, thresholds) = {0.5, 0.75};
  /// Of both sets of boxes.
  BOXFEED_ARG(BoxFormat, box_format) = BoxFormat::kXYXY;
};

/// What `MeanIoU` found.
struct MeanIoUResult {
  double iou = 0;              ///< NaN where there were no boxes
  std::vector<double> shares;  ///< of boxes with at least the IoU of each threshold
  std::int64_t count = 0;      ///< of boxes
};

/// The mean IoU of predicted boxes with the true ones, one for one.
///
/// States of parts, merged in any order, give what one object would have found: counts exactly, means to sixteen
/// digits. Thread safety: none.
class MeanIoU {
 public:
  /// Throws: `std::invalid_argument` for a threshold that is not in (0, 1].
  explicit MeanIoU(MeanIoUOptions options = {});

  /// A predicted box that is inverted counts as one without area.
  /// Shape: (N, 4), (N, 4).
  /// Throws: `std::invalid_argument` for other shapes, values that are not finite, inverted boxes in `target`.
  void update(const at::Tensor& preds, const at::Tensor& target);
  MeanIoUResult compute() const;
  void reset();

  /// Throws: `std::invalid_argument` for one with other thresholds; `box_format` may differ.
  void merge(const MeanIoU& other);

  /// All that was gathered, as JSON.
  std::string state() const;
  /// Throws: `Error` with `kBadState` or `kFormatVersion` for what is not a state of a metric with these thresholds.
  void load_state(const std::string& state);

 private:
  MeanIoUOptions options_;
  std::int64_t count_ = 0;
  RunningSum sum_;
  std::vector<std::int64_t> above_;  // for each threshold
};

}  // namespace boxfeed
