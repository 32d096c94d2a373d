#pragma once

#include <boxfeed/core/color.h>

#include <cstddef>
#include <cstdint>
#include <opencv2/core/mat.hpp>

namespace boxfeed {

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
