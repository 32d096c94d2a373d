#pragma once

#include <boxfeed/image/image_decoder.h>

#include "image/image_source.h"
#include "image/pixel_buffer.h"

namespace boxfeed {

/// Decodes JPEG with TurboJPEG.
///
/// Thread safety: one for one thread.
class JpegCodec {
 public:
  JpegCodec();
  JpegCodec(const JpegCodec&) = delete;
  JpegCodec& operator=(const JpegCodec&) = delete;
  ~JpegCodec();

  /// The largest of 1, 2, 4 and 8 by which `stored` can be divided (rounding up) without falling below `at_least`.
  static int denominator(ImageSize stored, ImageSize at_least);

  /// The pixels of `image.header`'s file at its size divided by `denominator`, RGB or gray, and in `image` what was
  /// seen on the way.
  cv::Mat decode(const ImageSource& source, int denominator, const DecodeOptions& options, DecodedImage& image);

 private:
  void* decompressor_;
  PixelBuffer pixels_;
  PixelBuffer inks_;
};

}  // namespace boxfeed
