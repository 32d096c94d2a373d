#pragma once

#include <boxfeed/image/resampler.h>

#include <cstdint>
#include <vector>

namespace boxfeed {

/// The weights with which the pixels along one axis of the source make those along one axis of the output.
///
/// Source: Pillow's resize, whose filters, supports and cut at the edges these are.
class AxisFilter {
 public:
  /// For output pixel i with centre (i + 0.5 - shift) / scale in the source, scale of either sign.
  AxisFilter(int source_size, int output_size, double scale, double shift, const ResampleOptions& options);

  /// The output pixels [begin, end) whose centres lie in the source.
  int begin() const noexcept { return begin_; }
  int end() const noexcept { return end_; }

  /// The first source pixel of output pixel `i`, and how many there are.
  int first(int i) const noexcept { return first_[index(i)]; }
  int taps(int i) const noexcept { return taps_[index(i)]; }

  /// The weights of output pixel `i`, in units of 2^-`shift()`.
  const std::int16_t* weights(int i) const noexcept { return weights_.data() + index(i) * max_taps_; }
  int shift() const noexcept { return shift_; }
  int max_taps() const noexcept { return static_cast<int>(max_taps_); }

  /// True where every output pixel is one source pixel, in order.
  bool is_copy() const noexcept { return copy_; }

 private:
  std::size_t index(int i) const noexcept { return static_cast<std::size_t>(i - begin_); }

  int begin_ = 0;
  int end_ = 0;
  int shift_ = 0;
  bool copy_ = false;
  std::size_t max_taps_ = 0;
  std::vector<int> first_;
  std::vector<int> taps_;
  std::vector<std::int16_t> weights_;
};

}  // namespace boxfeed
