#include <boxfeed/visual/draw_curves.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

#include "visual/canvas.h"

namespace boxfeed {
namespace {

constexpr Color kPaper{255, 255, 255}, kInk{40, 40, 40}, kRule{225, 225, 225};
constexpr int kLeft = 58, kRight = 14, kTop = 30, kBottom = 44;

/// One axis: values from `low` to `high` on pixels from `start` to `end`.
struct Axis {
  double low;
  double high;
  int start;
  int end;

  int pixel(double value) const {
    const double share = std::clamp((value - low) / (high - low), -1.0, 2.0);
    return static_cast<int>(std::lround(start + share * (end - start)));
  }
};

/// The range of one coordinate over all finite points, widened where it is empty.
AxisRange range_of(const std::vector<Curve>& curves, std::size_t coordinate) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const auto& curve : curves) {
    for (const auto& point : curve.points) {
      if (!std::isfinite(point[0]) || !std::isfinite(point[1])) continue;
      low = std::min(low, point[coordinate]);
      high = std::max(high, point[coordinate]);
    }
  }
  if (low > high) return {0, 1};
  if (low == high) return {low - 0.5 * std::max(std::abs(low), 1.0), high + 0.5 * std::max(std::abs(high), 1.0)};
  return {low, high};
}

/// The step of 1, 2 or 5 times a power of ten that divides a range into at most `count` parts.
double round_step(double range, int count) {
  const double power = std::pow(10, std::floor(std::log10(range / count)));
  for (const double factor : {1, 2, 5}) {
    if (factor * power * count >= range) return factor * power;
  }
  return 10 * power;
}

std::string number(double value, double step) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", std::abs(value) < step / 1000 ? 0.0 : value);
  return text;
}

template <typename Mark>
void for_each_tick(const Axis& axis, int count, Mark mark) {
  const double step = round_step(axis.high - axis.low, count);
  for (double k = std::ceil(axis.low / step - 1e-9); k * step <= axis.high + 1e-9 * step; ++k) {
    mark(axis.pixel(k * step), number(k * step, step));
  }
}

void draw_axes(cv::Mat& canvas, const Axis& x, const Axis& y, const CurveOptions& options) {
  for_each_tick(y, 5, [&](int row, const std::string& text) {
    cv::line(canvas, {x.start, row}, {x.end, row}, scalar(kRule));
    const cv::Size size = text_size(text);
    draw_text(canvas, text, {x.start - size.width - 5, row - size.height / 2}, kInk);
  });
  for_each_tick(x, 8, [&](int column, const std::string& text) {
    cv::line(canvas, {column, y.start}, {column, y.start + 4}, scalar(kInk));
    draw_text(canvas, text, {column - text_size(text).width / 2, y.start + 7}, kInk);
  });
  cv::line(canvas, {x.start, y.start}, {x.end, y.start}, scalar(kInk));
  cv::line(canvas, {x.start, y.start}, {x.start, y.end}, scalar(kInk));
  draw_text(canvas, options.title(), {(canvas.cols - text_size(options.title()).width) / 2, 8}, kInk);
  draw_text(canvas, options.x_label(), {x.end - text_size(options.x_label()).width, canvas.rows - 18}, kInk);
}

void draw_curve(cv::Mat& canvas, const cv::Rect& area, const Curve& curve, const Axis& x, const Axis& y) {
  cv::Mat inside = canvas(area);
  const cv::Point* last = nullptr;
  cv::Point points[2];
  for (std::size_t i = 0; i < curve.points.size(); ++i) {
    const auto& [px, py] = curve.points[i];
    if (!std::isfinite(px) || !std::isfinite(py)) {
      last = nullptr;
      continue;
    }
    cv::Point& point = points[i % 2];
    point = cv::Point(x.pixel(px), y.pixel(py)) - area.tl();
    cv::line(inside, last == nullptr ? point : *last, point, scalar(curve.color), 2, cv::LINE_8);
    last = &point;
  }
}

void draw_legend(cv::Mat& canvas, const std::vector<Curve>& curves) {
  int left = kLeft;
  for (const auto& curve : curves) {
    if (curve.name.empty()) continue;
    const int y = canvas.rows - 12;
    cv::line(canvas, {left, y}, {left + 14, y}, scalar(curve.color), 2);
    draw_text(canvas, curve.name, {left + 19, y - 6}, kInk);
    left += 19 + text_size(curve.name).width + 16;
  }
}

void check(const CurveOptions& options) {
  const auto [height, width] = options.image_size();
  if (height < 120 || width < 160 || height > 10000 || width > 10000) {
    throw std::invalid_argument("image_size: expected 120 x 160 to 10000 x 10000, got " + std::to_string(height) +
                                " x " + std::to_string(width));
  }
  if (const auto range = options.y_range();
      range && !(std::isfinite((*range)[0]) && std::isfinite((*range)[1]) && (*range)[0] < (*range)[1])) {
    throw std::invalid_argument("y_range: expected a lower and a higher number, got " + std::to_string((*range)[0]) +
                                " and " + std::to_string((*range)[1]));
  }
}

}  // namespace

cv::Mat draw_curves(const std::vector<Curve>& curves, const CurveOptions& options) {
  check(options);
  cv::Mat canvas(static_cast<int>(options.image_size().height), static_cast<int>(options.image_size().width), CV_8UC3,
                 scalar(kPaper));
  const AxisRange columns = range_of(curves, 0), rows = options.y_range().value_or(range_of(curves, 1));
  const Axis x{columns[0], columns[1], kLeft, canvas.cols - kRight};
  const Axis y{rows[0], rows[1], canvas.rows - kBottom, kTop};
  draw_axes(canvas, x, y, options);
  const cv::Rect area{cv::Point(x.start + 1, y.end - 1), cv::Point(x.end + 2, y.start)};
  for (const auto& curve : curves) draw_curve(canvas, area, curve, x, y);
  draw_legend(canvas, curves);
  return canvas;
}

}  // namespace boxfeed
