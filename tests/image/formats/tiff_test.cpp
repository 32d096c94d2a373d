#include <boxfeed/core/error.h>
#include <boxfeed/image/image_decoder.h>

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
using samples::pixel;
using samples::worst;

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
  SECTION("tiles, that go beyond the image") {
    tiff = {1, 18, 1, 1, -1, 1, 1, 16, {std::vector<int>(256, 257), std::vector<int>(256, 514)}};
    auto expected = std::vector<float>(16, 1);
    expected.resize(18, 2);
    CHECK(first_row(decoded(tiff, 1)) == expected);
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
