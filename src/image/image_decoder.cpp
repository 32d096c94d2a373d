#include <boxfeed/core/error.h>
#include <boxfeed/image/image_decoder.h>

#include <opencv2/core.hpp>
#include <stdexcept>
#include <utility>

#include "image/codecs.h"
#include "image/jpeg_codec.h"

namespace boxfeed {
namespace {

void check(const DecodeOptions& options) {
  const auto expect = [](bool right, const char* what, std::int64_t got) {
    if (!right) {
      throw std::invalid_argument("DecodeOptions: expected " + std::string(what) + ", got " + std::to_string(got));
    }
  };
  expect(options.channels() == 1 || options.channels() == 3, "channels of 1 or 3", options.channels());
  expect(options.max_pixels() > 0, "max_pixels above 0", options.max_pixels());
  expect(options.max_side() > 0 && options.max_side() <= 65535, "max_side from 1 to 65535", options.max_side());
  expect(options.min_side() > 0, "min_side above 0", options.min_side());
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
  JpegCodec jpeg;
  PixelBuffer decoded;
  PixelBuffer floats;
  PixelBuffer converted;
  PixelBuffer turned;
};

ImageDecoder::ImageDecoder(const DecodeOptions& options) : state_(std::make_unique<State>()) {
  check(options);
  state_->options = options;
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
  const ImageSource source{bytes, path};
  const DecodeOptions& options = state_->options;
  DecodedImage image;
  image.header = header;
  image.wrong_extension = !extension_agrees(path, image.header.format);
  const ImageSize stored = image.header.stored;
  int denominator = 1;
  switch (image.header.format) {
    case ImageFormat::kJpeg:
      if (image.header.orientation >= 5) std::swap(at_least.height, at_least.width);
      denominator = JpegCodec::denominator(stored, at_least);
      image.pixels = state_->jpeg.decode(source, denominator, options, image);
      break;
    case ImageFormat::kPng:
      image.pixels = decode_png(source, image.header, options.pixel_type(), state_->decoded);
      break;
    case ImageFormat::kWebp: image.pixels = decode_webp(source, image.header, state_->decoded); break;
    case ImageFormat::kBmp: image.pixels = decode_bmp(source, image.header, state_->decoded); break;
    case ImageFormat::kTiff:
      image.pixels = decode_tiff(source, image.header, options.pixel_type(), state_->decoded);
      break;
  }
  if (options.pixel_type() == PixelType::kFloat32) image.pixels = as_floats(image.pixels, state_->floats);
  image.pixels = with_channels(image.pixels, options, state_->converted);
  image.to_displayed = image.header.stored_to_displayed() * PlaneMap::scale(denominator, denominator);
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
