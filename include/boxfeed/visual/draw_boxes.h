#pragma once

#include <boxfeed/core/box.h>
#include <boxfeed/core/color.h>

#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <vector>

namespace boxfeed {

/// A box to be drawn, and what is written at it.
struct DrawnBox {
  Box box;  ///< in pixels of the image it is drawn on
  Color color{255, 0, 0};
  std::string label = {};    ///< ASCII; nothing is written for an empty one
  bool label_below = false;  ///< at the bottom edge rather than at the top edge
};

/// A copy of the image, in RGB, with the boxes drawn on it in the given order and the labels over all of them.
///
/// A box is a frame of `line_width` pixels inside its rounded edges; what lies outside the image is cut off. By default
/// its width suits the image, and it is lined with black or white, so that it is seen on any ground, in gray, too. A
/// label stands on a ground of its box's color outside the box where there is room, inside it elsewhere. Shape: (H, W)
/// or (H, W, 3) in RGB order, 8 bits → (H, W, 3). Throws: `std::invalid_argument` for another type of image, a line
/// width below 1, a box that is not finite.
cv::Mat draw_bounding_boxes(const cv::Mat& image, const std::vector<DrawnBox>& boxes,
                            std::optional<int> line_width = {});

}  // namespace boxfeed
