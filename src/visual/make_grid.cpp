#include <boxfeed/visual/make_grid.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <stdexcept>
#include <string>

#include "visual/canvas.h"

namespace boxfeed {

cv::Mat make_grid(const std::vector<cv::Mat>& images, int columns, int padding, Color background) {
  if (images.empty()) throw std::invalid_argument("expected at least one image, got none");
  if (columns < 1) throw std::invalid_argument("columns: expected at least 1, got " + std::to_string(columns));
  if (padding < 0) throw std::invalid_argument("padding: expected at least 0, got " + std::to_string(padding));
  cv::Size cell{0, 0};
  for (const auto& image : images) cell = {std::max(cell.width, image.cols), std::max(cell.height, image.rows)};
  const int count = static_cast<int>(images.size());
  columns = std::min(columns, count);
  const int rows = (count + columns - 1) / columns;
  cv::Mat sheet(rows * (cell.height + padding) + padding, columns * (cell.width + padding) + padding, CV_8UC3,
                scalar(background));
  for (int i = 0; i < count; ++i) {
    const cv::Mat image = rgb_copy(images[static_cast<std::size_t>(i)]);
    const int x = padding + i % columns * (cell.width + padding) + (cell.width - image.cols) / 2;
    const int y = padding + i / columns * (cell.height + padding) + (cell.height - image.rows) / 2;
    image.copyTo(sheet(cv::Rect({x, y}, image.size())));
  }
  return sheet;
}

}  // namespace boxfeed
