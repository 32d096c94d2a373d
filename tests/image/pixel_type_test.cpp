// Files of 16 bits, as 8 bits and as floats.
#include <boxfeed/core/error.h>
#include <boxfeed/image/image_decoder.h>

#include <opencv2/core.hpp>
#include <vector>

#include "image/pixels.h"
#include "image/sample_images.h"
#include "support/catch.h"

namespace {

using boxfeed::Color;
using boxfeed::DecodeOptions;
using boxfeed::ImageDecoder;
using boxfeed::PixelType;
using samples::Bytes;
using samples::pixel;
using samples::worst;

DecodeOptions floats(int channels = 3) {
  return DecodeOptions().channels(channels).allow_tiff(true).pixel_type(PixelType::kFloat32);
}

/// The numbers of the first row.
std::vector<float> first_row(const cv::Mat& pixels) {
  REQUIRE(pixels.depth() == CV_32F);
  const auto* row = pixels.ptr<float>();
  return std::vector<float>(row, row + pixels.cols * pixels.channels());
}

/// What 16 bits become.
float level(int number) { return static_cast<float>(number) / 257.0F; }

/// Numbers of 16 bits, the upper byte first.
Bytes big_endian(const std::vector<int>& numbers) {
  Bytes out;
  for (const int number : numbers) {
    out.push_back(static_cast<std::uint8_t>(number >> 8));
    out.push_back(static_cast<std::uint8_t>(number));
  }
  return out;
}

/// An uncompressed TIFF of 16 bits; every strip or tile is given whole.
struct Tiff {
  int height = 1;
  int width = 1;
  int samples = 1;
  int photometric = 1;  ///< 0 white is zero, 1 black is zero, 2 RGB
  int extra = -1;       ///< the fourth sample: 1 alpha that the colors are multiplied with, 2 alpha
  int planar = 1;       ///< 2: each sample by itself
  int rows_per_strip = 1;
  int tile = 0;
  std::vector<std::vector<int>> blocks;

  Bytes bytes(bool little_endian) const {
    Bytes out;
    const auto put = [&](std::size_t value, int count) {
      for (int i = 0; i < count; ++i) {
        out.push_back(static_cast<std::uint8_t>(value >> (8 * (little_endian ? i : count - 1 - i))));
      }
    };
    struct Entry {
      int tag;
      int type;  // 3: two bytes, 4: four
      std::vector<std::size_t> values;
    };
    // Header, the blocks, then the directory and the values that do not fit into it.
    std::vector<std::size_t> offsets, lengths;
    std::size_t end = 8;
    for (const auto& block : blocks) {
      offsets.push_back(end);
      lengths.push_back(2 * block.size());
      end += 2 * block.size();
    }
    const auto number = [](int value) { return std::vector<std::size_t>{static_cast<std::size_t>(value)}; };
    std::vector<Entry> entries{{256, 4, number(width)},
                               {257, 4, number(height)},
                               {258, 3, std::vector<std::size_t>(static_cast<std::size_t>(samples), 16)},
                               {259, 3, number(1)},
                               {262, 3, number(photometric)}};
    if (tile == 0) entries.push_back({273, 4, offsets});
    entries.push_back({277, 3, number(samples)});
    if (tile == 0) {
      entries.push_back({278, 4, number(rows_per_strip)});
      entries.push_back({279, 4, lengths});
    }
    entries.push_back({284, 3, number(planar)});
    if (tile != 0) {
      entries.push_back({322, 4, number(tile)});
      entries.push_back({323, 4, number(tile)});
      entries.push_back({324, 4, offsets});
      entries.push_back({325, 4, lengths});
    }
    if (extra >= 0) entries.push_back({338, 3, number(extra)});

    out = little_endian ? Bytes{'I', 'I'} : Bytes{'M', 'M'};
    put(42, 2);
    put(end, 4);
    for (const auto& block : blocks) {
      for (const int value : block) put(static_cast<std::size_t>(value), 2);
    }
    std::size_t spare = end + 2 + 12 * entries.size() + 4;
    put(entries.size(), 2);
    const auto size = [](const Entry& entry) { return entry.values.size() * (entry.type == 3 ? 2U : 4U); };
    for (const auto& entry : entries) {
      put(static_cast<std::size_t>(entry.tag), 2);
      put(static_cast<std::size_t>(entry.type), 2);
      put(entry.values.size(), 4);
      if (size(entry) > 4) {
        put(spare, 4);
        spare += size(entry);
        continue;
      }
      for (const auto value : entry.values) put(value, entry.type == 3 ? 2 : 4);
      for (auto i = size(entry); i < 4; ++i) out.push_back(0);
    }
    put(0, 4);
    for (const auto& entry : entries) {
      if (size(entry) <= 4) continue;
      for (const auto value : entry.values) put(value, entry.type == 3 ? 2 : 4);
    }
    return out;
  }
};

cv::Mat decoded(const Tiff& tiff, const DecodeOptions& options) {
  const cv::Mat little = ImageDecoder(options).decode(tiff.bytes(true)).pixels;
  CHECK(worst(little, ImageDecoder(options).decode(tiff.bytes(false)).pixels) == 0);
  return little;
}

}  // namespace

