#include <boxfeed/visual/draw_bars.h>

#include <algorithm>
#include <cmath>

#include "visual/axes.h"
#include "visual/canvas.h"

namespace boxfeed {

cv::Mat draw_bars(const std::vector<std::pair<std::string, std::size_t>>& counts, const BarOptions& options) {
  cv::Mat canvas = blank_paper(options.image_size());
  const Frame frame = frame_of(canvas.size());
  const double scale = frame.scale;
  const int line = scaled(20, scale), bar_height = scaled(14, scale), gap = scaled(6, scale);
  const int margin = frame.compact ? 2 : scaled(10, scale);
  draw_title(canvas, options.title(), frame);
  const auto room = static_cast<std::size_t>((canvas.rows - frame.top - margin) / line);
  const std::size_t shown = counts.size() <= room ? counts.size() : room - 1;
  int names = 0, numbers = 0;
  std::size_t most = 1;
  for (std::size_t i = 0; i < shown; ++i) {
    names = std::max(names, text_size(counts[i].first, scale).width);
    numbers = std::max(numbers, text_size(std::to_string(counts[i].second), scale).width);
    most = std::max(most, counts[i].second);
  }
  names = std::min(names, canvas.cols / 3);
  const int left = margin + names + gap, widest = std::max(canvas.cols - left - numbers - gap - margin, 1);
  for (std::size_t i = 0; i < shown; ++i) {
    const int top = frame.top + static_cast<int>(i) * line;
    const auto& [name, count] = counts[i];
    const std::string text = shortened(name, names, scale);
    draw_text(canvas, text, {left - gap - text_size(text, scale).width, top}, kInk, scale);
    const double share = static_cast<double>(count) / static_cast<double>(most);
    const int width = count == 0 ? 0 : std::max(1, static_cast<int>(std::lround(share * widest)));
    canvas(cv::Rect(left, top, width, bar_height) & cv::Rect({0, 0}, canvas.size())).setTo(scalar(options.color()));
    draw_text(canvas, std::to_string(count), {left + width + gap, top}, kInk, scale);
  }
  if (shown < counts.size()) {
    const std::string rest = std::to_string(counts.size() - shown);
    draw_text(canvas, frame.compact ? "+ " + rest : "and " + rest + " more",
              {left, frame.top + static_cast<int>(shown) * line}, kInk, scale);
  }
  return canvas;
}

}  // namespace boxfeed
