#include <webp/decode.h>

#include <new>
#include <optional>
#include <string>

#include "image/bytes.h"
#include "image/codec.h"
#include "image/exif.h"

namespace boxfeed {
namespace {

using namespace std::string_view_literals;

struct Chunk {
  ByteView content;  ///< as far as it is there
  bool cut;          ///< it is not all there
};

/// The first chunk of this name.
std::optional<Chunk> find_chunk(ByteView bytes, std::string_view name) {
  for (std::size_t at = 12; part(bytes, at).size() >= 8;) {
    const std::size_t length = little32(bytes, at + 4);
    const ByteView content = part(bytes, at + 8, length);
    if (stands_at(bytes, at, name)) return Chunk{content, content.size() < length};
    at += 8 + length + (length & 1);
  }
  return std::nullopt;
}

[[noreturn]] void fail(const ImageSource& source, VP8StatusCode status) {
  if (status == VP8_STATUS_OUT_OF_MEMORY) throw std::bad_alloc();
  if (status == VP8_STATUS_NOT_ENOUGH_DATA || status == VP8_STATUS_SUSPENDED) {
    source.fail(Reason::kTruncated, "the WebP's data end early");
  }
  source.fail(status == VP8_STATUS_UNSUPPORTED_FEATURE ? Reason::kUnsupported : Reason::kCorrupt,
              "the WebP cannot be decoded: libwebp's status " + std::to_string(status));
}

WebPBitstreamFeatures features_of(const ImageSource& source, ByteView data) {
  WebPBitstreamFeatures features;
  const auto status = WebPGetFeatures(data.data(), data.size(), &features);
  if (status != VP8_STATUS_OK) fail(source, status);
  return features;
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

bool recognizes(ByteView bytes) { return stands_at(bytes, 0, "RIFF") && stands_at(bytes, 8, "WEBP"); }

void read_header(const ImageSource& source, const DecodeOptions& /*options*/, ImageHeader& header) {
  const auto features = features_of(source, source.bytes);
  header.stored = {features.height, features.width};
  header.channels = features.has_alpha != 0 ? 4 : 3;
  header.several_frames = features.has_animation != 0;
  if (const auto exif = find_chunk(source.bytes, "EXIF")) {
    const bool prefixed = stands_at(exif->content, 0, "Exif\0\0"sv);
    read_exif(prefixed ? part(exif->content, 6) : exif->content, header);
  }
}

void decode(const ImageSource& source, const DecodeRequest& /*request*/, Workspace& space, DecodedImage& image) {
  const ImageSize size = image.header.stored;
  image.pixels = space.pixels.take(size, image.header.channels);
  if (!image.header.several_frames) return decode_into(source, source.bytes, image.pixels);
  // The first frame, on its canvas.
  const auto frame = find_chunk(source.bytes, "ANMF");
  if (!frame || frame->cut) source.fail_truncated("the WebP ends before or within its first frame");
  if (frame->content.size() < 16) source.fail(Reason::kCorrupt, "the WebP's first frame is too short");
  const ByteView data = part(frame->content, 16);
  const auto features = features_of(source, data);
  const cv::Rect place(static_cast<int>(2 * little24(frame->content, 0)),
                       static_cast<int>(2 * little24(frame->content, 3)), features.width, features.height);
  if (place.x + place.width > size.width || place.y + place.height > size.height) {
    source.fail(Reason::kCorrupt, "the WebP's first frame is larger than the image");
  }
  image.pixels.setTo(cv::Scalar::all(0));
  cv::Mat on_canvas = image.pixels(place);
  decode_into(source, data, on_canvas);
}

ImageEnd end(ByteView bytes) {
  const bool is_whole = bytes.size() >= 12 && bytes.size() >= std::uint64_t{8} + little32(bytes, 4);
  return is_whole ? ImageEnd::kThere : ImageEnd::kMissing;
}

}  // namespace

const Codec kWebpCodec{
    ImageFormat::kWebp, "WebP", {{"webp"}}, recognizes, read_header, decode, end,
};

}  // namespace boxfeed
