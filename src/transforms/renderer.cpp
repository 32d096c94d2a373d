#include <boxfeed/core/error.h>
#include <boxfeed/transforms/renderer.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <optional>
#include <stdexcept>
#include <string>

#include "image/pixel_buffer.h"
#include "transforms/polygon.h"
#include "transforms/warp_kernel.h"

namespace boxfeed::transforms {
namespace {

/// Where a canvas cut the image at whole pixels, nothing beyond is seen by any filter.
constexpr double kWholePixel = 1e-4;
/// Shrinking by less than this leaves bilinear interpolation free of visible aliasing.
constexpr double kShrinks = 0.95;

bool is_whole(double value) { return std::abs(value - std::round(value)) < kWholePixel; }

/// The pixels that are needed for what lies in `bounds`: `margin_x` and `margin_y` more at its edges, but none beyond
/// an edge of `limit` at a whole pixel.
cv::Rect needed_part(const Bounds& bounds, const Bounds& limit, double margin_x, double margin_y, cv::Size source) {
  const auto low = [](double edge, double end, int size) {
    const double first = is_whole(end) ? std::max(edge, std::round(end)) : edge;
    return static_cast<int>(std::clamp(std::floor(first), 0.0, static_cast<double>(size - 1)));
  };
  const auto high = [](double edge, double end, int size, int first) {
    const double last = is_whole(end) ? std::min(edge, std::round(end)) : edge;
    return static_cast<int>(std::clamp(std::ceil(last), static_cast<double>(first + 1), static_cast<double>(size)));
  };
  const int x = low(bounds[0] - margin_x, limit[0], source.width);
  const int y = low(bounds[1] - margin_y, limit[1], source.height);
  return {x, y, high(bounds[2] + margin_x, limit[2], source.width, x) - x,
          high(bounds[3] + margin_y, limit[3], source.height, y) - y};
}

/// The map from coordinates of the part to those that `map` leads to.
PlaneMap from_part(const PlaneMap& map, const cv::Rect& part) { return map * PlaneMap::translation(part.x, part.y); }

/// True for a rectangle with all of its edges at whole pixels.
bool is_whole_rectangle(const Polygon& polygon, const Bounds& b) {
  const double whole = (b[2] - b[0]) * (b[3] - b[1]);
  return std::all_of(b.begin(), b.end(), is_whole) && area(polygon) > whole * (1 - 1e-9);
}

/// The map with entries that are only rounding, against the size of the source, set to 0: a turn by 90 degrees then
/// exchanges the axes exactly.
PlaneMap without_rounding(const PlaneMap& map, double largest_side) {
  auto e = map.entries();
  for (auto& entry : e) entry /= map.entries()[8];
  for (const std::size_t i : {0, 1, 3, 4}) {
    if (std::abs(e[i]) * largest_side < 1e-6) e[i] = 0;
  }
  for (const std::size_t i : {6, 7}) {
    if (std::abs(e[i]) * largest_side < 1e-10) e[i] = 0;
  }
  return PlaneMap(e);
}

bool same(const ResampleOptions& a, const ResampleOptions& b) {
  return a.interpolation() == b.interpolation() && a.antialias() == b.antialias() && a.fill() == b.fill();
}

/// True where rows stay rows or become columns.
bool keeps_or_exchanges_axes(const PlaneMap& map) {
  const auto& e = map.entries();
  return e[6] == 0 && e[7] == 0 && ((e[1] == 0 && e[3] == 0) || (e[0] == 0 && e[4] == 0));
}

void check_bytes(const std::string& name, const cv::Mat& image) {
  if (image.type() == CV_8UC3 || image.type() == CV_8UC1) return;
  throw Error(Reason::kHook, name + ": expected 8-bit pixels with 1 or 3 channels, got " +
                                 cv::typeToString(image.type()) +
                                 " (it goes before Normalize, on images decoded to 8 bits)");
}

void call(const DrawnColor& color, cv::Mat& image) {
  const cv::Size size = image.size();
  const int channels = image.channels();
  color.function(image);
  if (image.size() != size || image.channels() != channels || (image.depth() != CV_8U && image.depth() != CV_32F)) {
    throw Error(Reason::kHook, color.name + ": expected " + std::to_string(size.height) + " × " +
                                   std::to_string(size.width) + " pixels of " + std::to_string(channels) +
                                   " channels of 8 bits or floats, got " + std::to_string(image.rows) + " × " +
                                   std::to_string(image.cols) + " of " + cv::typeToString(image.type()));
  }
}

}  // namespace

struct Renderer::State {
  Resampler resampler;
  PixelBuffer smaller;

