#include <boxfeed/core/error.h>
#include <boxfeed/image/image_decoder.h>

#include <opencv2/core.hpp>
#include <vector>

#include "image/outcome.h"
#include "image/pixels.h"
#include "image/sample_images.h"
#include "support/catch.h"

namespace {

using boxfeed::Color;
using boxfeed::ImageDecoder;
using samples::Bytes;
using samples::first_row;
using samples::float_pixels;
using samples::level;
using samples::pixel;
using samples::worst;

/// Numbers of 16 bits, the upper byte first.
Bytes big_endian(const std::vector<int>& numbers) {
  Bytes out;
  for (const int number : numbers) {
    out.push_back(static_cast<std::uint8_t>(number >> 8));
    out.push_back(static_cast<std::uint8_t>(number));
  }
  return out;
}

}  // namespace

TEST_CASE("an interlaced PNG is read whole") {
  const cv::Mat rgb = samples::picture(19, 23);
  const samples::Bytes packed(rgb.data, rgb.data + rgb.total() * 3);
  CHECK(worst(ImageDecoder().decode(samples::png(19, 23, packed, {8, 2, {}, {}, true})).pixels, rgb) == 0);
}

TEST_CASE("16 bits become 8, the lower half cut off") {
  const samples::Bytes packed{0x12, 0xFF, 0x80, 0x00, 0xFF, 0x01};
  const auto gray = samples::png(1, 3, packed, {16, 0, {}, {}, false});
  CHECK(pixel(ImageDecoder({}, 1).decode(gray).pixels, 0, 0) == std::vector<int>{0x12});
  CHECK(pixel(ImageDecoder({}, 1).decode(gray).pixels, 0, 1) == std::vector<int>{0x80});
  const auto image = ImageDecoder().decode(samples::png(1, 1, packed, {16, 2, {}, {}, false}));
  CHECK(image.header.bit_depth == 16);
  CHECK(pixel(image.pixels, 0, 0) == std::vector<int>{0x12, 0x80, 0xFF});
}

TEST_CASE("by option 16 bits of a PNG become floats, in units of 8-bit levels") {
  const Bytes packed = big_endian({0, 257, 65535, 3, 0x8000, 0x12FF});
  const std::vector<float> expected{0, 1, 255, level(3), level(0x8000), level(0x12FF)};
  CHECK(first_row(float_pixels(samples::png(1, 6, packed, {16, 0, {}, {}, false}), 1)) == expected);
  const auto rgb = float_pixels(samples::png(1, 2, packed, {16, 2, {}, {}, false}));
  CHECK(rgb.type() == CV_32FC3);
  CHECK(first_row(rgb) == expected);
  CHECK(first_row(float_pixels(samples::png(1, 2, packed, {16, 2, {}, {}, true}))) == expected);
  const auto three = float_pixels(samples::png(1, 1, big_endian({500}), {16, 0, {}, {}, false}));
  CHECK(first_row(three) == std::vector<float>(3, level(500)));
  // ITU-R BT.601 of pure red.
  const auto red = float_pixels(samples::png(1, 1, big_endian({65535, 0, 0}), {16, 2, {}, {}, false}), 1);
  CHECK(first_row(red)[0] == Approx(255 * 0.299).margin(2e-3));
}

TEST_CASE("alpha of 16 bits is dropped or composed in floats") {
  const auto png = samples::png(1, 2, big_endian({2570, 257, 0, 65535, 2570, 257, 0, 16384}), {16, 6, {}, {}, false});
  CHECK(first_row(float_pixels(png)) == std::vector<float>{10, 1, 0, 10, 1, 0});
  const auto on_blue = first_row(float_pixels(png, 3, Color{0, 0, 255}));
  CHECK(on_blue[0] == Approx(10));
  const double share = 16384 / 65535.0;
  CHECK(on_blue[3] == Approx(10 * share));
  CHECK(on_blue[5] == Approx(255 * (1 - share)));
  // The one color that a tRNS chunk calls transparent, at its 16 bits.
  const auto keyed = samples::with_chunk(samples::png(1, 2, big_endian({300, 301}), {16, 0, {}, {}, false}), "tRNS",
                                         big_endian({300}));
  CHECK(first_row(float_pixels(keyed, 3, Color{9, 9, 9})) ==
        std::vector<float>{9, 9, 9, level(301), level(301), level(301)});
}
