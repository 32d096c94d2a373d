#include <opencv2/imgcodecs.hpp>
#include <string>

#include "image/byte_order.h"
#include "image/codecs.h"

namespace boxfeed {
namespace {

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

}  // namespace

cv::Mat decode_bmp(const ImageSource& source, const ImageHeader& header, PixelBuffer& buffer) {
  if (source.bytes.size() > INT_MAX) source.fail(Reason::kTooLarge, "expected less than 2 GiB");
  check_bmp_pixels(source, header.stored);
  const cv::Mat bgr = cv::imdecode(
      cv::Mat(1, static_cast<int>(source.bytes.size()), CV_8UC1, const_cast<std::uint8_t*>(source.bytes.data())),
      cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  if (bgr.rows != header.stored.height || bgr.cols != header.stored.width) {
    source.fail(Reason::kCorrupt, "the BMP cannot be decoded by OpenCV");
  }
  cv::Mat pixels = buffer.take(header.stored, 3);
  for (int y = 0; y < bgr.rows; ++y) {  // cv::cvtColor would start threads
    const auto* from = bgr.ptr<std::uint8_t>(y);
    auto* to = pixels.ptr<std::uint8_t>(y);
    for (int i = 0; i < 3 * bgr.cols; i += 3) {
      for (int c = 0; c < 3; ++c) to[i + c] = from[i + 2 - c];
    }
  }
  return pixels;
}

}  // namespace boxfeed
