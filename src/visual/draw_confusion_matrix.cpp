#include <ATen/TensorOperators.h>
#include <boxfeed/visual/draw_confusion_matrix.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <opencv2/imgproc.hpp>
#include <sstream>
#include <stdexcept>

#include "visual/axes.h"
#include "visual/canvas.h"
#include "visual/shade.h"

namespace boxfeed {
namespace {

at::Tensor checked(const at::Tensor& counts) {
  if (counts.dim() != 2 || counts.size(0) != counts.size(1) || counts.size(0) == 0 ||
      !at::isIntegralType(counts.scalar_type(), /*includeBool=*/false)) {
    std::ostringstream message;
    message << "counts: expected whole numbers of shape (C, C), got " << toString(counts.scalar_type()) << " of "
            << counts.sizes();
    throw std::invalid_argument(message.str());
  }
  if (const auto least = counts.min().item<std::int64_t>(); least < 0) {
    throw std::invalid_argument("counts: expected numbers of 0 or more, got " + std::to_string(least));
  }
  return counts.to(at::kCPU, at::kLong).contiguous();
}

std::vector<std::string> names_of(const ConfusionMatrixOptions& options, std::size_t classes) {
  auto names = options.class_names();
  if (names.empty()) {
    for (std::size_t i = 0; i < classes; ++i) names.push_back(std::to_string(i));
  }
  if (names.size() + 1 == classes) names.emplace_back("background");
  if (names.size() != classes) {
    throw std::invalid_argument("class_names: expected " + std::to_string(classes) + ", or one less, got " +
                                std::to_string(names.size()));
  }
  return names;
}

int widest(const std::vector<std::string>& names, double scale) {
  int width = 0;
  for (const auto& name : names) width = std::max(width, text_size(name, scale).width);
  return width;
}

/// Text in the middle of an area, shortened; none where that leaves nothing.
void draw_centered(cv::Mat& canvas, const std::string& text, const cv::Rect& area, Color color, double scale) {
  const std::string fits = shortened(text, area.width, scale);
  const cv::Size size = text_size(fits, scale);
  if (size.height > area.height) return;
  draw_text(canvas, fits, {area.x + (area.width - size.width) / 2, area.y + (area.height - size.height) / 2 + 1}, color,
            scale);
}

}  // namespace

cv::Mat draw_confusion_matrix(const at::Tensor& counts, const ConfusionMatrixOptions& options) {
  const auto matrix = checked(counts);
  const int classes = static_cast<int>(matrix.size(0));
  const auto names = names_of(options, static_cast<std::size_t>(classes));
  cv::Mat canvas = blank_paper(options.image_size());
  const Frame frame = frame_of(canvas.size());
  const double scale = frame.scale;
  const int gap = scaled(4, scale), line = text_size("0", scale).height;
  draw_title(canvas, options.title(), frame);
  const int left = gap + std::min(widest(names, scale), canvas.cols / 4) + gap;
  const int top = frame.top, bottom = line + gap, right = frame.compact ? 1 : frame.right;
  const auto column = [&](int j) { return left + (canvas.cols - left - right) * j / classes; };
  const auto row = [&](int i) { return top + (canvas.rows - top - bottom) * i / classes; };
  const int border = scaled(1, scale);
  cv::Mat1d shown(canvas.size(), -1.0);
  for (int i = 0; i < classes; ++i) {
    const std::int64_t* const values = matrix.data_ptr<std::int64_t>() + static_cast<std::int64_t>(i) * classes;
    const auto total = matrix[i].sum().item<std::int64_t>();
    for (int j = 0; j < classes; ++j) {
      const double share = total > 0 ? static_cast<double>(values[j]) / static_cast<double>(total) : 0;
      const cv::Rect cell(column(j), row(i), std::max(column(j + 1) - column(j), 1), std::max(row(i + 1) - row(i), 1));
      // Where several cells share a pixel, the darkest is seen.
      if (share <= shown(cell.tl())) continue;
      shown(cell).setTo(share);
      canvas(cell).setTo(scalar(shade(share)));
      if (const std::string text = std::to_string(values[j]); text_size(text, scale).width + gap <= cell.width) {
        draw_centered(canvas, text, cell, ink_on(shade(share)), scale);
      }
    }
  }
  for (int i = 0; i <= classes && (row(classes) - top) / classes > 12 * border; ++i) {
    cv::line(canvas, {left, row(i)}, {column(classes), row(i)}, scalar(kRule), border);
    cv::line(canvas, {column(i), top}, {column(i), row(classes)}, scalar(kRule), border);
  }
  // Of names that stand closer than lines of text, every second, third and so on.
  const int height = row(classes) - top, every = (line * classes + height - 1) / height;
  for (int i = 0; i < classes; i += every) {
    const std::string& name = names[static_cast<std::size_t>(i)];
    const std::string text = shortened(name, left - 2 * gap, scale);
    draw_text(canvas, text, {left - gap - text_size(text, scale).width, (row(i) + row(i + 1) - line) / 2}, kInk, scale);
    const int end = std::min(i + every, classes);
    draw_centered(canvas, name, {column(i) + 1, row(classes), column(end) - column(i) - 2, bottom}, kInk, scale);
  }
  return canvas;
}

}  // namespace boxfeed
