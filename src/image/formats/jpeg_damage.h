#pragma once

#include <boxfeed/image/image_header.h>

#include <cstddef>
#include <string>

namespace boxfeed {

/// What is wrong with the data of a JPEG.
struct JpegDamage {
  /// Bytes that belong to nothing and are harmless: between segments, and what pads the image data.
  std::size_t extraneous_bytes = 0;
  /// True where the end marker is missing, whatever else is.
  bool no_end_marker = false;
  /// What is wrong with the image: the library's text for the first such thing; empty where every pixel can be trusted.
  std::string text;
};

/// Reads a JPEG's data through once more and judges each of the decoder's warnings. TurboJPEG keeps the text of the
/// first alone, so that a harmless one hides damage behind it; libjpeg's own interface tells them all.
JpegDamage find_jpeg_damage(ByteView bytes);

}  // namespace boxfeed
