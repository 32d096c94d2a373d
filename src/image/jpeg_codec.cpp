#include "image/jpeg_codec.h"

#include <turbojpeg.h>

#include <new>
#include <string>

#include "image/jpeg_damage.h"

namespace boxfeed {
namespace {

ImageSize divided(ImageSize size, int denominator) {
  return {(size.height + denominator - 1) / denominator, (size.width + denominator - 1) / denominator};
}

/// RGB out of CMYK as Adobe writes it, where 255 is no ink.
cv::Mat rgb_of_inks(const cv::Mat& inks, cv::Mat rgb) {
  for (int y = 0; y < inks.rows; ++y) {
    const auto* from = inks.ptr<std::uint8_t>(y);
    auto* to = rgb.ptr<std::uint8_t>(y);
    for (int x = 0; x < inks.cols; ++x, from += 4, to += 3) {
      for (int c = 0; c < 3; ++c) to[c] = static_cast<std::uint8_t>((from[c] * from[3] + 127) / 255);
    }
  }
  return rgb;
}

}  // namespace

JpegCodec::JpegCodec() : decompressor_(tjInitDecompress()) {
  if (decompressor_ == nullptr) throw std::bad_alloc();
}

JpegCodec::~JpegCodec() { tjDestroy(decompressor_); }

int JpegCodec::denominator(ImageSize stored, ImageSize at_least) {
  if (at_least.height <= 0 || at_least.width <= 0) return 1;
  int denominator = 1;
  for (const int next : {2, 4, 8}) {
    const ImageSize size = divided(stored, next);
    if (size.height < at_least.height || size.width < at_least.width) break;
    denominator = next;
  }
  return denominator;
}

cv::Mat JpegCodec::decode(const ImageSource& source, int denominator, const DecodeOptions& options,
                          DecodedImage& image) {
  const bool inks = image.header.channels == 4;
  const ImageSize size = divided(image.header.stored, denominator);
  const int channels = inks ? 4 : options.channels();
  cv::Mat pixels = (inks ? inks_ : pixels_).take(size, channels);
  const int format = inks ? TJPF_CMYK : channels == 3 ? TJPF_RGB : TJPF_GRAY;
  if (tjDecompress2(decompressor_, source.bytes.data(), source.bytes.size(), pixels.data, pixels.cols,
                    static_cast<int>(pixels.step), pixels.rows, format, 0) != 0) {
    const std::string text = tjGetErrorStr2(decompressor_);
    const bool fatal = tjGetErrorCode(decompressor_) == TJERR_FATAL;
    const JpegDamage damage = find_jpeg_damage(source.bytes);
    if (fatal || !damage.text.empty()) {
      if (damage.no_end_marker) {
        source.fail(Reason::kTruncated,
                    "the JPEG ends within its image data, after " + std::to_string(source.bytes.size()) + " bytes");
      }
      source.fail(Reason::kCorrupt, damage.text.empty() ? text : damage.text);
    }
    image.extraneous_bytes = damage.extraneous_bytes;
    image.no_end_marker = damage.no_end_marker;
  }
  return inks ? rgb_of_inks(pixels, pixels_.take(size, 3)) : pixels;
}

}  // namespace boxfeed
