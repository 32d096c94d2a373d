#pragma once

#include <ATen/core/Tensor.h>
#include <boxfeed/metrics/running_sum.h>

#include <cstdint>
#include <string>
#include <vector>

// How near predicted numbers are to the true ones. States of parts, merged in any order, give what one object would
// have found, to sixteen digits.
//
// Shape: (N) or (N, D), D outputs, the same for both.
// Throws: `std::invalid_argument` for shapes that differ, values that are not finite, another D than before.
// `load_state`: `Error` with `kBadState` or `kFormatVersion` for what is not a state of the metric. Thread safety:
// none.

namespace boxfeed {

/// The mean of |preds - target|.
class MeanAbsoluteError {
 public:
  void update(const at::Tensor& preds, const at::Tensor& target);
  /// The mean of all outputs; NaN where there were no numbers.
  double compute() const;
  /// The mean of each output.
  std::vector<double> per_output() const;
  void reset();

  void merge(const MeanAbsoluteError& other);
  /// All that was gathered, as JSON.
  std::string state() const;
  void load_state(const std::string& state);

 private:
  std::int64_t count_ = 0;
  std::vector<RunningSum> errors_;  // for each output
};

/// The share of the target's variance that is explained: R² = 1 - sum (target - preds)² / sum (target - mean)².
///
/// Where the target does not vary it is 1 for predictions without an error, else 0.
class R2Score {
 public:
  void update(const at::Tensor& preds, const at::Tensor& target);
  /// The mean of all outputs; NaN where there were no numbers.
  double compute() const;
  /// R² of each output.
  std::vector<double> per_output() const;
  void reset();

  void merge(const R2Score& other);
  /// All that was gathered, as JSON.
  std::string state() const;
  void load_state(const std::string& state);

 private:
  std::int64_t count_ = 0;
  std::vector<RunningSum> targets_, squares_, residuals_;  // for each output
};

}  // namespace boxfeed
