#include <boxfeed/core/error.h>
#include <boxfeed/image/image_decoder.h>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "image/outcome.h"
#include "image/sample_images.h"
#include "support/catch.h"

using namespace boxfeed;

namespace {

/// Whether the end is seen in the whole file and missed in each part of it that lacks more than `few` bytes.
void check_end(const samples::Bytes& bytes, std::size_t few = 0) {
  const ImageHeader header = read_image_header(bytes);
  CHECK(image_end(bytes, header) == ImageEnd::kThere);
  auto longer = bytes;
  longer.insert(longer.end(), {1, 2, 3});
  CHECK(image_end(longer, header) == ImageEnd::kThere);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    const bool is_missing = image_end(ByteView(bytes.data(), size), header) == ImageEnd::kMissing;
    REQUIRE(is_missing == (size + few < bytes.size()));
  }
}

}  // namespace

TEST_CASE("the end of an image file is seen, and missed where it is cut off") {
  const cv::Mat picture = samples::picture(37, 51);
  check_end(samples::jpeg(picture), 2);
  samples::JpegStyle progressive;
  progressive.progressive = true;
  check_end(samples::jpeg(picture, progressive), 2);
  check_end(samples::encoded(picture, ".png"));
  check_end(samples::encoded(picture, ".bmp"));
  check_end(samples::encoded(picture, ".webp"));
}

TEST_CASE("the end of a small picture within a JPEG is not that of the JPEG") {
  const auto inner = samples::jpeg(samples::picture(8, 8));
  check_end(samples::with_segment(samples::jpeg(samples::picture(37, 51)), 0xE1, inner), 2);
}

TEST_CASE("restart markers and fill bytes are no end") {
  samples::Bytes bytes = samples::encoded(samples::picture(37, 51), ".jpg", {cv::IMWRITE_JPEG_RST_INTERVAL, 1});
  bytes.insert(bytes.end() - 2, 3, 0xFF);
  check_end(bytes, 5);
}

TEST_CASE("a JPEG that lacks its end marker alone is whole, for the decoder and for who looks for its end") {
  const auto check = [](const samples::Bytes& bytes) {
    const ImageHeader header = read_image_header(bytes);
    for (std::size_t missing = 0; missing < bytes.size() / 2; missing += missing < 40 ? 1 : 37) {
      CAPTURE(missing);
      const ByteView part(bytes.data(), bytes.size() - missing);
      bool decoded = true;
      try {
        const auto image = ImageDecoder().decode(part);
        CHECK(image.no_end_marker == (missing > 0));
      } catch (const ImageError& error) {
        CHECK(error.reason() == Reason::kTruncated);
        decoded = false;
      }
      CHECK(decoded == (missing <= 2));
      const auto cut = decoded ? ImageEnd::kUnmarked : ImageEnd::kMissing;
      CHECK(image_end(part, header) == (missing == 0 ? ImageEnd::kThere : cut));
    }
  };
  cv::Mat noise(48, 48, CV_8UC3);
  cv::RNG(5).fill(noise, cv::RNG::UNIFORM, 0, 256);
  for (const int progressive : {0, 1}) {
    for (const int restart_interval : {0, 1}) {
      for (const int optimized : {0, 1}) {
        check(samples::encoded(noise, ".jpg",
                               {cv::IMWRITE_JPEG_PROGRESSIVE, progressive, cv::IMWRITE_JPEG_RST_INTERVAL,
                                restart_interval, cv::IMWRITE_JPEG_OPTIMIZE, optimized}));
      }
    }
  }
  check(samples::jpeg(noise, {90, false, false, false}));
  check(samples::jpeg(noise, {90, true, false, true}));
}

TEST_CASE("a JPEG cut off between two scans is not whole") {
  const auto jpeg = samples::jpeg(samples::picture(40, 40), {90, true, true, false});
  const auto header = read_image_header(jpeg);
  int scans = 0;
  for (std::size_t i = 2; i + 1 < jpeg.size(); ++i) {
    if (jpeg[i] != 0xFF || (jpeg[i + 1] != 0xC4 && jpeg[i + 1] != 0xDA)) continue;
    const samples::Bytes part(jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(i));
    CHECK(image_end(part, header) == ImageEnd::kMissing);
    CHECK(samples::outcome(part) == "truncated");
    ++scans;
  }
  CHECK(scans > 10);
}
