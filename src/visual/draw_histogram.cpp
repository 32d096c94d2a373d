#include <boxfeed/visual/draw_bars.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

#include "visual/axes.h"
#include "visual/canvas.h"

namespace boxfeed {
namespace {

constexpr int kFewBins = 8, kManyBins = 40;

void check(const std::vector<double>& values, const HistogramOptions& options) {
  if (options.bins() < 0) {
    throw std::invalid_argument("bins: expected 0 or more, got " + std::to_string(options.bins()));
  }
  for (const double value : values) {
    if (std::isfinite(value) && (value > 0 || !options.logarithmic())) continue;
    throw std::invalid_argument(std::string("draw_histogram: expected finite values") +
                                (options.logarithmic() ? " above 0" : "") + ", got " + std::to_string(value));
  }
}

/// From the lowest value, or 0 where that is not far, to the highest; something around it where these are equal.
Axis x_axis(const std::vector<double>& values, const HistogramOptions& options, int start, int end) {
  Axis axis{0, 1, start, end, options.logarithmic()};
  if (options.logarithmic()) axis.low = 0.1;
  if (values.empty()) return axis;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  axis.low = *low;
  axis.high = *high;
  if (*low < *high) {
    if (!options.logarithmic() && *low > 0 && *low < *high / 2) axis.low = 0;
    return axis;
  }
  axis.low = options.logarithmic() ? *low / 2 : *low - 0.5 * std::max(std::abs(*low), 1.0);
  axis.high = options.logarithmic() ? *low * 2 : *low + 0.5 * std::max(std::abs(*low), 1.0);
  return axis;
}

double along(const Axis& axis, double value) { return axis.logarithmic ? std::log(value) : value; }

std::vector<std::size_t> counts_of(const std::vector<double>& values, const Axis& axis, std::size_t bins) {
  std::vector<std::size_t> counts(bins, 0);
  const double low = along(axis, axis.low), high = along(axis, axis.high);
  for (const double value : values) {
    const double at = (along(axis, value) - low) / (high - low) * static_cast<double>(bins);
    ++counts[std::min(bins - 1, static_cast<std::size_t>(std::max(at, 0.0)))];
  }
  return counts;
}

}  // namespace

cv::Mat draw_histogram(const std::vector<double>& values, const HistogramOptions& options) {
  check(values, options);
  cv::Mat canvas = blank_paper(options.image_size());
  const Frame frame = frame_of(canvas.size());
  const auto suitable = static_cast<int>(std::lround(2 * std::cbrt(static_cast<double>(values.size()))));
  const auto bins =
      static_cast<std::size_t>(options.bins() > 0 ? options.bins() : std::clamp(suitable, kFewBins, kManyBins));
  const Axis x = x_axis(values, options, frame.left, canvas.cols - frame.right);
  const auto counts = counts_of(values, x, bins);
  const auto most = static_cast<double>(*std::max_element(counts.begin(), counts.end()));
  const Axis y{0, std::max(1.05 * most, 1.0), canvas.rows - frame.bottom, frame.top};
  draw_axes(canvas, x, y, frame);
  const auto edge = [&](std::size_t bin) {
    return x.start + 1 + static_cast<int>(bin * static_cast<std::size_t>(x.end - x.start - 1) / bins);
  };
  for (std::size_t bin = 0; bin < bins; ++bin) {
    if (counts[bin] == 0) continue;
    const int left = edge(bin), right = std::max(edge(bin + 1), left + 1);
    const int gap = right - left > 4 ? scaled(1, frame.scale) : 0;
    const int top = std::min(y.pixel(static_cast<double>(counts[bin])), y.start - 1);
    canvas(cv::Rect(cv::Point(left, top), cv::Point(right - gap, y.start))).setTo(scalar(options.color()));
  }
  draw_title(canvas, options.title(), frame);
  draw_x_label(canvas, x, options.x_label(), frame);
  return canvas;
}

}  // namespace boxfeed
