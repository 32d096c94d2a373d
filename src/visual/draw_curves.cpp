#include <boxfeed/visual/draw_curves.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

#include "visual/axes.h"
#include "visual/canvas.h"

namespace boxfeed {
namespace {

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
  if (const auto range = options.y_range();
      range && !(std::isfinite((*range)[0]) && std::isfinite((*range)[1]) && (*range)[0] < (*range)[1])) {
    throw std::invalid_argument("y_range: expected a lower and a higher number, got " + std::to_string((*range)[0]) +
                                " and " + std::to_string((*range)[1]));
  }
}

}  // namespace

cv::Mat draw_curves(const std::vector<Curve>& curves, const CurveOptions& options) {
  check(options);
  cv::Mat canvas = blank_paper(options.image_size());
  const AxisRange columns = range_of(curves, 0), rows = options.y_range().value_or(range_of(curves, 1));
  const Axis x{columns[0], columns[1], kLeft, canvas.cols - kRight};
  const Axis y{rows[0], rows[1], canvas.rows - kBottom, kTop};
  draw_axes(canvas, x, y);
  draw_title(canvas, options.title());
  draw_x_label(canvas, x, options.x_label());
  const cv::Rect area{cv::Point(x.start + 1, y.end - 1), cv::Point(x.end + 2, y.start)};
  for (const auto& curve : curves) draw_curve(canvas, area, curve, x, y);
  draw_legend(canvas, curves);
  return canvas;
}

}  // namespace boxfeed
