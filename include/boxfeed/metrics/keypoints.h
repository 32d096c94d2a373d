#pragma once

#include <ATen/core/Tensor.h>
#include <boxfeed/core/arg.h>
#include <boxfeed/core/box.h>
#include <boxfeed/metrics/running_sum.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

// How near predicted keypoints are to the true ones, as a share of the object's size. States of parts, merged in any
// order, give what one object would have found: counts exactly, means to sixteen digits.
//
// Shape: preds, target (N, K, 2); boxes (N, 4), the objects' true ones, needed unless two points are the measure;
// visible (N, K) bool, which points are labeled: all by default. Throws: `std::invalid_argument` for other shapes,
// values that are not finite, inverted boxes, an object without size, a measuring point that is not labeled.
// `load_state`: `Error` with `kBadState` or `kFormatVersion` for what is not a state of a metric that `merge` takes.
// Thread safety: none.

namespace boxfeed {

/// What a distance is divided by.
enum class KeypointNormalizer {
  kBoxDiagonal,
  kBoxSide,  ///< the longer side of the box, as Yang and Ramanan have it for PCK
  kBoxSize,  ///< the root of the box's area, as is usual for faces
  kPoints,   ///< the distance of two true points, such as the eyes
};

/// Two keypoints of an object, counted from 0.
using PointPair = std::array<std::int64_t, 2>;

/// The measure of a keypoint metric.
class KeypointOptions {
  BOXFEED_ARG(KeypointNormalizer, normalizer) = KeypointNormalizer::kBoxDiagonal;
  /// Of `kPoints`.
  BOXFEED_ARG(PointPair, points) = {0, 1};
  BOXFEED_ARG(BoxFormat, box_format) = BoxFormat::kXYXY;
};

/// The mean distance of the labeled points of an object, normalized, averaged over the objects that have any.
class NormalizedMeanError {
 public:
  explicit NormalizedMeanError(KeypointOptions options = {});

  void update(const at::Tensor& preds, const at::Tensor& target, const at::Tensor& boxes = {},
              const at::Tensor& visible = {});
  /// NaN where there were no labeled points.
  double compute() const;
  void reset();

  /// Throws: `std::invalid_argument` for one with another normalizer or, where that is `kPoints`, with other points;
  /// `box_format` may differ.
  void merge(const NormalizedMeanError& other);
  /// All that was gathered, as JSON.
  std::string state() const;
  void load_state(const std::string& state);

 private:
  KeypointOptions options_;
  std::int64_t count_ = 0;  // of objects
  RunningSum errors_;
};

/// The percentage of correct keypoints, as a share: of the labeled points those whose normalized distance is at most a
/// threshold.
/// Source: Yang, Ramanan, "Articulated Human Detection with Flexible Mixtures of Parts", TPAMI 2013.
class PCK {
 public:
  explicit PCK(std::vector<double> thresholds = {0.1}, KeypointOptions options = {});

  void update(const at::Tensor& preds, const at::Tensor& target, const at::Tensor& boxes = {},
              const at::Tensor& visible = {});
  /// One share for each threshold; NaN where there were no labeled points.
  std::vector<double> compute() const;
  void reset();

  /// Throws: `std::invalid_argument` as that of `NormalizedMeanError`, and for one with other thresholds.
  void merge(const PCK& other);
  /// All that was gathered, as JSON.
  std::string state() const;
  void load_state(const std::string& state);

 private:
  std::vector<double> thresholds_;
  KeypointOptions options_;
  std::int64_t count_ = 0;             // of points
  std::vector<std::int64_t> correct_;  // for each threshold
};

}  // namespace boxfeed
