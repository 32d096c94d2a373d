#pragma once

#include <boxfeed/transforms/drawn.h>

#include <opencv2/core/mat.hpp>

namespace boxfeed::transforms {

// On 8-bit images, RGB or gray, in place. Grays are 0.2989 red + 0.587 green + 0.114 blue, cut to whole numbers.

/// The mean of the grays.
double gray_mean(const cv::Mat& image);

/// Each value away from its pixel's gray by `factor`: 0 is gray, 1 changes nothing.
void adjust_saturation(cv::Mat& image, double factor);

/// Turns the hue by `turns` of its circle.
void adjust_hue(cv::Mat& image, double turns);

/// value * factor + offset, in floats, cut to whole numbers and to [0, 255].
void scale_values(cv::Mat& image, float factor, float offset);
PixelTable linear_table(double factor, double offset);

}  // namespace boxfeed::transforms
