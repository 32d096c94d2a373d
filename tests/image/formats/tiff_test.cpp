#include <boxfeed/core/error.h>
#include <boxfeed/image/image_decoder.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "image/outcome.h"
#include "image/pixels.h"
#include "image/sample_images.h"
#include "support/catch.h"

namespace {

using boxfeed::Color;
using boxfeed::DecodeOptions;
using boxfeed::ImageDecoder;
using samples::Bytes;
using samples::first_row;
using samples::float_pixels;
using samples::level;
using samples::outcome;
using samples::pixel;
using samples::worst;

/// An uncompressed TIFF; every strip or tile is given whole.
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
  int bits = 16;

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
      lengths.push_back(block.size() * static_cast<std::size_t>(bits) / 8);
      end += lengths.back();
    }
    const auto number = [](int value) { return std::vector<std::size_t>{static_cast<std::size_t>(value)}; };
    std::vector<Entry> entries{
        {256, 4, number(width)},
        {257, 4, number(height)},
        {258, 3, std::vector<std::size_t>(static_cast<std::size_t>(samples), static_cast<std::size_t>(bits))},
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
      for (const int value : block) put(static_cast<std::size_t>(value), bits / 8);
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

cv::Mat decoded(const Tiff& tiff, int channels = 3, const std::optional<Color>& background = {}) {
  const cv::Mat little = float_pixels(tiff.bytes(true), channels, background);
  CHECK(worst(little, float_pixels(tiff.bytes(false), channels, background)) == 0);
  return little;
}

}  // namespace

