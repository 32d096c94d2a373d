#pragma once

#include <boxfeed/core/color.h>

#include <opencv2/core/mat.hpp>
#include <optional>

#include "image/pixel_buffer.h"

namespace boxfeed {

/// `pixels`, of 8 bits or 16, as floats from 0 to 255.
cv::Mat as_floats(const cv::Mat& pixels, PixelBuffer& buffer);

/// `pixels`, bytes or floats, with 1 or 3 channels: alpha dropped or composed on a background, gray made RGB or RGB
/// gray (ITU-R BT.601, as JPEG's own luminance). The same image where it has them already.
cv::Mat with_channels(const cv::Mat& pixels, int channels, const std::optional<Color>& background, PixelBuffer& buffer);

}  // namespace boxfeed
