#pragma once

#include <boxfeed/image/decode_options.h>
#include <boxfeed/image/image_header.h>

#include <opencv2/core/mat.hpp>

#include "image/image_source.h"
#include "image/pixel_buffer.h"

namespace boxfeed {

/// The pixels of a PNG, BMP, WebP or TIFF: 8-bit grey, RGB or RGBA.
cv::Mat decode_container(const ImageSource& source, const ImageHeader& header, PixelBuffer& buffer);

/// `pixels` with the channels that the options ask for: alpha dropped or composed, grey made RGB or RGB grey (ITU-R
/// BT.601, as JPEG's own luminance). The same image where it has them already.
cv::Mat with_channels(const cv::Mat& pixels, const DecodeOptions& options, PixelBuffer& buffer);

}  // namespace boxfeed
