#include <boxfeed/core/error.h>
#include <boxfeed/image/image_decoder.h>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <vector>

#include "image/outcome.h"
#include "image/pixels.h"
#include "image/sample_images.h"
#include "support/catch.h"

namespace {

using boxfeed::ImageDecoder;
using boxfeed::ImageHeader;
using boxfeed::ImageSize;
using samples::pixel;
using samples::worst;

}  // namespace

TEST_CASE("of an animation the first frame is decoded, on its canvas") {
  const cv::Mat rgb = samples::picture(12, 10);
  const auto image = ImageDecoder().decode(samples::animated_webp(rgb));
  CHECK(image.header.several_frames);
  REQUIRE(image.header.stored == ImageSize{16, 12});
  CHECK(worst(image.pixels(cv::Rect(2, 4, 10, 12)).clone(), rgb) == 0);
  CHECK(pixel(image.pixels, 0, 0) == std::vector<int>{0, 0, 0});
}

TEST_CASE("the orientation of a WebP stands in its EXIF chunk") {
  const samples::Bytes still = samples::encoded(samples::picture(10, 20), ".webp", {cv::IMWRITE_WEBP_QUALITY, 80});
  samples::Bytes body{'W', 'E', 'B', 'P', 'V', 'P', '8', 'X', 10, 0, 0, 0, 8, 0, 0, 0, 19, 0, 0, 9, 0, 0};
  body.insert(body.end(), still.begin() + 12, still.end());
  const auto header_with = [&](const samples::Bytes& exif) {
    samples::Bytes all = body;
    all.insert(all.end(), {'E', 'X', 'I', 'F', static_cast<std::uint8_t>(exif.size()), 0, 0, 0});
    all.insert(all.end(), exif.begin(), exif.end());
    samples::Bytes webp{
        'R', 'I', 'F', 'F', static_cast<std::uint8_t>(all.size()), static_cast<std::uint8_t>(all.size() >> 8), 0, 0};
    webp.insert(webp.end(), all.begin(), all.end());
    return boxfeed::read_image_header(webp);
  };
  CHECK(header_with({}).damaged_exif);
  const ImageHeader header = header_with(samples::exif(8));
  CHECK_FALSE(header.damaged_exif);
  CHECK(header.orientation == 8);
  CHECK(header.stored == ImageSize{10, 20});
  CHECK(header.displayed() == ImageSize{20, 10});
}
