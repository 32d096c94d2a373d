#include <boxfeed/visual/draw_heat_map.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

#include "visual/axes.h"
#include "visual/canvas.h"
#include "visual/shade.h"

namespace boxfeed {
cv::Mat draw_heat_map(const std::vector<std::array<double, 2>>& points, const HeatMapOptions& options) {
  const auto [rows, columns] = options.cells();
  if (rows < 1 || columns < 1 || rows > 1000 || columns > 1000) {
    throw std::invalid_argument("cells: expected 1 × 1 to 1000 × 1000, got " + std::to_string(rows) + " × " +
                                std::to_string(columns));
  }
  cv::Mat canvas = blank_paper(options.image_size());
  cv::Mat counts(static_cast<int>(rows), static_cast<int>(columns), CV_32SC1, cv::Scalar(0));
  int most = 0;
  for (const auto& [px, py] : points) {
    if (!(px >= 0 && px <= 1 && py >= 0 && py <= 1)) continue;
    const int column = std::min(static_cast<int>(px * counts.cols), counts.cols - 1);
    const int row = std::min(static_cast<int>(py * counts.rows), counts.rows - 1);
    most = std::max(most, ++counts.at<int>(row, column));
  }
  const Frame frame = frame_of(canvas.size());
  const int room = canvas.cols - frame.left - frame.right;
  const int side = std::min(room, canvas.rows - frame.top - frame.bottom);
  const int left = frame.left + (room - side) / 2;
  const Axis x{0, 1, left, left + side}, y{0, 1, frame.top, frame.top + side};
  draw_axes(canvas, x, y, frame);
  for (int row = 0; row < counts.rows; ++row) {
    for (int column = 0; column < counts.cols; ++column) {
      const double share = most > 0 ? static_cast<double>(counts.at<int>(row, column)) / most : 0;
      const cv::Point from(left + 1 + column * (side - 1) / counts.cols, frame.top + row * side / counts.rows);
      const cv::Point to(left + 1 + (column + 1) * (side - 1) / counts.cols,
                         frame.top + (row + 1) * side / counts.rows);
      canvas(cv::Rect(from, to)).setTo(scalar(shade(share)));
    }
  }
  draw_title(canvas, options.title(), frame);
  draw_x_label(canvas, x,
               options.x_label() + (options.x_label().empty() ? "" : "; ") + "darkest: " + std::to_string(most), frame);
  return canvas;
}

}  // namespace boxfeed
