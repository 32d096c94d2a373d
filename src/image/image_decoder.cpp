#include <boxfeed/core/error.h>
#include <boxfeed/image/image_decoder.h>

#include <opencv2/core.hpp>
#include <stdexcept>
#include <utility>

#include "image/channels.h"
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

/// The pixels turned as the orientation says.
cv::Mat turned(const cv::Mat& stored, int orientation, PixelBuffer& buffer) {
  const bool exchanged = orientation >= 5;
  const ImageSize size = exchanged ? ImageSize{stored.cols, stored.rows} : ImageSize{stored.rows, stored.cols};
  cv::Mat out = buffer.take(size, stored.channels(), stored.depth());
  switch (orientation) {
    case 2: cv::flip(stored, out, 1); break;
    case 3: cv::flip(stored, out, -1); break;
    case 4: cv::flip(stored, out, 0); break;
    case 5: cv::transpose(stored, out); break;
    case 6: cv::rotate(stored, out, cv::ROTATE_90_CLOCKWISE); break;
    case 7:
      cv::transpose(stored, out);
      cv::flip(out, out, -1);
      break;
    case 8: cv::rotate(stored, out, cv::ROTATE_90_COUNTERCLOCKWISE); break;
    default: break;
  }
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
  image.pixels = with_channels(image.pixels, state.channels, state.options.background(), state.converted);
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
