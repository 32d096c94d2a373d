#pragma once

#include <boxfeed/core/color.h>
#include <boxfeed/core/image_size.h>

#include <functional>
#include <opencv2/core/mat.hpp>
#include <string>

namespace boxfeed {

constexpr Color kPaper{255, 255, 255}, kInk{40, 40, 40}, kRule{225, 225, 225};

/// How a picture of some size is divided.
struct Frame {
  double scale;                  ///< of text and lines
  int left, right, top, bottom;  ///< the margins of a diagram in pixels
  bool compact;                  ///< there is room for the diagram and few numbers, not for words
};

Frame frame_of(cv::Size picture);

/// One axis: values from `low` to `high` on pixels from `start` to `end`.
struct Axis {
  double low = 0;
  double high = 1;
  int start = 0;
  int end = 1;
  bool logarithmic = false;  ///< then `low` is above 0

  int pixel(double value) const;
};

/// Calls `mark` with the pixel and the text of round values on the axis, about `count` of them.
void for_each_tick(const Axis& axis, int count, const std::function<void(int, const std::string&)>& mark);

/// An empty picture. Throws: `std::invalid_argument` for one smaller than 64 × 64 or larger than 10000 × 10000.
cv::Mat blank_paper(ImageSize size);

/// Both axes with ticks and their values, where there is room for them, and a rule across for each tick of the vertical
/// one.
void draw_axes(cv::Mat& canvas, const Axis& x, const Axis& y, const Frame& frame);
/// Text in the middle above the diagram, shortened to the picture's width.
void draw_title(cv::Mat& canvas, const std::string& title, const Frame& frame);
/// What the horizontal axis shows, at its right end, below; returns the column where it begins.
int draw_x_label(cv::Mat& canvas, const Axis& x, const std::string& text, const Frame& frame);

}  // namespace boxfeed
