#include <boxfeed/core/error.h>
#include <boxfeed/image/image_decoder.h>

#include <opencv2/core.hpp>
#include <vector>

#include "image/outcome.h"
#include "image/pixels.h"
#include "image/sample_images.h"
#include "support/catch.h"

namespace {

using boxfeed::ImageDecoder;
using samples::Bytes;
using samples::gray_of;
using samples::outcome;
using samples::pixel;
using samples::worst;

void put(Bytes& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

/// A header of 40 bytes for 2 x 2 pixels, a palette or masks, and rows of 4 bytes: the lower one first.
Bytes bmp(int bits, int compression, const Bytes& table, const Bytes& rows, int height) {
  Bytes out{'B', 'M'};
  put(out, 0, 8);
  put(out, static_cast<std::uint64_t>(54 + table.size()), 4);
  put(out, 40, 4);
  put(out, 2, 4);
  put(out, static_cast<std::uint64_t>(std::int64_t{height}), 4);
  put(out, 1, 2);
  put(out, static_cast<std::uint64_t>(bits), 2);
  put(out, static_cast<std::uint64_t>(compression), 4);
  put(out, 0, 8);
  put(out, 0, 4);
  put(out, bits <= 8 ? table.size() / 4 : 0, 4);
  put(out, 0, 4);
  out.insert(out.end(), table.begin(), table.end());
  out.insert(out.end(), rows.begin(), rows.end());
  return out;
}

}  // namespace

TEST_CASE("a BMP of any depth gives its colors, from the bottom up or from the top down") {
  using Pixel = std::vector<int>;
  const auto check = [](const Bytes& bytes, const Pixel& top_left, const Pixel& bottom_right) {
    const cv::Mat pixels = ImageDecoder().decode(bytes).pixels;
    REQUIRE(pixels.size() == cv::Size(2, 2));
    CHECK(pixel(pixels, 0, 0) == top_left);
    CHECK(pixel(pixels, 1, 1) == bottom_right);
  };
  const Bytes palette{3, 2, 1, 0, 30, 20, 10, 0, 130, 120, 110, 0};
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
  Bytes wide = bmp(1, 0, palette, {0, 0, 0, 0, 0x80, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0}, 2);
  wide[18] = 33;  // a row of 33 bits takes 8 bytes
  const cv::Mat pixels = ImageDecoder().decode(wide).pixels;
  REQUIRE(pixels.size() == cv::Size(33, 2));
  CHECK(pixel(pixels, 0, 1) == Pixel{10, 20, 30});
  CHECK(pixel(pixels, 0, 32) == Pixel{1, 2, 3});
  CHECK(pixel(pixels, 1, 1) == Pixel{1, 2, 3});
  CHECK(pixel(pixels, 1, 32) == Pixel{10, 20, 30});
  const cv::Mat gray = gray_of(samples::picture(9, 13));
  CHECK(worst(ImageDecoder({}, 1).decode(samples::encoded(gray, ".bmp")).pixels, gray) == 0);
}

TEST_CASE("a BMP with the oldest header, without compression or palette fields, is read") {
  const auto old = [](int bits, const Bytes& table, const Bytes& rows) {
    Bytes out{'B', 'M'};
    put(out, 0, 8);
    put(out, 26 + table.size(), 4);
    put(out, 12, 4);
    for (const int field : {3, 2, 1, bits}) put(out, static_cast<std::uint64_t>(field), 2);  // width, height, planes
    out.insert(out.end(), table.begin(), table.end());
    out.insert(out.end(), rows.begin(), rows.end());
    return out;
  };
  const Bytes colors = old(24, {}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 0, 0, 0});
  const Bytes palette = old(1, {3, 2, 1, 30, 20, 10}, {0x40, 0, 0, 0, 0xA0, 0, 0, 0});
  const cv::Mat pixels = ImageDecoder().decode(colors).pixels.clone();
  REQUIRE(pixels.size() == cv::Size(3, 2));
  CHECK(pixel(pixels, 0, 0) == std::vector<int>{30, 20, 10});
  CHECK(pixel(pixels, 1, 2) == std::vector<int>{9, 8, 7});
  CHECK(pixel(ImageDecoder().decode(palette).pixels, 0, 0) == std::vector<int>{10, 20, 30});
  CHECK(pixel(ImageDecoder().decode(palette).pixels, 0, 1) == std::vector<int>{1, 2, 3});
  for (const auto& bytes : {colors, palette}) {
    const auto header = boxfeed::read_image_header(bytes);
    CHECK(boxfeed::image_end(bytes, header) == boxfeed::ImageEnd::kThere);
    CHECK(boxfeed::image_end(Bytes(bytes.begin(), bytes.end() - 1), header) == boxfeed::ImageEnd::kMissing);
    CHECK(outcome(Bytes(bytes.begin(), bytes.end() - 1)) == "truncated");
  }
  CHECK(boxfeed::read_image_header(palette).bit_depth == 1);
  CHECK(boxfeed::read_image_header(colors).bit_depth == 8);
}

TEST_CASE("a BMP whose header lies is refused") {
  const Bytes rows(8, 0);
  CHECK(outcome(bmp(7, 0, {}, rows, 2)) == "corrupt");
  CHECK(outcome(bmp(24, 1, {}, Bytes(16, 0), 2)) == "unsupported");
  CHECK(outcome(bmp(24, 3, Bytes(12, 1), Bytes(16, 0), 2)) == "corrupt");  // masks for 24 bits
  CHECK(outcome(bmp(16, 3, {}, rows, 2)) == "corrupt");                    // masks that are not there
  const Bytes masks{0, 0xF8, 0, 0, 0xE0, 7, 0, 0, 0, 0, 0, 0};
  const Bytes no_blue = bmp(16, 3, masks, {0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 0, 0}, 2);
  CHECK(pixel(ImageDecoder().decode(no_blue).pixels, 0, 0) == std::vector<int>{255, 255, 0});
  Bytes early = bmp(24, 0, {}, Bytes(16, 0), 2);
  CHECK(outcome(early) == "ok");
  early[10] = 53;  // one byte within the header
  CHECK(outcome(early) == "corrupt");
  Bytes cut = bmp(24, 0, {}, Bytes(16, 0), 2);
  cut.resize(53);
  CHECK(outcome(cut) == "truncated");
  CHECK_THAT(samples::text_of(cut), Catch::Matchers::ContainsSubstring("the BMP ends within its header"));
}
