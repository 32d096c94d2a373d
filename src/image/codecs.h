#pragma once

#include <boxfeed/image/decode_options.h>
#include <boxfeed/image/image_header.h>

#include <opencv2/core/mat.hpp>

#include "image/image_source.h"
#include "image/pixel_buffer.h"

namespace boxfeed {

// The formats without scales: each gives gray, RGB or RGBA pixels of the header's size, of 8 bits or, asked for
// `kFloat32` where the file has them, of 16, and is an error where the data are truncated or damaged. None goes through
// OpenCV, whose codecs write to the standard error.

cv::Mat decode_bmp(const ImageSource& source, const ImageHeader& header, PixelBuffer& buffer);
cv::Mat decode_png(const ImageSource& source, const ImageHeader& header, PixelType type, PixelBuffer& buffer);
cv::Mat decode_tiff(const ImageSource& source, const ImageHeader& header, PixelType type, PixelBuffer& buffer);
cv::Mat decode_webp(const ImageSource& source, const ImageHeader& header, PixelBuffer& buffer);

/// `pixels`, of 8 bits or 16, as floats from 0 to 255.
cv::Mat as_floats(const cv::Mat& pixels, PixelBuffer& buffer);

/// `pixels` with the channels that the options ask for: alpha dropped or composed, gray made RGB or RGB gray (ITU-R
/// BT.601, as JPEG's own luminance). The same image where it has them already.
cv::Mat with_channels(const cv::Mat& pixels, const DecodeOptions& options, PixelBuffer& buffer);

}  // namespace boxfeed
