#include <boxfeed/visual/draw_bars.h>

#include <algorithm>
#include <cmath>

#include "visual/axes.h"
#include "visual/canvas.h"

namespace boxfeed {
namespace {

constexpr int kLine = 20, kBarHeight = 14, kMargin = 10;

/// The beginning of a name that is no wider than `width`.
std::string shortened(std::string name, int width) {
  if (text_size(name).width <= width) return name;
  while (!name.empty() && text_size(name + "..").width > width) name.pop_back();
  return name + "..";
}

}  // namespace

cv::Mat draw_bars(const std::vector<std::pair<std::string, std::size_t>>& counts, const BarOptions& options) {
  cv::Mat canvas = blank_paper(options.image_size());
  draw_title(canvas, options.title());
  const auto room = static_cast<std::size_t>((canvas.rows - kTop - kMargin) / kLine);
  const std::size_t shown = counts.size() <= room ? counts.size() : room - 1;
  int names = 0, numbers = 0;
  std::size_t most = 1;
  for (std::size_t i = 0; i < shown; ++i) {
    names = std::max(names, text_size(counts[i].first).width);
    numbers = std::max(numbers, text_size(std::to_string(counts[i].second)).width);
    most = std::max(most, counts[i].second);
  }
  names = std::min(names, canvas.cols / 3);
  const int left = kMargin + names + 6, widest = canvas.cols - left - numbers - 6 - kMargin;
  for (std::size_t i = 0; i < shown; ++i) {
    const int top = kTop + static_cast<int>(i) * kLine;
    const auto& [name, count] = counts[i];
    const std::string text = shortened(name, names);
    draw_text(canvas, text, {left - 6 - text_size(text).width, top}, kInk);
    const double share = static_cast<double>(count) / static_cast<double>(most);
    const int width = count == 0 ? 0 : std::max(1, static_cast<int>(std::lround(share * widest)));
    canvas(cv::Rect(left, top, width, kBarHeight)).setTo(scalar(options.color()));
    draw_text(canvas, std::to_string(count), {left + width + 6, top}, kInk);
  }
  if (shown < counts.size()) {
    draw_text(canvas, "and " + std::to_string(counts.size() - shown) + " more",
              {left, kTop + static_cast<int>(shown) * kLine}, kInk);
  }
  return canvas;
}

}  // namespace boxfeed