TEST_CASE("16 bits become 8, the lower half cut off") {
  const samples::Bytes packed{0x12, 0xFF, 0x80, 0x00, 0xFF, 0x01};
  const auto gray = samples::png(1, 3, packed, {16, 0, {}, {}, false});
  CHECK(pixel(ImageDecoder(DecodeOptions().channels(1)).decode(gray).pixels, 0, 0) == std::vector<int>{0x12});
  CHECK(pixel(ImageDecoder(DecodeOptions().channels(1)).decode(gray).pixels, 0, 1) == std::vector<int>{0x80});
  const auto image = ImageDecoder().decode(samples::png(1, 1, packed, {16, 2, {}, {}, false}));
  CHECK(image.header.bit_depth == 16);
  CHECK(pixel(image.pixels, 0, 0) == std::vector<int>{0x12, 0x80, 0xFF});
}

TEST_CASE("I14: by option 16 bits of a PNG become floats, in units of 8-bit levels") {
  const Bytes packed = big_endian({0, 257, 65535, 1, 0x8000, 0x12FF});
  const std::vector<float> expected{0, 1, 255, level(1), level(0x8000), level(0x12FF)};
  CHECK(first_row(ImageDecoder(floats(1)).decode(samples::png(1, 6, packed, {16, 0, {}, {}, false})).pixels) ==
        expected);
  const auto rgb = ImageDecoder(floats()).decode(samples::png(1, 2, packed, {16, 2, {}, {}, false}));
  CHECK(rgb.pixels.type() == CV_32FC3);
  CHECK(first_row(rgb.pixels) == expected);
  CHECK(first_row(ImageDecoder(floats()).decode(samples::png(1, 2, packed, {16, 2, {}, {}, true})).pixels) == expected);
  const auto three = ImageDecoder(floats()).decode(samples::png(1, 1, big_endian({500}), {16, 0, {}, {}, false}));
  CHECK(first_row(three.pixels) == std::vector<float>(3, level(500)));
  // ITU-R BT.601 of pure red.
  const auto red =
      ImageDecoder(floats(1)).decode(samples::png(1, 1, big_endian({65535, 0, 0}), {16, 2, {}, {}, false}));
  CHECK(first_row(red.pixels)[0] == Approx(255 * 0.299).margin(2e-3));
}

TEST_CASE("I14: alpha of 16 bits is dropped or composed in floats") {
  const auto png = samples::png(1, 2, big_endian({2570, 257, 0, 65535, 2570, 257, 0, 16384}), {16, 6, {}, {}, false});
  CHECK(first_row(ImageDecoder(floats()).decode(png).pixels) == std::vector<float>{10, 1, 0, 10, 1, 0});
  const auto on_blue = first_row(ImageDecoder(floats().background(Color{0, 0, 255})).decode(png).pixels);
  CHECK(on_blue[0] == Approx(10));
  const double share = 16384 / 65535.0;
  CHECK(on_blue[3] == Approx(10 * share));
  CHECK(on_blue[5] == Approx(255 * (1 - share)));
  // The one color that a tRNS chunk calls transparent, at its 16 bits.
  const auto keyed = samples::with_chunk(samples::png(1, 2, big_endian({300, 301}), {16, 0, {}, {}, false}), "tRNS",
                                         big_endian({300}));
  CHECK(first_row(ImageDecoder(floats().background(Color{9, 9, 9})).decode(keyed).pixels) ==
        std::vector<float>{9, 9, 9, level(301), level(301), level(301)});
}

TEST_CASE("I14: asked for floats, an image of 8 bits and its twin of 16 are the same") {
  const cv::Mat rgb = samples::picture(13, 17);
  cv::Mat twin;
  rgb.convertTo(twin, CV_16U, 257);
  for (const char* extension : {".png", ".tiff"}) {
    const cv::Mat expected = ImageDecoder(floats()).decode(samples::encoded(rgb, extension)).pixels;
    cv::Mat same;
    rgb.convertTo(same, CV_32F);
    CHECK(worst(expected, same) == 0);
    CHECK(worst(ImageDecoder(floats()).decode(samples::encoded(twin, extension)).pixels, expected) == 0);
    CHECK(worst(ImageDecoder(floats(1)).decode(samples::encoded(twin, extension)).pixels,
                ImageDecoder(floats(1)).decode(samples::encoded(rgb, extension)).pixels) == 0);
  }
  for (const auto& bytes : {samples::jpeg(rgb), samples::encoded(rgb, ".bmp"), samples::encoded(rgb, ".webp")}) {
    cv::Mat same;
    ImageDecoder().decode(bytes).pixels.convertTo(same, CV_32F);
    CHECK(worst(ImageDecoder(floats()).decode(bytes).pixels, same) == 0);
  }
}