TEST_CASE("of a TIFF with several pages the first is decoded") {
  const cv::Mat rgb = samples::picture(12, 10);
  samples::Bytes tiff;
  REQUIRE(cv::imencode(".tiff", rgb, tiff));
  CHECK_FALSE(ImageDecoder(DecodeOptions().allow_tiff(true)).decode(tiff).header.several_frames);
  std::vector<cv::Mat> pages{rgb, rgb};
  const std::string path = cv::tempfile(".tiff");
  REQUIRE(cv::imwritemulti(path, pages));
  std::ifstream file(path, std::ios::binary);
  const samples::Bytes two{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::remove(path.c_str());
  const auto image = ImageDecoder(DecodeOptions().allow_tiff(true)).decode(two);
  CHECK(image.header.several_frames);
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
  CHECK(worst(image.pixels, bgr) == 0);
}

TEST_CASE("16 bits of a TIFF become floats, however the samples lie") {
  Tiff tiff;
  SECTION("strips of several rows, the last one shorter") {
    tiff = {3, 2, 3, 2, -1, 1, 2, 0, {{257, 514, 771, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {65535, 0, 257, 10, 11, 12}}};
    const cv::Mat pixels = decoded(tiff);
    CHECK(first_row(pixels) == std::vector<float>{1, 2, 3, level(1), level(2), level(3)});
    CHECK(first_row(pixels.row(1)) == std::vector<float>{level(4), level(5), level(6), level(7), level(8), level(9)});
    CHECK(first_row(pixels.row(2)) == std::vector<float>{255, 0, 1, level(10), level(11), level(12)});
    // Without the option, 8 bits.
    CHECK(pixel(ImageDecoder(DecodeOptions().allow_tiff(true)).decode(tiff.bytes(true)).pixels, 0, 0) ==
          std::vector<int>{1, 2, 3});
  }
  SECTION("each sample by itself") {
    tiff = {1, 2, 3, 2, -1, 2, 1, 0, {{257, 1}, {514, 2}, {771, 3}}};
    CHECK(first_row(decoded(tiff)) == std::vector<float>{1, 2, 3, level(1), level(2), level(3)});
  }
  SECTION("each sample by itself, alpha among them, in strips of two rows") {
    tiff = {3, 1, 4, 2, 2, 2, 2, 0, {}};
    for (const int sample : {257, 514, 771})
      tiff.blocks.insert(tiff.blocks.end(), {{sample, 2 * sample}, {3 * sample}});
    tiff.blocks.insert(tiff.blocks.end(), {{65535, 0}, {65535}});
    const cv::Mat pixels = decoded(tiff, 3, Color{9, 8, 7});
    CHECK(first_row(pixels) == std::vector<float>{1, 2, 3});
    CHECK(first_row(pixels.row(1)) == std::vector<float>{9, 8, 7});
    CHECK(first_row(pixels.row(2)) == std::vector<float>{3, 6, 9});
  }
  SECTION("gray and alpha by themselves") {
    tiff = {1, 2, 2, 1, 2, 2, 1, 0, {{257, 514}, {65535, 0}}};
    CHECK(first_row(decoded(tiff, 1, Color{9, 9, 9})) == std::vector<float>{1, 9});
  }
  SECTION("tiles in two rows, that go beyond the image") {
    tiff = {19, 18, 3, 2, -1, 1, 1, 16, {}};
    const auto number = [](int y, int x, int c) { return 1000 * y + 30 * x + c; };
    for (const int top : {0, 16}) {
      for (const int left : {0, 16}) {
        auto& block = tiff.blocks.emplace_back();
        for (int i = 0; i < 16 * 16 * 3; ++i) block.push_back(number(top + i / 48, left + i / 3 % 16, i % 3));
      }
    }
    const cv::Mat pixels = decoded(tiff);
    REQUIRE(pixels.size() == cv::Size(18, 19));
    for (int y = 0; y < 19; ++y) {
      for (int x = 0; x < 18; ++x) {
        const cv::Vec3f expected(level(number(y, x, 0)), level(number(y, x, 1)), level(number(y, x, 2)));
        REQUIRE(pixels.at<cv::Vec3f>(y, x) == expected);
      }
    }
  }
  SECTION("tiles, that go beyond the image") {
    tiff = {2, 18, 1, 1, -1, 1, 1, 16, {std::vector<int>(256, 257), std::vector<int>(256, 514)}};
    auto expected = std::vector<float>(16, 1);
    expected.resize(18, 2);
    const cv::Mat pixels = decoded(tiff, 1);
    REQUIRE(pixels.rows == 2);
    CHECK(first_row(pixels) == expected);
    CHECK(first_row(pixels.row(1)) == expected);
  }
  SECTION("white is zero") {
    tiff = {1, 2, 1, 0, -1, 1, 1, 0, {{65535, 65535 - 257}}};
    CHECK(first_row(decoded(tiff, 1)) == std::vector<float>{0, 1});
  }
  SECTION("alpha, with the colors multiplied or not") {
    const Color blue{0, 0, 255};
    tiff = {1, 1, 4, 2, 2, 1, 1, 0, {{2570, 514, 257, 0}}};
    CHECK(first_row(decoded(tiff)) == std::vector<float>{10, 2, 1});
    CHECK(first_row(decoded(tiff, 3, blue)) == std::vector<float>{0, 0, 255});
    tiff = {1, 1, 4, 2, 1, 1, 1, 0, {{2570, 514, 0, 32768}}};  // half: twice as bright without it
    const auto divided = first_row(decoded(tiff));
    CHECK(divided[0] == Approx(20).margin(1e-2));
    CHECK(divided[1] == Approx(4).margin(1e-2));
    tiff = {1, 1, 2, 1, 2, 1, 1, 0, {{2570, 0}}};
    CHECK(first_row(decoded(tiff, 3, blue)) == std::vector<float>{0, 0, 255});
    CHECK(first_row(decoded(tiff, 1)) == std::vector<float>{10});
  }
}

TEST_CASE("a TIFF of 8 bits in small tiles, or with alpha, is read") {
  const auto options = DecodeOptions().allow_tiff(true);
  const Tiff tiles{1, 18, 1, 1, -1, 1, 1, 16, {std::vector<int>(256, 7), std::vector<int>(256, 9)}, 8};
  const cv::Mat gray = ImageDecoder(options, 1).decode(tiles.bytes(true)).pixels;
  CHECK(pixel(gray, 0, 15) == std::vector<int>{7});
  CHECK(pixel(gray, 0, 16) == std::vector<int>{9});
  // The colors of a kind of alpha are multiplied with it: 100 of 200 are a half, thus 200.
  const Tiff multiplied{1, 2, 4, 2, 1, 1, 1, 0, {{100, 50, 0, 128, 0, 0, 0, 0}}, 8};
  const cv::Mat dropped = ImageDecoder(options).decode(multiplied.bytes(true)).pixels.clone();
  CHECK(pixel(dropped, 0, 0) == std::vector<int>{199, 100, 0});
  CHECK(pixel(dropped, 0, 1) == std::vector<int>{0, 0, 0});
  const auto on_white = DecodeOptions(options).background(Color{255, 255, 255});
  CHECK(pixel(ImageDecoder(on_white).decode(multiplied.bytes(true)).pixels, 0, 1) == std::vector<int>{255, 255, 255});
}

TEST_CASE("a TIFF whose strips or tiles lie beyond its end is truncated") {
  const auto options = DecodeOptions().allow_tiff(true);
  for (const int tile : {0, 16}) {
    Bytes bytes = Tiff{16, 16, 1, 1, -1, 1, 16, tile, {std::vector<int>(256, 7)}, 8}.bytes(true);
    CHECK(outcome(bytes, options) == "ok");
    // The one block is at 8: moved to 4104.
    const Bytes entry{static_cast<std::uint8_t>(tile == 0 ? 0x11 : 0x44), 1, 4, 0, 1, 0, 0, 0, 8, 0, 0, 0};
    const auto place = std::search(bytes.begin(), bytes.end(), entry.begin(), entry.end());
    REQUIRE(place != bytes.end());
    *(place + 9) = 0x10;
    CHECK(outcome(bytes, options) == "truncated");
    CHECK(outcome(bytes, DecodeOptions(options).pixel_type(boxfeed::PixelType::kFloat32)) == "truncated");
  }
}

TEST_CASE("a TIFF of 16 bits that ends early or lies is refused") {
  const Tiff whole{2, 2, 1, 1, -1, 1, 1, 0, {{1, 2}, {3, 4}}};
  CHECK(first_row(float_pixels(whole.bytes(true)))[3] == level(2));
  Tiff lies = whole;
  lies.tile = 16;  // a tile of 512 bytes of which 4 are there
  CHECK_THROWS_AS(float_pixels(lies.bytes(true)), boxfeed::ImageError);
  const Bytes bytes = samples::encoded(cv::Mat(40, 50, CV_16UC3, cv::Scalar(1000, 2000, 3000)), ".tiff");
  for (const double share : {0.99, 0.9, 0.5, 0.1}) {
    CHECK_THROWS_AS(float_pixels(samples::cut(bytes, share)), boxfeed::ImageError);
  }
}
