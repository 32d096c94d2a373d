#include <boxfeed/visual/draw_curves.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <opencv2/imgproc.hpp>
#include <stdexcept>
#include <utility>

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

/// The lengths that are drawn and left out in turn, in widths of the line; empty for a line without gaps.
const std::vector<double>& dashes_of(std::size_t curve) {
  static const std::vector<std::vector<double>> kDashes{{}, {4, 3}, {1, 3}, {5, 3, 1, 3}};
  return kDashes[(curve + curve / kDashes.size()) % kDashes.size()];
}

/// Draws lines from point to point; dashes go on around corners.
class Pen {
 public:
  Pen(cv::Mat canvas, Color color, int width, const std::vector<double>& dashes)
      : canvas_(std::move(canvas)), color_(scalar(color)), width_(width), dashes_(dashes) {}

  void move_to(cv::Point2d point) {
    at_ = point;
    piece_ = 0;
    done_ = 0;
    draw(point);
  }

  void line_to(cv::Point2d end) {
    if (dashes_.empty()) {
      draw(end);
      at_ = end;
      return;
    }
    for (double rest = cv::norm(end - at_); rest > 0;) {
      const double step = std::min(rest, dashes_[piece_] * width_ - done_);
      const cv::Point2d next = at_ + (end - at_) * (step / rest);
      if (piece_ % 2 == 0) draw(next);
      at_ = next;
      rest -= step;
      done_ += step;
      if (done_ < dashes_[piece_] * width_ - 1e-9) continue;
      piece_ = (piece_ + 1) % dashes_.size();
      done_ = 0;
    }
  }

 private:
  void draw(cv::Point2d end) { cv::line(canvas_, cv::Point(at_), cv::Point(end), color_, width_, cv::LINE_8); }

  cv::Mat canvas_;
  cv::Scalar color_;
  int width_;
  const std::vector<double>& dashes_;
  cv::Point2d at_;
  std::size_t piece_ = 0;
  double done_ = 0;  // of the piece
};

void draw_curve(const cv::Rect& area, const Curve& curve, Pen pen, const Axis& x, const Axis& y) {
  bool down = false;
  for (const auto& [px, py] : curve.points) {
    if (!std::isfinite(px) || !std::isfinite(py)) {
      down = false;
      continue;
    }
    const cv::Point2d point = cv::Point(x.pixel(px), y.pixel(py)) - area.tl();
    down ? pen.line_to(point) : pen.move_to(point);
    down = true;
  }
}

/// The names from the left on; those that have no room before `end` are counted.
void draw_legend(cv::Mat& canvas, const std::vector<Curve>& curves, const Frame& frame, int end) {
  if (frame.compact) return;
  const double scale = frame.scale;
  const int sample = scaled(26, scale), gap = scaled(5, scale), y = canvas.rows - scaled(12, scale);
  const auto named = static_cast<std::size_t>(
      std::count_if(curves.begin(), curves.end(), [](const Curve& curve) { return !curve.name.empty(); }));
  int left = frame.left;
  std::size_t shown = 0;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    if (curves[i].name.empty()) continue;
    const std::string rest = "+ " + std::to_string(named - shown);
    const int right = left + sample + gap + text_size(curves[i].name, scale).width;
    const int reserved = shown + 1 < named ? scaled(14, scale) + text_size(rest, scale).width : 0;
    if (right + reserved > end) {
      draw_text(canvas, rest, {left, y - scaled(6, scale)}, kInk, scale);
      return;
    }
    Pen pen(canvas, curves[i].color, scaled(2, scale), dashes_of(i));
    pen.move_to({static_cast<double>(left), static_cast<double>(y)});
    pen.line_to({static_cast<double>(left + sample), static_cast<double>(y)});
    draw_text(canvas, curves[i].name, {left + sample + gap, y - scaled(6, scale)}, kInk, scale);
    left = right + scaled(14, scale);
    ++shown;
  }
}

void check(const char* name, const std::optional<AxisRange>& range) {
  if (!range || (std::isfinite((*range)[0]) && std::isfinite((*range)[1]) && (*range)[0] < (*range)[1])) return;
  throw std::invalid_argument(std::string(name) + ": expected a lower and a higher number, got " +
                              std::to_string((*range)[0]) + " and " + std::to_string((*range)[1]));
}

}  // namespace

cv::Mat draw_curves(const std::vector<Curve>& curves, const CurveOptions& options) {
  check("x_range", options.x_range());
  check("y_range", options.y_range());
  cv::Mat canvas = blank_paper(options.image_size());
  const Frame frame = frame_of(canvas.size());
  const AxisRange columns = options.x_range().value_or(range_of(curves, 0)),
                  rows = options.y_range().value_or(range_of(curves, 1));
  const Axis x{columns[0], columns[1], frame.left, canvas.cols - frame.right};
  const Axis y{rows[0], rows[1], canvas.rows - frame.bottom, frame.top};
  draw_axes(canvas, x, y, frame);
  draw_title(canvas, options.title(), frame);
  const int end = draw_x_label(canvas, x, options.x_label(), frame) - scaled(10, frame.scale);
  const cv::Rect area{cv::Point(x.start + 1, y.end - 1), cv::Point(x.end + 2, y.start)};
  const int width = frame.compact ? 1 : scaled(2, frame.scale);
  for (std::size_t i = 0; i < curves.size(); ++i) {
    draw_curve(area, curves[i], Pen(canvas(area), curves[i].color, width, dashes_of(i)), x, y);
  }
  draw_legend(canvas, curves, frame, end);
  return canvas;
}

}  // namespace boxfeed
