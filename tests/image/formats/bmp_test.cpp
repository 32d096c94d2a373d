#include <boxfeed/core/error.h>
#include <boxfeed/image/image_decoder.h>

#include <opencv2/core.hpp>
#include <vector>

#include "image/pixels.h"
#include "image/sample_images.h"
#include "support/catch.h"

namespace {

using boxfeed::DecodeOptions;
using boxfeed::ImageDecoder;
using samples::gray_of;
using samples::pixel;
using samples::worst;

}  // namespace

TEST_CASE("a BMP of any depth gives its colors, from the bottom up or from the top down") {
  // A header of 40 bytes for 2 x 2 pixels, a palette or masks, and rows of 4 bytes: the lower one first.
  const auto bmp = [](int bits, int compression, const samples::Bytes& table, const samples::Bytes& rows, int height) {
    samples::Bytes out{'B', 'M'};
    const auto put = [&out](std::uint64_t value, int bytes) {
      for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    };
    put(0, 8);
    put(static_cast<std::uint64_t>(54 + table.size()), 4);
    put(40, 4);
    put(2, 4);
    put(static_cast<std::uint64_t>(std::int64_t{height}), 4);
    put(1, 2);
    put(static_cast<std::uint64_t>(bits), 2);
    put(static_cast<std::uint64_t>(compression), 4);
    put(0, 8);
    put(0, 4);
    put(bits <= 8 ? table.size() / 4 : 0, 4);
    put(0, 4);
    out.insert(out.end(), table.begin(), table.end());
    out.insert(out.end(), rows.begin(), rows.end());
    return out;
  };
  using Pixel = std::vector<int>;
  const auto check = [](const samples::Bytes& bytes, const Pixel& top_left, const Pixel& bottom_right) {
    const cv::Mat pixels = ImageDecoder().decode(bytes).pixels;
    REQUIRE(pixels.size() == cv::Size(2, 2));
    CHECK(pixel(pixels, 0, 0) == top_left);
    CHECK(pixel(pixels, 1, 1) == bottom_right);
  };
  const samples::Bytes palette{3, 2, 1, 0, 30, 20, 10, 0, 130, 120, 110, 0};
  check(bmp(8, 0, palette, {0, 1, 0, 0, 2, 0, 0, 0}, 2), {110, 120, 130}, {10, 20, 30});
  check(bmp(8, 0, palette, {0, 1, 0, 0, 2, 0, 0, 0}, -2), {1, 2, 3}, {1, 2, 3});
  check(bmp(4, 0, palette, {0x01, 0, 0, 0, 0x20, 0, 0, 0}, 2), {110, 120, 130}, {10, 20, 30});
  check(bmp(1, 0, palette, {0x40, 0, 0, 0, 0x80, 0, 0, 0}, 2), {10, 20, 30}, {10, 20, 30});
  // 5 bits of each color: 0x7C00 is all red, 0x001F all blue; with masks, 6 bits of green.
  check(bmp(16, 0, {}, {0, 0, 0x1F, 0, 0, 0x7C, 0, 0}, 2), {255, 0, 0}, {0, 0, 255});
  check(bmp(16, 3, {0, 0xF8, 0, 0, 0xE0, 7, 0, 0, 0x1F, 0, 0, 0}, {0, 0, 0xE0, 0x07, 0, 0xF8, 0, 0}, 2), {255, 0, 0},
        {0, 255, 0});
  check(bmp(32, 0, {}, {0, 0, 0, 0, 3, 2, 1, 9, 6, 5, 4, 9, 0, 0, 0, 0}, 2), {4, 5, 6}, {1, 2, 3});
  CHECK_THROWS_AS(ImageDecoder().decode(bmp(8, 0, palette, {0, 1, 0, 0, 3, 0, 0, 0}, 2)), boxfeed::ImageError);
  const cv::Mat gray = gray_of(samples::picture(9, 13));
  CHECK(worst(ImageDecoder({}, 1).decode(samples::encoded(gray, ".bmp")).pixels, gray) == 0);
}
