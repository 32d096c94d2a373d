#pragma once

#include <opencv2/core/mat.hpp>
#include <string>

namespace boxfeed {

/// Writes an image as PNG, so that at every moment the old or the new file is there (`write_file`).
///
/// Shape: (H, W) or (H, W, 3) in RGB order, 8 bits.
/// Throws: `std::invalid_argument` for another type of image; `Error` with `kNoSpace` or `kIoWrite`.
void write_png(const std::string& path, const cv::Mat& image);

}  // namespace boxfeed
