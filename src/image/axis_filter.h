#pragma once

#include <boxfeed/image/resampler.h>

#include <cstdint>
#include <tuple>
#include <vector>

#include "image/kernels.h"

namespace boxfeed {

/// The weights with which the pixels along one axis of the source make those along one axis of the output.
///
/// Source: Pillow's resize, whose filters, supports and cut at the edges these are.
class AxisFilter {
 public:
  /// The weights for output pixel i with its center at (i + 0.5 - shift) / scale in the source, scale of either sign.
  /// Nothing is done where they are those already. They are whole units, or with `exact` floats.
  void set(int source_size, int output_size, double scale, double shift, const ResampleOptions& options, bool exact);

  /// The output pixels [begin, end) whose centers lie in the source.
  int begin() const noexcept { return begin_; }
  int end() const noexcept { return end_; }

  /// The first source pixel of output pixel `i`, and how many there are.
  int first(int i) const noexcept { return first_[index(i)]; }
  int taps(int i) const noexcept { return taps_[index(i)]; }

  const std::uint16_t* weights(int i) const noexcept { return weights_.data() + index(i) * max_taps_; }
  WeightKind kind() const noexcept { return kind_; }
  /// The same, set as `exact`.
  const float* float_weights(int i) const noexcept { return float_weights_.data() + index(i) * max_taps_; }

  /// The weights of all output pixels from `begin()` on.
  AxisWeights all() const noexcept {
    return {first_.data(), taps_.data(), weights_.data(), max_taps_, end_ - begin_, kind_};
  }

  /// The source pixels [low, high) that are used at all.
  int low() const noexcept { return low_; }
  int high() const noexcept { return high_; }

  /// True where every output pixel is one source pixel, in order.
  bool is_copy() const noexcept { return copy_; }

 private:
  /// The arguments of `set`, its options as the interpolation and whether it antialiases.
  using Key = std::tuple<int, int, double, double, Interpolation, bool, bool>;

  std::size_t index(int i) const noexcept { return static_cast<std::size_t>(i - begin_); }
  /// The exact weights of output pixel `i` in `exact_`, and their number; returns the first source pixel.
  int weigh(int i);
  /// Writes `exact_` at output pixel `i`, in whole units that sum to 1, so that a flat area stays flat.
  void quantize(int i);

  double center(int i) const noexcept { return (i + 0.5 - shift_) * inverse_scale_; }

  Key key_{};
  Interpolation interpolation_ = Interpolation::kBilinear;
  int source_size_ = 0;
  double shift_ = 0;
  WeightKind kind_ = WeightKind::kUnsigned;
  double inverse_scale_ = 1;
  double stretch_ = 1;
  double support_ = 1;
  int begin_ = 0;
  int end_ = 0;
  int low_ = 0;
  int high_ = 0;
  bool copy_ = false;
  std::size_t max_taps_ = 0;
  std::vector<double> exact_;
  std::vector<int> first_;
  std::vector<int> taps_;
  std::vector<std::uint16_t> weights_;
  std::vector<float> float_weights_;
};

}  // namespace boxfeed