  /// Fills what `plan` shows of the image under a map that turns the axes. Requires: a resampler as the plan says.
  void warp(const Plan& plan, const cv::Mat& pixels, const PlaneMap& map, cv::Mat& output);
};

Renderer::Renderer() : state_(std::make_unique<State>()) {}
Renderer::Renderer(Renderer&&) noexcept = default;
Renderer& Renderer::operator=(Renderer&&) noexcept = default;
Renderer::~Renderer() = default;

void Renderer::State::warp(const Plan& plan, const cv::Mat& pixels, const PlaneMap& map, cv::Mat& output) {
  const auto in_source = mapped(map.inverse(), plan.visible);
  auto scale = largest_scale(map, in_source);
  const bool antialias = plan.resample.antialias() && plan.resample.interpolation() != Interpolation::kNearest;
  for (double& s : scale) s = antialias && s < kShrinks ? s : 1;
  const cv::Rect part = needed_part(bounds(in_source), bounds(mapped(map.inverse(), plan.uncut)), 3 / scale[0],
                                    3 / scale[1], pixels.size());
  cv::Mat source = pixels(part);
  PlaneMap to_output = from_part(map, part);
  if (scale[0] < 1 || scale[1] < 1) {
    const auto side = [](int from, double s) { return s < 1 ? static_cast<int>(std::ceil(from * s)) : from; };
    const int width = side(source.cols, scale[0]), height = side(source.rows, scale[1]);
    cv::Mat small = smaller.take({height, width}, source.channels(), source.depth());
    const PlaneMap shrink =
        PlaneMap::scale(static_cast<double>(width) / source.cols, static_cast<double>(height) / source.rows);
    resampler.resample(source, shrink, small);
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
  const bool known =
      (pixels.depth() == CV_8U || pixels.depth() == CV_32F) && (pixels.channels() == 1 || pixels.channels() == 3);
  if (pixels.empty() || !known) {
    throw std::invalid_argument("Renderer: expected pixels of 8 bits or floats with 1 or 3 channels, got " +
                                (pixels.empty() ? "none" : cv::typeToString(pixels.type())));
  }
  output.create(static_cast<int>(plan.size.height), static_cast<int>(plan.size.width), pixels.type());
  if (plan.visible.empty()) {
    for (int y = 0; y < output.rows; ++y) fill_row(output, y, 0, output.cols, plan.resample.fill());
    return;
  }
  auto& resampler = state_->resampler;
  if (!same(resampler.options(), plan.resample)) resampler = Resampler(plan.resample);
  const PlaneMap map = without_rounding(plan.map * to_displayed, std::max(pixels.rows, pixels.cols));
  if (!keeps_or_exchanges_axes(map)) return state_->warp(plan, pixels, map, output);

  const Polygon uncut = mapped(map.inverse(), plan.uncut);
  const Bounds edges = bounds(uncut);
  const auto scale = largest_scale(map, uncut);
  const auto margin = [](double s) { return 2 * std::max(1.0, 1 / s) + 1; };
  const cv::Rect part = needed_part(edges, edges, margin(scale[0]), margin(scale[1]), pixels.size());
  resampler.resample(pixels(part), from_part(map, part), output);

  // What lies beyond the part has the fill color already.
  if (is_whole_rectangle(uncut, edges)) return;
  for (int y = 0; y < output.rows; ++y) {
    const RowPart row = row_part(plan.visible, y, output.cols);
    fill_row(output, y, 0, row.first, plan.resample.fill());
    fill_row(output, y, row.last, output.cols, plan.resample.fill());
  }
}

void apply_colors(const Plan& plan, cv::Mat& image) {
  std::optional<PixelTable> joined;
  const auto flush = [&] {
    if (joined) cv::LUT(image, cv::Mat(1, 256, CV_8UC1, joined->data()), image);
    joined.reset();
  };
  for (const auto& color : plan.colors) {
    if (!color.takes_floats) check_bytes(color.name, image);
    if (color.table) {
      if (!joined) {
        joined = color.table;
      } else {
        for (auto& value : *joined) value = (*color.table)[value];
      }
    }
    if (!color.function) continue;
    flush();
    call(color, image);
  }
  flush();
}

}  // namespace boxfeed::transforms
