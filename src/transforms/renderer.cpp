#include <boxfeed/transforms/renderer.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <optional>
#include <stdexcept>

#include "image/fill_row.h"
#include "image/pixel_buffer.h"
#include "transforms/map_scale.h"
#include "transforms/polygon.h"
#include "transforms/warp_kernel.h"

namespace boxfeed::transforms {
namespace {

/// Where a canvas cut the image at whole pixels, nothing beyond is seen by any filter.
constexpr double kWholePixel = 1e-4;
/// Shrinking by less than this leaves bilinear interpolation free of visible aliasing.
constexpr double kShrinks = 0.95;

/// The part of the source that is needed, and where its edges are hard.
struct Part {
  cv::Rect area;
  PlaneMap from_source;
};

bool is_whole(double value) { return std::abs(value - std::round(value)) < kWholePixel; }

/// Pixels around the needed ones: `margin` more at each edge, but none beyond an edge at a whole pixel.
Part needed_part(const std::array<double, 4>& b, cv::Size source, double margin_x, double margin_y) {
  const auto low = [](double edge, double margin, int size) {
    const double first = is_whole(edge) ? std::round(edge) : std::floor(edge - margin);
    return static_cast<int>(std::clamp(first, 0.0, static_cast<double>(size - 1)));
  };
  const auto high = [](double edge, double margin, int size, int first) {
    const double last = is_whole(edge) ? std::round(edge) : std::ceil(edge + margin);
    return static_cast<int>(std::clamp(last, static_cast<double>(first + 1), static_cast<double>(size)));
  };
  const int x = low(b[0], margin_x, source.width), y = low(b[1], margin_y, source.height);
  const cv::Rect area(x, y, high(b[2], margin_x, source.width, x) - x, high(b[3], margin_y, source.height, y) - y);
  return {area, PlaneMap::translation(-x, -y)};
}

}  // namespace

struct Renderer::State {
  std::optional<Resampler> resampler;
  PixelBuffer smaller;

  Resampler& resampler_for(const ResampleOptions& options) {
    const auto same = [&](const ResampleOptions& o) {
      return o.interpolation() == options.interpolation() && o.antialias() == options.antialias() &&
             o.fill() == options.fill();
    };
    if (!resampler || !same(resampler->options())) resampler.emplace(options);
    return *resampler;
  }

  void resample_aligned(const Plan& plan, const cv::Mat& pixels, const PlaneMap& map, cv::Mat& output);
  void warp(const Plan& plan, const cv::Mat& pixels, const PlaneMap& map, cv::Mat& output);
};

Renderer::Renderer() : state_(std::make_unique<State>()) {}
Renderer::Renderer(Renderer&&) noexcept = default;
Renderer& Renderer::operator=(Renderer&&) noexcept = default;
Renderer::~Renderer() = default;

void Renderer::State::resample_aligned(const Plan& plan, const cv::Mat& pixels, const PlaneMap& map, cv::Mat& output) {
  const auto in_source = mapped(plan.visible, map.inverse());
  const auto scale = largest_scale(map, in_source);
  const auto margin = [](double s) { return 2 * std::max(1.0, 1 / s) + 1; };
  const Part part = needed_part(bounds(in_source), pixels.size(), margin(scale[0]), margin(scale[1]));
  resampler_for(plan.resample).resample(pixels(part.area), map * part.from_source.inverse(), output);

  const double whole = static_cast<double>(output.rows) * output.cols;
  if (area(plan.visible) > whole * (1 - 1e-9)) return;
  for (int y = 0; y < output.rows; ++y) {
    const RowPart row = row_part(plan.visible, y, output.cols);
    fill_row(output, y, 0, row.first, plan.resample.fill());
    fill_row(output, y, row.last, output.cols, plan.resample.fill());
  }
}

void Renderer::State::warp(const Plan& plan, const cv::Mat& pixels, const PlaneMap& map, cv::Mat& output) {
  const auto in_source = mapped(plan.visible, map.inverse());
  auto scale = largest_scale(map, in_source);
  const bool antialias = plan.resample.antialias() && plan.resample.interpolation() != Interpolation::kNearest;
  for (double& s : scale) s = antialias && s < kShrinks ? s : 1;
  const Part part = needed_part(bounds(in_source), pixels.size(), 3 / scale[0], 3 / scale[1]);
  cv::Mat source = pixels(part.area);
  PlaneMap to_output = map * part.from_source.inverse();
  if (scale[0] < 1 || scale[1] < 1) {
    const auto side = [](int from, double s) { return s < 1 ? static_cast<int>(std::ceil(from * s)) : from; };
    const int width = side(source.cols, scale[0]), height = side(source.rows, scale[1]);
    cv::Mat small = smaller.take({height, width}, source.channels());
    const PlaneMap shrink =
        PlaneMap::scale(static_cast<double>(width) / source.cols, static_cast<double>(height) / source.rows);
    resampler_for(plan.resample).resample(source, shrink, small);
    source = small;
    to_output = to_output * shrink.inverse();
  }
  const PlaneMap back = to_output.inverse();
  for (int y = 0; y < output.rows; ++y) {
    const RowPart row = row_part(plan.visible, y, output.cols);
    fill_row(output, y, 0, row.first, plan.resample.fill());
    warp_row(source, back, plan.resample.interpolation(), y, row, output);
    fill_row(output, y, row.last, output.cols, plan.resample.fill());
  }
}

void Renderer::resample(const Plan& plan, const cv::Mat& pixels, const PlaneMap& to_displayed, cv::Mat& output) {
  if (pixels.empty() || (pixels.type() != CV_8UC1 && pixels.type() != CV_8UC3)) {
    throw std::invalid_argument("Renderer: expected 8-bit pixels with 1 or 3 channels, got " +
                                cv::typeToString(pixels.type()));
  }
  output.create(static_cast<int>(plan.size.height), static_cast<int>(plan.size.width), pixels.type());
  if (plan.visible.empty()) {
    for (int y = 0; y < output.rows; ++y) fill_row(output, y, 0, output.cols, plan.resample.fill());
    return;
  }
  const PlaneMap map = without_rounding(plan.map * to_displayed, std::max(pixels.rows, pixels.cols));
  if (keeps_or_exchanges_axes(map)) {
    state_->resample_aligned(plan, pixels, map, output);
  } else {
    state_->warp(plan, pixels, map, output);
  }
}

void Renderer::render(const Plan& plan, const cv::Mat& pixels, const PlaneMap& to_displayed, cv::Mat& output) {
  resample(plan, pixels, to_displayed, output);
  apply_colors(plan, output);
}

}  // namespace boxfeed::transforms
