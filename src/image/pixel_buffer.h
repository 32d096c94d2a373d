#pragma once

#include <boxfeed/core/color.h>
#include <boxfeed/core/image_size.h>

#include <climits>
#include <cstddef>
#include <cstdint>
#include <opencv2/core/mat.hpp>

namespace boxfeed {

/// Memory for the pixels of one image after the other, used again when nobody holds the last image any more.
class PixelBuffer {
 public:
  /// An image without gaps between its rows, its content undefined; `depth` as OpenCV writes it.
  cv::Mat take(ImageSize size, int channels, int depth = CV_8U) {
    const std::int64_t count = size.height * size.width * channels;
    const bool held = memory_.u != nullptr && CV_XADD(&memory_.u->refcount, 0) > 1;
    if (held || memory_.depth() != depth || static_cast<std::int64_t>(memory_.total()) < count) {
      memory_.release();
      // OpenCV counts columns with an int.
      if (count > INT_MAX) {
        return cv::Mat(static_cast<int>(size.height), static_cast<int>(size.width), CV_MAKETYPE(depth, channels));
      }
      memory_.create(1, static_cast<int>(count), CV_MAKETYPE(depth, 1));
    }
    return memory_.colRange(0, static_cast<int>(count)).reshape(channels, static_cast<int>(size.height));
  }

 private:
  cv::Mat memory_;
};

/// Gives the columns [begin, end) of a row of bytes or floats one color.
inline void fill_row(cv::Mat& image, int y, int begin, int end, const Color& color) {
  const int channels = image.channels();
  const auto fill = [&](auto* row) {
    for (int x = begin; x < end; ++x) {
      for (int c = 0; c < channels; ++c) row[x * channels + c] = color[static_cast<std::size_t>(c)];
    }
  };
  if (image.depth() == CV_32F) {
    fill(image.ptr<float>(y));
  } else {
    fill(image.ptr<std::uint8_t>(y));
  }
}

}  // namespace boxfeed
