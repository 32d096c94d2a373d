#include <webp/decode.h>

#include <string>

#include "image/byte_order.h"
#include "image/codecs.h"

namespace boxfeed {
namespace {

/// One frame of an animation: its place on the canvas and its data.
struct Frame {
  int x = 0;
  int y = 0;
  ByteView data;
};

Frame first_frame(const ImageSource& source) {
  const ByteView bytes = source.bytes;
  for (std::size_t at = 12; bytes.part(at).size() >= 8;) {
    const std::size_t length = little32(bytes, at + 4);
    const ByteView content = bytes.part(at + 8, length);
    if (stands_at(bytes, at, "ANMF")) {
      if (content.size() < length) source.fail(Reason::kTruncated, "the WebP ends within its first frame");
      if (length < 16) source.fail(Reason::kCorrupt, "the WebP's first frame is too short");
      return {static_cast<int>(2 * little24(content, 0)), static_cast<int>(2 * little24(content, 3)), content.part(16)};
    }
    at += 8 + length + (length & 1);
  }
  source.fail(Reason::kTruncated, "the WebP ends before its first frame");
}

[[noreturn]] void fail(const ImageSource& source, VP8StatusCode status) {
  if (status == VP8_STATUS_OUT_OF_MEMORY) throw std::bad_alloc();
  if (status == VP8_STATUS_NOT_ENOUGH_DATA || status == VP8_STATUS_SUSPENDED) {
    source.fail(Reason::kTruncated, "the WebP's data end early");
  }
  source.fail(status == VP8_STATUS_UNSUPPORTED_FEATURE ? Reason::kUnsupported : Reason::kCorrupt,
              "the WebP cannot be decoded: libwebp's status " + std::to_string(status));
}

/// Decodes into `pixels`, RGB or RGBA.
void decode_into(const ImageSource& source, ByteView data, cv::Mat& pixels) {
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) source.fail(Reason::kUnsupported, "libwebp is of another version");
  config.output.colorspace = pixels.channels() == 4 ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = pixels.data;
  config.output.u.RGBA.stride = static_cast<int>(pixels.step);
  config.output.u.RGBA.size = pixels.step * static_cast<std::size_t>(pixels.rows);
  const auto status = WebPDecode(data.data(), data.size(), &config);
  WebPFreeDecBuffer(&config.output);
  if (status != VP8_STATUS_OK) fail(source, status);
}

ImageSize size_of(const ImageSource& source, ByteView data) {
  WebPBitstreamFeatures features;
  const auto status = WebPGetFeatures(data.data(), data.size(), &features);
  if (status != VP8_STATUS_OK) fail(source, status);
  return {features.height, features.width};
}

}  // namespace

cv::Mat decode_webp(const ImageSource& source, const ImageHeader& header, PixelBuffer& buffer) {
  cv::Mat pixels = buffer.take(header.stored, header.channels);
  if (!header.several_frames) {
    if (size_of(source, source.bytes) != header.stored) {
      source.fail(Reason::kCorrupt, "the WebP's header contradicts its image");
    }
    decode_into(source, source.bytes, pixels);
    return pixels;
  }
  const Frame frame = first_frame(source);
  const ImageSize size = size_of(source, frame.data);
  if (frame.x + size.width > header.stored.width || frame.y + size.height > header.stored.height) {
    source.fail(Reason::kCorrupt, "the WebP's first frame is larger than the image");
  }
  pixels.setTo(cv::Scalar::all(0));
  cv::Mat place = pixels(cv::Rect(frame.x, frame.y, static_cast<int>(size.width), static_cast<int>(size.height)));
  decode_into(source, frame.data, place);
  return pixels;
}

}  // namespace boxfeed
