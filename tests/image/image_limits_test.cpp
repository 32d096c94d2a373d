// What is too large or too much, and is refused before a pixel is decoded.
#include <boxfeed/image/image_decoder.h>

#include <opencv2/core.hpp>

#include "image/outcome.h"
#include "image/sample_images.h"
#include "support/catch.h"
#include "support/process.h"

namespace {

using boxfeed::DecodeOptions;
using boxfeed::ImageSize;
using boxfeed::testing::resident_bytes;
using samples::Bytes;
using samples::outcome;

const cv::Mat kPicture = samples::picture(120, 160);

}  // namespace

TEST_CASE("bombs are refused before memory is allocated") {
  const std::size_t before = resident_bytes();
  const Bytes small = samples::jpeg(samples::picture(8, 8));
  CHECK(outcome(samples::with_size(small, 30000, 30000)) == "too_large");
  CHECK(outcome(samples::with_size(small, 32769, 1)) == "too_large");
  CHECK(outcome(samples::with_size(small, 10001, 10000)) == "too_large");
  CHECK(outcome(samples::with_size(small, 101, 100), DecodeOptions().max_pixels(10000)) == "too_large");
  CHECK(outcome(samples::with_size(small, 8, 101), DecodeOptions().max_side(100)) == "too_large");
  for (const int side : {12000, 0x7FFFFFFF}) {
    Bytes png = samples::encoded(samples::picture(8, 8), ".png");
    for (std::size_t i = 0; i < 4; ++i) {
      png[16 + i] = png[20 + i] = static_cast<std::uint8_t>(side >> (24 - 8 * i));
    }
    CHECK(outcome(png) == "too_large");
  }
  Bytes bmp = samples::encoded(samples::picture(8, 8), ".bmp");
  for (const std::size_t at : {18U, 22U}) bmp[at] = bmp[at + 1] = 0x70;
  CHECK(outcome(bmp) == "too_large");
  Bytes webp = samples::animated_webp(samples::picture(8, 8));
  for (const std::size_t at : {25U, 28U}) webp[at] = 0x3F;
  CHECK(outcome(webp) == "too_large");
  for (std::size_t at = 24; at < 30; ++at) webp[at] = 0x3F;
  CHECK(outcome(webp) == "corrupt");  // the format allows 2^32 pixels
  CHECK(resident_bytes() < before + (64U << 20));
}

TEST_CASE("a progressive JPEG with thousands of scans is refused at once") {
  const Bytes jpeg = samples::jpeg(kPicture, {90, true, true, false});
  CHECK(outcome(jpeg) == "ok");
  const Bytes bomb = samples::with_more_scans(jpeg, 5000);
  CHECK(outcome(bomb) == "too_complex");
  CHECK(outcome(jpeg, DecodeOptions().max_scans(3)) == "too_complex");
}

TEST_CASE("the smallest and the longest images are decoded") {
  for (const ImageSize size : {ImageSize{1, 1}, {1, 20000}, {20000, 1}}) {
    const cv::Mat rgb = samples::picture(static_cast<int>(size.height), static_cast<int>(size.width));
    for (const auto& bytes : {samples::jpeg(rgb), samples::encoded(rgb, ".png"), samples::encoded(rgb, ".bmp")}) {
      CHECK(outcome(bytes) == "ok");
    }
  }
}

TEST_CASE("an image without height or width is corrupt") {
  const Bytes jpeg = samples::jpeg(kPicture);
  CHECK(outcome(samples::with_size(jpeg, 0, 160)) == "corrupt");
  CHECK(outcome(samples::with_size(jpeg, 120, 0)) == "corrupt");
  Bytes png = samples::encoded(kPicture, ".png");
  for (std::size_t i = 16; i < 20; ++i) png[i] = 0;
  CHECK(outcome(png) == "corrupt");
}
