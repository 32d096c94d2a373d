#pragma once

#include <boxfeed/core/image_size.h>

#include <opencv2/core/mat.hpp>

namespace boxfeed {

/// Memory for the pixels of one image after the other, used again when nobody holds the last image any more.
class PixelBuffer {
 public:
  /// An image without gaps between its rows, its content undefined.
  cv::Mat take(ImageSize size, int channels) {
    const std::int64_t bytes = size.height * size.width * channels;
    const bool held = memory_.u != nullptr && CV_XADD(&memory_.u->refcount, 0) > 1;
    if (held || static_cast<std::int64_t>(memory_.total()) < bytes) {
      memory_.release();
      // A row of up to 2 GiB: OpenCV counts columns with an int.
      if (bytes > INT_MAX) {
        return cv::Mat(static_cast<int>(size.height), static_cast<int>(size.width), CV_8UC(channels));
      }
      memory_.create(1, static_cast<int>(bytes), CV_8UC1);
    }
    return memory_.colRange(0, static_cast<int>(bytes)).reshape(channels, static_cast<int>(size.height));
  }

 private:
  cv::Mat memory_;
};

}  // namespace boxfeed
