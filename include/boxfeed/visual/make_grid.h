#pragma once

#include <boxfeed/visual/draw_boxes.h>

#include <opencv2/core/mat.hpp>
#include <vector>

namespace boxfeed {

/// Puts images of any sizes on one sheet, row by row, each in the middle of a cell as large as the largest of them.
///
/// Shape: (H, W) or (H, W, 3) in RGB order, 8 bits, each → (rows * (Hmax + padding) + padding, …, 3).
/// Throws: `std::invalid_argument` for no images, another type of image, fewer than one column or a negative padding.
cv::Mat make_grid(const std::vector<cv::Mat>& images, int columns, int padding = 4, Color background = {40, 40, 40});

}  // namespace boxfeed
