#include <boxfeed/visual/draw_boxes.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <stdexcept>

#include "visual/canvas.h"

namespace boxfeed {
namespace {

/// The pixels of a box; a box without area still has one.
cv::Rect pixels_of(const Box& box) {
  const auto edge = [](float value) { return static_cast<int>(std::lround(std::clamp(value, -1e6F, 1e6F))); };
  if (!std::isfinite(box.xmin + box.ymin + box.xmax + box.ymax)) {
    throw std::invalid_argument("expected a finite box, got " + std::to_string(box.xmin) + ", " +
                                std::to_string(box.ymin) + ", " + std::to_string(box.xmax) + ", " +
                                std::to_string(box.ymax));
  }
  const int x = edge(box.xmin), y = edge(box.ymin);
  return {x, y, std::max(edge(box.xmax) - x, 1), std::max(edge(box.ymax) - y, 1)};
}

void fill(cv::Mat& image, const cv::Rect& area, Color color) {
  const cv::Rect inside = area & cv::Rect({0, 0}, image.size());
  if (!inside.empty()) image(inside).setTo(scalar(color));
}

void draw_frame(cv::Mat& image, const cv::Rect& r, Color color, int line_width) {
  const int across = std::min(line_width, r.width), down = std::min(line_width, r.height);
  fill(image, {r.x, r.y, r.width, down}, color);
  fill(image, {r.x, r.y + r.height - down, r.width, down}, color);
  fill(image, {r.x, r.y, across, r.height}, color);
  fill(image, {r.x + r.width - across, r.y, across, r.height}, color);
}

/// The place of a label of this size at a box: outside it where the image has room, inside it elsewhere.
cv::Point label_corner(const cv::Rect& box, cv::Size label, cv::Size image, bool below) {
  const int bottom = box.y + box.height;
  const bool room = below ? bottom + label.height <= image.height : box.y - label.height >= 0;
  const int y = below ? (room ? bottom : bottom - label.height) : (room ? box.y - label.height : box.y);
  return {std::clamp(box.x, 0, std::max(image.width - label.width, 0)),
          std::clamp(y, 0, std::max(image.height - label.height, 0))};
}

void draw_label(cv::Mat& image, const cv::Rect& box, const DrawnBox& drawn) {
  const double scale = scale_of(image.size());
  const int margin = scaled(2, scale);
  const cv::Size text = text_size(drawn.label, scale);
  const cv::Size ground{text.width + 2 * margin, text.height + 2 * margin};
  const cv::Point corner = label_corner(box, ground, image.size(), drawn.label_below);
  fill(image, {corner, ground}, drawn.color);
  draw_text(image, drawn.label, {corner.x + margin, corner.y + margin}, ink_on(drawn.color), scale);
}

}  // namespace

cv::Mat draw_bounding_boxes(const cv::Mat& image, const std::vector<DrawnBox>& boxes, std::optional<int> line_width) {
  if (line_width && *line_width < 1) {
    throw std::invalid_argument("line_width: expected at least 1, got " + std::to_string(*line_width));
  }
  cv::Mat canvas = rgb_copy(image);
  const int width = line_width.value_or(line_width_on(canvas.size())), lining = line_width ? 0 : (width + 1) / 2;
  for (const auto& drawn : boxes) {
    const cv::Rect box = pixels_of(drawn.box);
    draw_frame(canvas, box, ink_on(drawn.color), width + lining);
    draw_frame(canvas, box, drawn.color, width);
  }
  for (const auto& drawn : boxes) {
    if (!drawn.label.empty()) draw_label(canvas, pixels_of(drawn.box), drawn);
  }
  return canvas;
}

}  // namespace boxfeed
