#pragma once

#include <boxfeed/core/color.h>

#include <opencv2/core.hpp>
#include <string>

namespace boxfeed {

inline cv::Scalar scalar(Color color) { return {double(color[0]), double(color[1]), double(color[2])}; }

/// A copy of an 8-bit image as (H, W, 3). Throws: `std::invalid_argument` for another type.
cv::Mat rgb_copy(const cv::Mat& image);

/// How large text and lines are on a picture: 1 around 300 × 400, less on small ones, more on those that will be looked
/// at from farther away.
double scale_of(cv::Size picture);

/// A length at a scale, at least 1.
int scaled(double pixels, double scale);

/// The width of a line that is seen on an image of this size.
int line_width_on(cv::Size image);

/// The size of a line of text, its descenders included.
cv::Size text_size(const std::string& text, double scale);

/// Writes one line of text whose top left corner is at `corner`; what is not ASCII becomes '?'.
void draw_text(cv::Mat& image, const std::string& text, cv::Point corner, Color color, double scale);

/// The beginning of a text that is no wider than `width`.
std::string shortened(std::string text, int width, double scale);

/// Black or white, which is the easier to read on a ground of this color.
Color ink_on(Color ground);

}  // namespace boxfeed
