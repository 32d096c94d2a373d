#pragma once

#include <boxfeed/visual/draw_boxes.h>

#include <opencv2/core.hpp>
#include <string>

namespace boxfeed {

inline cv::Scalar scalar(Color color) { return {double(color[0]), double(color[1]), double(color[2])}; }

/// A copy of an 8-bit image as (H, W, 3). Throws: `std::invalid_argument` for another type.
cv::Mat rgb_copy(const cv::Mat& image);

/// The size of a line of text, its descenders included.
cv::Size text_size(const std::string& text);

/// Writes one line of text whose top left corner is at `corner`; what is not ASCII becomes '?'.
void draw_text(cv::Mat& image, const std::string& text, cv::Point corner, Color color);

}  // namespace boxfeed
