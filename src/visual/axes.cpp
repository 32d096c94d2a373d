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

int Axis::pixel(double value) const {
  const double share = logarithmic ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
  return static_cast<int>(std::lround(start + std::clamp(share, -1.0, 2.0) * (end - start)));
}

void for_each_tick(const Axis& axis, int count, const std::function<void(int, const std::string&)>& mark) {
  if (axis.logarithmic && axis.high / axis.low > 8) {
    const bool many = axis.high / axis.low > 1000;
    for (double power = std::pow(10, std::floor(std::log10(axis.low))); power <= axis.high; power *= 10) {
      for (const double factor : {1, 2, 5}) {
        const double value = factor * power;
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
  if (size.height < 120 || size.width < 160 || size.height > 10000 || size.width > 10000) {
    throw std::invalid_argument("image_size: expected 120 x 160 to 10000 x 10000, got " + std::to_string(size.height) +
                                " x " + std::to_string(size.width));
  }
  return cv::Mat(static_cast<int>(size.height), static_cast<int>(size.width), CV_8UC3, scalar(kPaper));
}

void draw_axes(cv::Mat& canvas, const Axis& x, const Axis& y) {
  for_each_tick(y, 5, [&](int row, const std::string& text) {
    cv::line(canvas, {x.start, row}, {x.end, row}, scalar(kRule));
    const cv::Size size = text_size(text);
    draw_text(canvas, text, {x.start - size.width - 5, row - size.height / 2}, kInk);
  });
  for_each_tick(x, 8, [&](int column, const std::string& text) {
    const int base = std::max(y.start, y.end);
    cv::line(canvas, {column, base}, {column, base + 4}, scalar(kInk));
    draw_text(canvas, text, {column - text_size(text).width / 2, base + 7}, kInk);
  });
  const int base = std::max(y.start, y.end);
  cv::line(canvas, {x.start, base}, {x.end, base}, scalar(kInk));
  cv::line(canvas, {x.start, y.start}, {x.start, y.end}, scalar(kInk));
}

void draw_title(cv::Mat& canvas, const std::string& title) {
  draw_text(canvas, title, {(canvas.cols - text_size(title).width) / 2, 8}, kInk);
}

void draw_x_label(cv::Mat& canvas, const Axis& x, const std::string& text) {
  draw_text(canvas, text, {x.end - text_size(text).width, canvas.rows - 18}, kInk);
}

}  // namespace boxfeed
