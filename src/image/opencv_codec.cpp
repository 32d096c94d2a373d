#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "image/byte_order.h"
#include "image/codecs.h"
#include "image/exif.h"

namespace boxfeed {
namespace {

constexpr std::uint32_t kOrientationTag = 0x0112;

/// The file with its orientation tag taken out: OpenCV would turn the pixels itself.
std::vector<std::uint8_t> without_orientation(ByteView bytes) {
  std::vector<std::uint8_t> copy(bytes.data(), bytes.data() + bytes.size());
  const auto directory = TiffDirectory::read(bytes);
  if (const auto entry = directory ? directory->entry(kOrientationTag) : std::nullopt) {
    // The tag becomes one that means nothing.
    copy[*entry] = copy[*entry + 1] = 0xFF;
  }
  return copy;
}

/// Refuses a BMP whose pixels are not all there, which OpenCV would complain of on the standard error.
void check_bmp_pixels(const ImageSource& source, ImageSize size) {
  const ByteView bytes = source.bytes;
  const bool old = little32(bytes, 14) == 12;
  const std::int64_t offset = little32(bytes, 10);
  const std::int64_t row_bytes = (size.width * little16(bytes, old ? 24 : 28) + 31) / 32 * 4;
  if (offset < static_cast<std::int64_t>(14 + little32(bytes, 14))) {
    source.fail(Reason::kCorrupt, "the BMP's pixels begin within its header");
  }
  if (offset + row_bytes * size.height > static_cast<std::int64_t>(bytes.size())) {
    source.fail(Reason::kTruncated, "the BMP ends within its pixels, after " + std::to_string(bytes.size()) + " bytes");
  }
}

cv::Mat decode_bytes(ByteView bytes, int flags) {
  return cv::imdecode(cv::Mat(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<std::uint8_t*>(bytes.data())),
                      flags);
}

}  // namespace

cv::Mat decode_with_opencv(const ImageSource& source, const ImageHeader& header, PixelBuffer& buffer) {
  if (source.bytes.size() > INT_MAX) source.fail(Reason::kTooLarge, "expected less than 2 GiB");
  const bool tiff = header.format == ImageFormat::kTiff;
  if (!tiff) check_bmp_pixels(source, header.stored);
  cv::Mat bgr;
  try {
    bgr = tiff ? decode_bytes(without_orientation(source.bytes), cv::IMREAD_UNCHANGED)
               : decode_bytes(source.bytes, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const cv::Exception& error) {
    source.fail(Reason::kCorrupt, error.err);
  }
  if (bgr.empty()) {
    source.fail(Reason::kCorrupt, "the " + std::string(format_name(header.format)) + " cannot be decoded by OpenCV");
  }
  if (bgr.rows != header.stored.height || bgr.cols != header.stored.width) {
    source.fail(Reason::kCorrupt, "the image has another size than its header says");
  }
  if ((bgr.depth() != CV_8U && bgr.depth() != CV_16U) || bgr.channels() == 2 || bgr.channels() > 4) {
    source.fail(Reason::kUnsupported, "expected integers of 8 or 16 bits and 1, 3 or 4 channels");
  }
  if (bgr.depth() == CV_16U) {
    cv::Mat bytes(bgr.size(), CV_8UC(bgr.channels()));
    for (int y = 0; y < bgr.rows; ++y) {
      const auto* from = bgr.ptr<std::uint16_t>(y);
      auto* to = bytes.ptr<std::uint8_t>(y);
      for (int i = 0; i < bgr.cols * bgr.channels(); ++i) to[i] = static_cast<std::uint8_t>(from[i] >> 8);
    }
    bgr = bytes;
  }
  cv::Mat pixels = buffer.take(header.stored, bgr.channels());
  if (bgr.channels() == 1) {
    bgr.copyTo(pixels);
  } else {
    cv::cvtColor(bgr, pixels, bgr.channels() == 3 ? cv::COLOR_BGR2RGB : cv::COLOR_BGRA2RGBA);
  }
  return pixels;
}

}  // namespace boxfeed
