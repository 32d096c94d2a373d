#include "image/axis_filter.h"

#include <algorithm>
#include <cmath>

namespace boxfeed {
namespace {

double triangle(double x) { return std::max(0.0, 1 - std::abs(x)); }

/// Catmull and Rom's cubic, a = -0.5 (Keys 1981).
double cubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

bool is_nothing(double weight) { return std::abs(weight) < 1e-9; }

}  // namespace

void AxisFilter::set(int source_size, int output_size, double scale, double shift, const ResampleOptions& options,
                     bool exact) {
  const Key key{source_size, output_size, scale, shift, options.interpolation(), options.antialias(), exact};
  if (key == key_) return;
  key_ = Key{};  // nothing is valid until the end
  interpolation_ = options.interpolation();
  source_size_ = source_size;
  shift_ = shift;
  const bool bicubic = interpolation_ == Interpolation::kBicubic;
  kind_ = bicubic ? WeightKind::kSigned : WeightKind::kUnsigned;
  inverse_scale_ = 1 / scale;
  stretch_ = options.antialias() ? std::max(1.0, std::abs(inverse_scale_)) : 1.0;
  support_ = (bicubic ? 2.0 : 1.0) * stretch_;
  max_taps_ = interpolation_ == Interpolation::kNearest
                  ? 1
                  : static_cast<std::size_t>(std::min<double>(2 * std::ceil(support_) + 1, source_size));

  const auto inside = [this](int i) {
    constexpr double kTolerance = 1e-6;
    return center(i) > -kTolerance && center(i) < source_size_ + kTolerance;
  };
  begin_ = 0;
  while (begin_ < output_size && !inside(begin_)) ++begin_;
  end_ = begin_;
  while (end_ < output_size && inside(end_)) ++end_;
  const auto count = static_cast<std::size_t>(end_ - begin_);
  first_.resize(count);
  taps_.resize(count);
  if (exact) {
    float_weights_.resize(count * max_taps_);
  } else {
    weights_.resize(count * max_taps_);
  }
  exact_.resize(max_taps_);
  copy_ = true;
  low_ = source_size;
  high_ = 0;
  for (int i = begin_; i < end_; ++i) {
    const int first = weigh(i);
    const int taps = taps_[index(i)];
    first_[index(i)] = first;
    if (exact) {
      std::transform(exact_.begin(), exact_.begin() + taps,
                     float_weights_.begin() + static_cast<std::ptrdiff_t>(index(i) * max_taps_),
                     [](double weight) { return static_cast<float>(weight); });
    } else {
      quantize(i);
    }
    low_ = std::min(low_, first);
    high_ = std::max(high_, first + taps);
    copy_ = copy_ && taps == 1 && first == first_[0] + i - begin_;
  }
  key_ = key;
}

int AxisFilter::weigh(int i) {
  const double c = center(i);
  const int size = source_size_;
  if (interpolation_ == Interpolation::kNearest) {
    taps_[index(i)] = 1;
    exact_[0] = 1;
    return std::clamp(static_cast<int>(std::floor(c + 1e-9)), 0, size - 1);  // a center between two takes the second
  }
  // Rounded as Pillow does.
  const int low = std::clamp(static_cast<int>(c - support_ + 0.5), 0, size - 1);     // NOLINT
  const int high = std::clamp(static_cast<int>(c + support_ + 0.5), low + 1, size);  // NOLINT
  const int count = std::min(high - low, static_cast<int>(max_taps_));
  const double step = 1 / stretch_;
  double sum = 0;
  double* weights = exact_.data();
  if (interpolation_ == Interpolation::kBicubic) {
    for (int k = 0; k < count; ++k) sum += weights[k] = cubic((low + k - c + 0.5) * step);
  } else {
    for (int k = 0; k < count; ++k) sum += weights[k] = triangle((low + k - c + 0.5) * step);
  }
  // What weighs nothing at either end costs time and does nothing else.
  int first = 0, last = count;
  while (first + 1 < last && is_nothing(weights[first])) ++first;
  while (first + 1 < last && is_nothing(weights[last - 1])) --last;
  taps_[index(i)] = last - first;
  if (is_nothing(sum)) {  // a pixel at the very edge, by rounding
    weights[0] = 1;
    return low + first;
  }
  const double scale = 1 / sum;
  for (int k = first; k < last; ++k) weights[k - first] = weights[k] * scale;
  return low + first;
}

void AxisFilter::quantize(int i) {
  const bool is_signed = kind_ == WeightKind::kSigned;
  const double unit = is_signed ? 16384 : 65536;
  const int least = is_signed ? -32768 : 0, most = is_signed ? 32767 : 65535;
  auto* out = weights_.data() + index(i) * max_taps_;
  const int taps = taps_[index(i)];
  double exact = 65536.5;  // so that the cut rounds, below 0 too
  int done = 65536;
  for (int k = 0; k < taps; ++k) {
    exact += exact_[static_cast<std::size_t>(k)] * unit;
    const int next = static_cast<int>(exact);
    out[k] = static_cast<std::uint16_t>(std::clamp(next - done, least, most));
    done = next;
  }
}

}  // namespace boxfeed
