#include <boxfeed/image/image_end.h>

#include <opencv2/core/mat.hpp>

#include "image/sample_images.h"
#include "support/catch.h"

using namespace boxfeed;

namespace {

/// Whether the end is seen in the whole file and missed in each part of it that lacks more than `padding` bytes.
void check_end(const samples::Bytes& bytes, ImageFormat format, std::size_t padding = 0) {
  CHECK(has_image_end(bytes, format));
  auto longer = bytes;
  longer.insert(longer.end(), {1, 2, 3});
  CHECK(has_image_end(longer, format));
  std::size_t seen = 0;
  for (std::size_t size = 0; size + padding < bytes.size(); ++size) {
    seen += has_image_end(ByteView(bytes.data(), size), format) ? 1 : 0;
  }
  CHECK(seen == 0);
}

}  // namespace

TEST_CASE("the end of an image file is seen, and missed where it is cut off") {
  const cv::Mat picture = samples::picture(37, 51);
  check_end(samples::jpeg(picture), ImageFormat::kJpeg);
  samples::JpegStyle progressive;
  progressive.progressive = true;
  check_end(samples::jpeg(picture, progressive), ImageFormat::kJpeg);
  check_end(samples::encoded(picture, ".png"), ImageFormat::kPng);
  check_end(samples::encoded(picture, ".bmp"), ImageFormat::kBmp);
  check_end(samples::encoded(picture, ".webp"), ImageFormat::kWebp);
}

TEST_CASE("the end of a small picture within a JPEG is not that of the JPEG") {
  const auto inner = samples::jpeg(samples::picture(8, 8));
  check_end(samples::with_segment(samples::jpeg(samples::picture(37, 51)), 0xE1, inner), ImageFormat::kJpeg);
}

TEST_CASE("restart markers and fill bytes are no end") {
  const samples::Bytes bytes{0xFF, 0xD8, 0xFF, 0xDA, 0, 2, 7, 0xFF, 0, 8, 0xFF, 0xD0, 9, 0xFF, 0xFF, 0xD9};
  check_end(bytes, ImageFormat::kJpeg);
}
