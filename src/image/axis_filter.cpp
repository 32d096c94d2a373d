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

/// Rounds weights that sum to 1 to whole units that sum to `unit` exactly, so that a flat area stays flat.
void quantise(const std::vector<double>& weights, int unit, std::int16_t* out) {
  double exact = 0;
  int done = 0;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    exact += weights[k] * unit;
    const int next = static_cast<int>(std::lround(exact));
    out[k] = static_cast<std::int16_t>(std::clamp(next - done, -32768, 32767));
    done = next;
  }
}

}  // namespace

AxisFilter::AxisFilter(int source_size, int output_size, double scale, double shift, const ResampleOptions& options) {
  const bool nearest = options.interpolation() == Interpolation::kNearest;
  const bool bicubic = options.interpolation() == Interpolation::kBicubic;
  // A cubic's weight can pass 1 where the filter is cut at an edge.
  shift_ = bicubic ? 14 : 15;
  const double stretch = options.antialias() ? std::max(1.0, 1 / std::abs(scale)) : 1.0;
  const double support = (bicubic ? 2.0 : 1.0) * stretch;
  max_taps_ = nearest ? 1 : static_cast<std::size_t>(std::min<double>(2 * std::ceil(support) + 1, source_size));

  const auto centre = [&](int i) { return (i + 0.5 - shift) / scale; };
  const auto inside = [&](int i) {
    constexpr double kTolerance = 1e-6;
    return centre(i) > -kTolerance && centre(i) < source_size + kTolerance;
  };
  while (begin_ < output_size && !inside(begin_)) ++begin_;
  end_ = begin_;
  while (end_ < output_size && inside(end_)) ++end_;

  const auto count = static_cast<std::size_t>(end_ - begin_);
  first_.resize(count);
  taps_.resize(count);
  weights_.resize(count * max_taps_);
  copy_ = true;
  std::vector<double> weights;
  for (int i = begin_; i < end_; ++i) {
    const double c = centre(i);
    int low = 0, high = 0;
    weights.clear();
    if (nearest) {
      low = std::clamp(static_cast<int>(std::floor(c)), 0, source_size - 1);
      high = low + 1;
      weights.push_back(1);
    } else {
      low = std::clamp(static_cast<int>(c - support + 0.5), 0, source_size - 1);
      high = std::clamp(static_cast<int>(c + support + 0.5), low + 1, source_size);
      double sum = 0;
      for (int k = low; k < high; ++k) {
        const double x = (k - c + 0.5) / stretch;
        weights.push_back(bicubic ? cubic(x) : triangle(x));
        sum += weights.back();
      }
      if (sum == 0) {  // one pixel at the very edge, by rounding
        weights.assign(1, 1.0);
        high = low + 1;
        sum = 1;
      }
      for (double& weight : weights) weight /= sum;
    }
    // What weighs nothing at either end costs time and nothing else.
    std::size_t skip = 0;
    while (skip + 1 < weights.size() && std::abs(weights[skip]) < 1e-9) ++skip;
    weights.erase(weights.begin(), weights.begin() + static_cast<std::ptrdiff_t>(skip));
    while (weights.size() > 1 && std::abs(weights.back()) < 1e-9) weights.pop_back();
    low += static_cast<int>(skip);
    first_[index(i)] = low;
    taps_[index(i)] = static_cast<int>(weights.size());
    quantise(weights, 1 << shift_, weights_.data() + index(i) * max_taps_);
    copy_ = copy_ && weights.size() == 1 && low == first_[0] + i - begin_;
  }
}

}  // namespace boxfeed