TEST_CASE("I14: an image of floats is turned as its EXIF orientation says") {
  const Bytes plain = samples::png(1, 2, big_endian({257, 514}), {16, 0, {}, {}, false});
  const cv::Mat turned = ImageDecoder(floats(1)).decode(samples::with_chunk(plain, "eXIf", samples::exif(6))).pixels;
  REQUIRE(turned.size() == cv::Size(1, 2));
  CHECK(turned.at<float>(0, 0) == 1);
  CHECK(turned.at<float>(1, 0) == 2);
}

TEST_CASE("I14: 16 bits of a TIFF become floats, however the samples lie") {
  Tiff tiff;
  SECTION("strips of several rows, the last one shorter") {
    tiff = {3, 2, 3, 2, -1, 1, 2, 0, {{257, 514, 771, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {65535, 0, 257, 10, 11, 12}}};
    const cv::Mat pixels = decoded(tiff, floats());
    CHECK(first_row(pixels) == std::vector<float>{1, 2, 3, level(1), level(2), level(3)});
    CHECK(first_row(pixels.row(1)) == std::vector<float>{level(4), level(5), level(6), level(7), level(8), level(9)});
    CHECK(first_row(pixels.row(2)) == std::vector<float>{255, 0, 1, level(10), level(11), level(12)});
    // Without the option, 8 bits.
    CHECK(pixel(ImageDecoder(DecodeOptions().allow_tiff(true)).decode(tiff.bytes(true)).pixels, 0, 0) ==
          std::vector<int>{1, 2, 3});
  }
  SECTION("each sample by itself") {
    tiff = {1, 2, 3, 2, -1, 2, 1, 0, {{257, 1}, {514, 2}, {771, 3}}};
    CHECK(first_row(decoded(tiff, floats())) == std::vector<float>{1, 2, 3, level(1), level(2), level(3)});
  }
  SECTION("tiles, that go beyond the image") {
    tiff = {1, 18, 1, 1, -1, 1, 1, 16, {std::vector<int>(256, 257), std::vector<int>(256, 514)}};
    auto expected = std::vector<float>(16, 1);
    expected.resize(18, 2);
    CHECK(first_row(decoded(tiff, floats(1))) == expected);
  }
  SECTION("white is zero") {
    tiff = {1, 2, 1, 0, -1, 1, 1, 0, {{65535, 65535 - 257}}};
    CHECK(first_row(decoded(tiff, floats(1))) == std::vector<float>{0, 1});
  }
  SECTION("alpha, with the colors multiplied or not") {
    const auto blue = floats().background(Color{0, 0, 255});
    tiff = {1, 1, 4, 2, 2, 1, 1, 0, {{2570, 514, 257, 0}}};
    CHECK(first_row(decoded(tiff, floats())) == std::vector<float>{10, 2, 1});
    CHECK(first_row(decoded(tiff, blue)) == std::vector<float>{0, 0, 255});
    tiff = {1, 1, 4, 2, 1, 1, 1, 0, {{2570, 514, 0, 32768}}};  // half: twice as bright without it
    const auto divided = first_row(decoded(tiff, floats()));
    CHECK(divided[0] == Approx(20).margin(1e-2));
    CHECK(divided[1] == Approx(4).margin(1e-2));
    tiff = {1, 1, 2, 1, 2, 1, 1, 0, {{2570, 0}}};
    CHECK(first_row(decoded(tiff, blue)) == std::vector<float>{0, 0, 255});
    CHECK(first_row(decoded(tiff, floats(1))) == std::vector<float>{10});
  }
}

TEST_CASE("I14: a TIFF of 16 bits that ends early or lies is refused") {
  const Tiff whole{2, 2, 1, 1, -1, 1, 1, 0, {{1, 2}, {3, 4}}};
  ImageDecoder decoder(floats());
  CHECK(first_row(decoder.decode(whole.bytes(true)).pixels)[3] == level(2));
  Tiff lies = whole;
  lies.tile = 16;  // a tile of 512 bytes of which 4 are there
  CHECK_THROWS_AS(decoder.decode(lies.bytes(true)), boxfeed::ImageError);
  const Bytes bytes = samples::encoded(cv::Mat(40, 50, CV_16UC3, cv::Scalar(1000, 2000, 3000)), ".tiff");
  for (const double share : {0.99, 0.9, 0.5, 0.1}) {
    CHECK_THROWS_AS(decoder.decode(samples::cut(bytes, share)), boxfeed::ImageError);
  }
}
