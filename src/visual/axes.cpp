#include "visual/axes.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

#include "visual/canvas.h"

namespace boxfeed {
namespace {

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

}  // namespace

Frame frame_of(cv::Size picture) {
  const double scale = scale_of(picture);
  if (picture.height < 120 || picture.width < 160) return {scale, 22, 4, 5, 14, true};
  return {scale, scaled(58, scale), scaled(14, scale), scaled(30, scale), scaled(44, scale), false};
}

int Axis::pixel(double value) const {
  const double share = logarithmic ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
  return static_cast<int>(std::lround(start + std::clamp(share, -1.0, 2.0) * (end - start)));
}

void for_each_tick(const Axis& axis, int count, const std::function<void(int, const std::string&)>& mark) {
  if (axis.logarithmic && axis.high / axis.low > 8) {
    const bool many = axis.high / axis.low > 1000;
    const auto last = static_cast<int>(std::ceil(std::log10(axis.high)));
    for (auto exponent = static_cast<int>(std::floor(std::log10(axis.low))); exponent <= last; ++exponent) {
      for (const double factor : {1, 2, 5}) {
        const double value = factor * std::pow(10, exponent);
        if (value < axis.low * (1 - 1e-9) || value > axis.high * (1 + 1e-9) || (many && factor > 1)) continue;
        mark(axis.pixel(value), number(value, value));
      }
    }
    return;
  }
  const double step = round_step(axis.high - axis.low, count);
  for (double k = std::ceil(axis.low / step - 1e-9); k * step <= axis.high + 1e-9 * step; ++k) {
    if (axis.logarithmic && k <= 0) continue;
    mark(axis.pixel(k * step), number(k * step, step));
  }
}

cv::Mat blank_paper(ImageSize size) {
  if (size.height < 64 || size.width < 64 || size.height > 10000 || size.width > 10000) {
    throw std::invalid_argument("image_size: expected 64 × 64 to 10000 × 10000, got " + to_string(size));
  }
  return cv::Mat(static_cast<int>(size.height), static_cast<int>(size.width), CV_8UC3, scalar(kPaper));
}

void draw_axes(cv::Mat& canvas, const Axis& x, const Axis& y, const Frame& frame) {
  const double scale = frame.scale;
  const int line = scaled(1, scale), gap = frame.compact ? 2 : scaled(5, scale);
  for_each_tick(y, frame.compact ? 2 : 5, [&](int row, const std::string& text) {
    cv::line(canvas, {x.start, row}, {x.end, row}, scalar(kRule), line);
    const cv::Size size = text_size(text, scale);
    const int left = x.start - size.width - gap, top = std::clamp(row - size.height / 2, 0, canvas.rows - size.height);
    if (left >= 0) draw_text(canvas, text, {left, top}, kInk, scale);
  });
  const int base = std::max(y.start, y.end);
  int free = 0;
  for_each_tick(x, frame.compact ? 2 : 8, [&](int column, const std::string& text) {
    cv::line(canvas, {column, base}, {column, base + scaled(4, scale)}, scalar(kInk), line);
    const int width = text_size(text, scale).width, left = std::min(column - width / 2, canvas.cols - width);
    if (left < free) return;
    draw_text(canvas, text, {left, base + (frame.compact ? 3 : scaled(7, scale))}, kInk, scale);
    free = left + width + scaled(3, scale);
  });
  cv::line(canvas, {x.start, base}, {x.end, base}, scalar(kInk), line);
  cv::line(canvas, {x.start, y.start}, {x.start, y.end}, scalar(kInk), line);
}

void draw_title(cv::Mat& canvas, const std::string& title, const Frame& frame) {
  if (frame.compact) return;
  const std::string text = shortened(title, canvas.cols - scaled(8, frame.scale), frame.scale);
  const int left = (canvas.cols - text_size(text, frame.scale).width) / 2;
  draw_text(canvas, text, {left, scaled(8, frame.scale)}, kInk, frame.scale);
}

int draw_x_label(cv::Mat& canvas, const Axis& x, const std::string& text, const Frame& frame) {
  if (frame.compact) return x.end;
  const std::string label = shortened(text, x.end, frame.scale);
  const int left = x.end - text_size(label, frame.scale).width;
  draw_text(canvas, label, {left, canvas.rows - scaled(18, frame.scale)}, kInk, frame.scale);
  return left;
}

}  // namespace boxfeed
