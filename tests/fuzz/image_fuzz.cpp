// An image of any bytes is decoded or refused, at any scale, with any options; its header says what comes out.
#include <boxfeed/core/error.h>
#include <boxfeed/image/image_decoder.h>
#include <boxfeed/image/resampler.h>
#include <boxfeed/image/resize.h>
#include <turbojpeg.h>

#include <memory>
#include <stdexcept>

#include "fuzz/fuzz.h"

namespace {

using namespace boxfeed;

/// Where TurboJPEG reads the header too, it reads the same.
void compare_with_turbojpeg(ByteView bytes, const ImageHeader& header) {
  const std::unique_ptr<void, decltype(&tjDestroy)> decoder(tjInitDecompress(), &tjDestroy);
  int width = 0, height = 0, subsampling = 0, colors = 0;
  if (tjDecompressHeader3(decoder.get(), bytes.data(), bytes.size(), &width, &height, &subsampling, &colors) == 0 &&
      header.stored != ImageSize{height, width}) {
    throw std::logic_error("TurboJPEG reads another size");
  }
}

void check(const DecodedImage& image, const DecodeOptions& options, int channels, bool turned) {
  const cv::Mat& pixels = image.pixels;
  const ImageSize whole = turned ? image.header.displayed() : image.header.stored;
  const int depth = options.pixel_type() == PixelType::kFloat32 ? CV_32F : CV_8U;
  if (pixels.depth() != depth || pixels.channels() != channels) throw std::logic_error("another type");
  if (pixels.rows > whole.height || 8 * std::int64_t{pixels.rows} < whole.height || pixels.cols > whole.width ||
      8 * std::int64_t{pixels.cols} < whole.width) {
    throw std::logic_error("another size than the header's");
  }
  cv::Mat small(9, 7, pixels.type());
  const auto map = resize_map(image.header.displayed(), {9, 7}, ResizeMode::kLetterbox) * image.to_displayed;
  Resampler().resample(pixels, map, small);
}

}  // namespace

BOXFEED_FUZZ(image) {
  // The options follow from the size alone, so that every image file is an input.
  const auto choice = [size](std::size_t bit) { return (size >> bit & 1) != 0; };
  const int channels = choice(0) ? 1 : 3;
  DecodeOptions options;
  options.max_pixels(1 << 18).max_scans(20).allow_tiff(true);
  if (choice(2)) options.background(Color{1, 2, 3});
  if (choice(5)) options.pixel_type(PixelType::kFloat32);
  const ImageSize at_least = choice(3) ? ImageSize{0, 0} : ImageSize{9, 7};
  const ByteView bytes(data, size);
  try {
    const ImageHeader header = read_image_header(bytes, options);
    if (header.format == ImageFormat::kJpeg) compare_with_turbojpeg(bytes, header);
    ImageDecoder decoder(options, channels);
    const bool turned = choice(4);
    check(turned ? decoder.decode(bytes, at_least) : decoder.decode_stored(bytes, at_least), options, channels, turned);
    // Of several frames the first may be whole where the file is not.
    if (!header.several_frames && image_end(bytes, header) == boxfeed::ImageEnd::kMissing)
      throw std::logic_error("a whole image has no end");
  } catch (const ImageError&) {
  }
}
