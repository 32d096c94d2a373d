#include <boxfeed/core/error.h>
#include <boxfeed/image/image_decoder.h>

#include <opencv2/core.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include "image/codec.h"

namespace boxfeed {
namespace {

void check(const DecodeOptions& options, int channels) {
  const auto expect = [](bool right, const char* what, std::int64_t got) {
    if (!right) throw std::invalid_argument("expected " + std::string(what) + ", got " + std::to_string(got));
  };
  expect(channels == 1 || channels == 3, "1 or 3 channels", channels);
  expect(options.max_pixels() > 0, "max_pixels above 0", options.max_pixels());
  expect(options.max_side() > 0 && options.max_side() <= 65535, "max_side from 1 to 65535", options.max_side());
  expect(options.max_scans() > 0, "max_scans above 0", options.max_scans());
}

std::uint8_t composed(std::uint8_t value, std::uint8_t background, std::uint8_t alpha) {
  return static_cast<std::uint8_t>((value * alpha + background * (255 - alpha) + 127) / 255);
}
float composed(float value, std::uint8_t background, float alpha) {
  return (value * alpha + static_cast<float>(background) * (255 - alpha)) / 255;
}

std::uint8_t gray_of(const std::uint8_t* rgb) {
  return static_cast<std::uint8_t>((19595 * rgb[0] + 38470 * rgb[1] + 7471 * rgb[2] + 32768) >> 16);
}
float gray_of(const float* rgb) { return (19595 * rgb[0] + 38470 * rgb[1] + 7471 * rgb[2]) / 65536; }

/// One row of `width` pixels with other channels.
template <class T>
void convert_row(const T* from, int from_channels, int width, const std::optional<Color>& background, int channels,
                 T* to) {
  for (int x = 0; x < width; ++x, from += from_channels, to += channels) {
    T rgb[3] = {from[0], from[0], from[0]};
    if (from_channels >= 3) {
      for (std::size_t c = 1; c < 3; ++c) rgb[c] = from[c];
    }
    if (from_channels == 4 && background) {
      for (std::size_t c = 0; c < 3; ++c) rgb[c] = composed(rgb[c], (*background)[c], from[3]);
    }
    if (channels == 1) {
      *to = gray_of(rgb);
    } else {
      for (int c = 0; c < 3; ++c) to[c] = rgb[c];
    }
  }
}

/// `pixels`, of 8 bits or 16, as floats from 0 to 255: divided, so that a twin with fewer bits has the same ones
/// exactly.
cv::Mat as_floats(const cv::Mat& pixels, PixelBuffer& buffer) {
  cv::Mat out = buffer.take({pixels.rows, pixels.cols}, pixels.channels(), CV_32F);
  const auto convert = [&](auto number) {
    constexpr float kLevel = sizeof number == 2 ? 257 : 1;
    const int count = pixels.cols * pixels.channels();
    for (int y = 0; y < pixels.rows; ++y) {
      const auto* from = pixels.ptr<decltype(number)>(y);
      auto* to = out.ptr<float>(y);
      for (int i = 0; i < count; ++i) to[i] = static_cast<float>(from[i]) / kLevel;
    }
  };
  pixels.depth() == CV_16U ? convert(std::uint16_t{}) : convert(std::uint8_t{});
  return out;
}

/// `pixels`, bytes or floats, with 1 or 3 channels: alpha dropped or composed on a background, gray made RGB or RGB
/// gray (ITU-R BT.601, as JPEG's own luminance).
cv::Mat with_channels(const cv::Mat& pixels, int channels, const std::optional<Color>& background,
                      PixelBuffer& buffer) {
  cv::Mat out = buffer.take({pixels.rows, pixels.cols}, channels, pixels.depth());
  const auto convert = [&](auto number) {
    using Number = decltype(number);
    for (int y = 0; y < pixels.rows; ++y) {
      convert_row(pixels.ptr<Number>(y), pixels.channels(), pixels.cols, background, channels, out.ptr<Number>(y));
    }
  };
  pixels.depth() == CV_32F ? convert(float{}) : convert(std::uint8_t{});
  return out;
}

/// The pixels turned as the orientation, 2 to 8, says: from 5 on rows and columns are exchanged first.
cv::Mat turned(const cv::Mat& stored, int orientation, PixelBuffer& buffer) {
  const bool exchanged = orientation >= 5;
  const ImageSize size = exchanged ? ImageSize{stored.cols, stored.rows} : ImageSize{stored.rows, stored.cols};
  cv::Mat out = buffer.take(size, stored.channels(), stored.depth());
  if (exchanged) cv::transpose(stored, out);
  constexpr int kMirrors[] = {0, 1, -1, 0};  // none, the columns, both, the rows: as OpenCV counts them
  const int mirrored = (orientation - 1) % 4;
  if (mirrored != 0) cv::flip(exchanged ? out : stored, out, kMirrors[mirrored]);
  return out;
}

}  // namespace

struct ImageDecoder::State {
  DecodeOptions options;
  int channels = 3;
  Workspace space;
  PixelBuffer floats;
  PixelBuffer converted;
  PixelBuffer turned;
};

ImageDecoder::ImageDecoder(const DecodeOptions& options, int channels) : state_(std::make_unique<State>()) {
  check(options, channels);
  state_->options = options;
  state_->channels = channels;
}
ImageDecoder::ImageDecoder(ImageDecoder&&) noexcept = default;
ImageDecoder& ImageDecoder::operator=(ImageDecoder&&) noexcept = default;
ImageDecoder::~ImageDecoder() = default;

const DecodeOptions& ImageDecoder::options() const noexcept { return state_->options; }

DecodedImage ImageDecoder::decode_stored(ByteView bytes, ImageSize at_least, const std::string& path) {
  return decode_stored(bytes, at_least, path, read_image_header(bytes, state_->options, path));
}

DecodedImage ImageDecoder::decode_stored(ByteView bytes, ImageSize at_least, const std::string& path,
                                         const ImageHeader& header) {
  State& state = *state_;
  if (header.orientation >= 5) std::swap(at_least.height, at_least.width);
  DecodedImage image;
  image.header = header;
  codec_of(header.format)
      .decode({bytes, path}, {at_least, state.channels, state.options.pixel_type()}, state.space, image);
  if (state.options.pixel_type() == PixelType::kFloat32) image.pixels = as_floats(image.pixels, state.floats);
  if (image.pixels.channels() != state.channels) {
    image.pixels = with_channels(image.pixels, state.channels, state.options.background(), state.converted);
  }
  image.to_displayed = header.stored_to_displayed() * image.to_displayed;
  return image;
}

DecodedImage ImageDecoder::decode(ByteView bytes, ImageSize at_least, const std::string& path) {
  DecodedImage image = decode_stored(bytes, at_least, path);
  const int orientation = image.header.orientation;
  if (orientation != 1) {
    const ImageSize size{image.pixels.rows, image.pixels.cols};
    image.pixels = turned(image.pixels, orientation, state_->turned);
    image.to_displayed = image.to_displayed * orientation_map(size, orientation).inverse();
  }
  return image;
}

}  // namespace boxfeed
