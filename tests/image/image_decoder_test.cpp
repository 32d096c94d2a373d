#include <boxfeed/core/error.h>
#include <boxfeed/image/image_decoder.h>
#include <boxfeed/image/resize.h>

#include <atomic>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <thread>
#include <vector>

#include "image/jpeg_codec.h"
#include "sample_images.h"
#include "support/catch.h"

namespace {

using boxfeed::Colour;
using boxfeed::DecodedImage;
using boxfeed::DecodeOptions;
using boxfeed::ImageDecoder;
using boxfeed::ImageFormat;
using boxfeed::ImageSize;

double worst(const cv::Mat& a, const cv::Mat& b) {
  REQUIRE(a.size() == b.size());
  REQUIRE(a.type() == b.type());
  return cv::norm(a, b, cv::NORM_INF);
}

std::vector<int> pixel(const cv::Mat& image, int y, int x) {
  const auto* p = image.ptr(y) + x * image.channels();
  return std::vector<int>(p, p + image.channels());
}

cv::Mat grey_of(const cv::Mat& rgb) {
  cv::Mat grey;
  cv::cvtColor(rgb, grey, cv::COLOR_RGB2GRAY);
  return grey;
}

/// Where the reddest pixel is.
cv::Point reddest(const cv::Mat& rgb) {
  cv::Mat planes[3];
  cv::split(rgb, planes);
  cv::Mat redness = planes[0] - planes[1];
  cv::GaussianBlur(redness, redness, cv::Size(5, 5), 0);
  cv::Point place;
  cv::minMaxLoc(redness, nullptr, nullptr, nullptr, &place);
  return place;
}

}  // namespace

TEST_CASE("a JPEG is decoded at the smallest scale that serves") {
  const auto jpeg = samples::jpeg(samples::picture(101, 203));
  ImageDecoder decoder;
  const auto size_for = [&](ImageSize at_least) {
    const auto pixels = decoder.decode(jpeg, at_least).pixels;
    return ImageSize{pixels.rows, pixels.cols};
  };
  CHECK(size_for({0, 0}) == ImageSize{101, 203});
  CHECK(size_for({52, 10}) == ImageSize{101, 203});
  CHECK(size_for({51, 102}) == ImageSize{51, 102});
  CHECK(size_for({26, 51}) == ImageSize{26, 51});
  CHECK(size_for({1, 1}) == ImageSize{13, 26});
  CHECK(size_for({1000, 1000}) == ImageSize{101, 203});
}

TEST_CASE("the map of a reduced image leads to the original's coordinates") {
  const auto image = ImageDecoder().decode(samples::jpeg(samples::picture(101, 203)), {26, 51});
  // A quarter of the size: 51 columns cover 204 of which 203 are there.
  CHECK(image.to_displayed.apply(51, 26) == std::array<double, 2>{204, 104});
}

TEST_CASE("every format gives the pixels that were put in") {
  const cv::Mat rgb = samples::picture(37, 53);
  ImageDecoder decoder(DecodeOptions().allow_tiff(true));
  CHECK(worst(decoder.decode(samples::jpeg(rgb, {100, true, false, false})).pixels, rgb) <= 3);
  CHECK(worst(decoder.decode(samples::jpeg(rgb, {100, true, true, false})).pixels, rgb) <= 3);
  CHECK(worst(decoder.decode(samples::encoded(rgb, ".png")).pixels, rgb) == 0);
  CHECK(worst(decoder.decode(samples::encoded(rgb, ".bmp")).pixels, rgb) == 0);
  CHECK(worst(decoder.decode(samples::encoded(rgb, ".webp", {cv::IMWRITE_WEBP_QUALITY, 101})).pixels, rgb) == 0);
  CHECK(worst(decoder.decode(samples::encoded(rgb, ".tiff")).pixels, rgb) == 0);
}

TEST_CASE("one channel is the luminance of every format") {
  const cv::Mat rgb = samples::picture(37, 53), grey = grey_of(rgb);
  ImageDecoder decoder(DecodeOptions().channels(1).allow_tiff(true));
  CHECK(worst(decoder.decode(samples::jpeg(rgb, {100, true, false, false})).pixels, grey) <= 2);
  for (const char* extension : {".png", ".bmp", ".tiff"}) {
    CHECK(worst(decoder.decode(samples::encoded(rgb, extension)).pixels, grey) <= 1);
  }
  CHECK(worst(decoder.decode(samples::encoded(grey, ".png")).pixels, grey) == 0);
}

TEST_CASE("a grey file gives three equal channels, or one") {
  const cv::Mat rgb = samples::picture(24, 40), grey = grey_of(rgb);
  cv::Mat three;
  cv::cvtColor(grey, three, cv::COLOR_GRAY2RGB);
  const auto jpeg = samples::jpeg(rgb, {100, false, false, false});
  CHECK(worst(ImageDecoder().decode(jpeg).pixels, three) <= 1);
  CHECK(worst(ImageDecoder(DecodeOptions().channels(1)).decode(jpeg).pixels, grey) <= 1);
  CHECK(worst(ImageDecoder().decode(samples::encoded(grey, ".png")).pixels, three) == 0);
}

TEST_CASE("four inks become RGB as OpenCV makes it") {
  const cv::Mat rgb = samples::picture(40, 64);
  for (const auto& bytes : {samples::jpeg(rgb, {95, true, false, true}), samples::cmyk_jpeg(rgb)}) {
    const cv::Mat bgr = cv::imdecode(bytes, cv::IMREAD_COLOR);
    cv::Mat expected;
    cv::cvtColor(bgr, expected, cv::COLOR_BGR2RGB);
    const auto image = ImageDecoder().decode(bytes);
    CHECK(image.header.channels == 4);
    CHECK(worst(image.pixels, expected) <= 2);
    CHECK(worst(ImageDecoder(DecodeOptions().channels(1)).decode(bytes).pixels, grey_of(expected)) <= 2);
  }
}

TEST_CASE("16 bits become 8, the lower half cut off") {
  const samples::Bytes packed{0x12, 0xFF, 0x80, 0x00, 0xFF, 0x01};
  const auto grey = samples::png(1, 3, packed, {16, 0, {}, {}, false});
  CHECK(pixel(ImageDecoder(DecodeOptions().channels(1)).decode(grey).pixels, 0, 0) == std::vector<int>{0x12});
  CHECK(pixel(ImageDecoder(DecodeOptions().channels(1)).decode(grey).pixels, 0, 1) == std::vector<int>{0x80});
  const auto image = ImageDecoder().decode(samples::png(1, 1, packed, {16, 2, {}, {}, false}));
  CHECK(image.header.bit_depth == 16);
  CHECK(pixel(image.pixels, 0, 0) == std::vector<int>{0x12, 0x80, 0xFF});
}

TEST_CASE("alpha is dropped, or composed on a colour") {
  const samples::Bytes rgba{200, 100, 50, 255, 200, 100, 50, 0, 200, 100, 50, 51};
  const auto composed = DecodeOptions().background(Colour{0, 0, 255});
  SECTION("RGBA") {
    const auto png = samples::png(1, 3, rgba, {8, 6, {}, {}, false});
    const cv::Mat dropped = ImageDecoder().decode(png).pixels.clone();
    for (int x = 0; x < 3; ++x) CHECK(pixel(dropped, 0, x) == std::vector<int>{200, 100, 50});
    const cv::Mat on_blue = ImageDecoder(composed).decode(png).pixels;
    CHECK(pixel(on_blue, 0, 0) == std::vector<int>{200, 100, 50});
    CHECK(pixel(on_blue, 0, 1) == std::vector<int>{0, 0, 255});
    CHECK(pixel(on_blue, 0, 2) == std::vector<int>{40, 20, 214});  // a fifth
  }
  SECTION("grey and alpha") {
    const auto png = samples::png(1, 2, {80, 255, 80, 0}, {8, 4, {}, {}, false});
    CHECK(pixel(ImageDecoder().decode(png).pixels, 0, 1) == std::vector<int>{80, 80, 80});
    CHECK(pixel(ImageDecoder(composed).decode(png).pixels, 0, 1) == std::vector<int>{0, 0, 255});
    CHECK(pixel(ImageDecoder(DecodeOptions().channels(1)).decode(png).pixels, 0, 1) == std::vector<int>{80});
  }
  SECTION("a palette with a transparent colour, two bits a pixel") {
    const auto png =
        samples::png(1, 4, {0x1B}, {2, 3, {1, 2, 3, 10, 20, 30, 100, 110, 120, 200, 210, 220}, {255, 0}, false});
    const cv::Mat dropped = ImageDecoder().decode(png).pixels.clone();
    CHECK(pixel(dropped, 0, 0) == std::vector<int>{1, 2, 3});
    CHECK(pixel(dropped, 0, 1) == std::vector<int>{10, 20, 30});
    CHECK(pixel(dropped, 0, 3) == std::vector<int>{200, 210, 220});
    CHECK(pixel(ImageDecoder(composed).decode(png).pixels, 0, 1) == std::vector<int>{0, 0, 255});
  }
  SECTION("WebP") {
    cv::Mat image(4, 4, CV_8UC4, cv::Scalar(200, 100, 50, 0));
    const auto webp = samples::encoded(image, ".webp", {cv::IMWRITE_WEBP_QUALITY, 101});
    CHECK(pixel(ImageDecoder(composed).decode(webp).pixels, 2, 2) == std::vector<int>{0, 0, 255});
  }
}

TEST_CASE("a BMP of any depth gives its colours, from the bottom up or from the top down") {
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
  // 5 bits of each colour: 0x7C00 is all red, 0x001F all blue; with masks, 6 bits of green.
  check(bmp(16, 0, {}, {0, 0, 0x1F, 0, 0, 0x7C, 0, 0}, 2), {255, 0, 0}, {0, 0, 255});
  check(bmp(16, 3, {0, 0xF8, 0, 0, 0xE0, 7, 0, 0, 0x1F, 0, 0, 0}, {0, 0, 0xE0, 0x07, 0, 0xF8, 0, 0}, 2), {255, 0, 0},
        {0, 255, 0});
  check(bmp(32, 0, {}, {0, 0, 0, 0, 3, 2, 1, 9, 6, 5, 4, 9, 0, 0, 0, 0}, 2), {4, 5, 6}, {1, 2, 3});
  CHECK_THROWS_AS(ImageDecoder().decode(bmp(8, 0, palette, {0, 1, 0, 0, 3, 0, 0, 0}, 2)), boxfeed::ImageError);
  const cv::Mat grey = grey_of(samples::picture(9, 13));
  CHECK(worst(ImageDecoder(DecodeOptions().channels(1)).decode(samples::encoded(grey, ".bmp")).pixels, grey) == 0);
}

TEST_CASE("an interlaced PNG is read whole") {
  const cv::Mat rgb = samples::picture(19, 23);
  const samples::Bytes packed(rgb.data, rgb.data + rgb.total() * 3);
  CHECK(worst(ImageDecoder().decode(samples::png(19, 23, packed, {8, 2, {}, {}, true})).pixels, rgb) == 0);
}

TEST_CASE("of an animation the first frame is decoded, on its canvas") {
  const cv::Mat rgb = samples::picture(12, 10);
  const auto image = ImageDecoder().decode(samples::animated_webp(rgb));
  CHECK(image.header.several_frames);
  REQUIRE(image.header.stored == ImageSize{16, 12});
  CHECK(worst(image.pixels(cv::Rect(2, 4, 10, 12)).clone(), rgb) == 0);
  CHECK(pixel(image.pixels, 0, 0) == std::vector<int>{0, 0, 0});
}

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

TEST_CASE("each EXIF orientation shows the picture upright, pixels and coordinates alike") {
  // A red spot near the top left corner of what is to be shown; stored so that the orientation brings it there.
  cv::Mat shown(48, 80, CV_8UC3, cv::Scalar(10, 10, 10));
  shown(cv::Rect(16, 8, 8, 8)).setTo(cv::Scalar(250, 10, 10));
  for (int orientation = 1; orientation <= 8; ++orientation) {
    INFO("orientation " << orientation);
    // Each of the eight undoes itself, but 6 and 8, which undo each other.
    cv::Mat stored;
    switch (orientation) {
      case 1: stored = shown.clone(); break;
      case 2: cv::flip(shown, stored, 1); break;
      case 3: cv::rotate(shown, stored, cv::ROTATE_180); break;
      case 4: cv::flip(shown, stored, 0); break;
      case 5: cv::transpose(shown, stored); break;
      case 6: cv::rotate(shown, stored, cv::ROTATE_90_COUNTERCLOCKWISE); break;
      case 7:
        cv::rotate(shown, stored, cv::ROTATE_180);
        cv::transpose(stored, stored);
        break;
      case 8: cv::rotate(shown, stored, cv::ROTATE_90_CLOCKWISE); break;
      default: break;
    }
    const auto bytes = samples::with_orientation(samples::jpeg(stored), orientation);
    for (const int reduction : {1, 2, 4}) {
      const ImageSize at_least{shown.rows / reduction, shown.cols / reduction};
      ImageDecoder decoder;
      const DecodedImage turned = decoder.decode(bytes, at_least);
      CHECK(turned.header.orientation == orientation);
      CHECK(turned.header.displayed() == ImageSize{48, 80});
      REQUIRE(turned.pixels.rows == at_least.height);
      REQUIRE(turned.pixels.cols == at_least.width);
      cv::Point spot = reddest(turned.pixels);
      auto place = turned.to_displayed.apply(spot.x + 0.5, spot.y + 0.5);
      CHECK(std::abs(place[0] - 20) <= 4);
      CHECK(std::abs(place[1] - 12) <= 4);

      const DecodedImage as_stored = decoder.decode_stored(bytes, at_least);
      CHECK(as_stored.pixels.rows * reduction == stored.rows);
      spot = reddest(as_stored.pixels);
      place = as_stored.to_displayed.apply(spot.x + 0.5, spot.y + 0.5);
      CHECK(std::abs(place[0] - 20) <= 4);
      CHECK(std::abs(place[1] - 12) <= 4);

      // The resampler turns stored pixels by the map alone.
      cv::Mat out(24, 40, CV_8UC3);
      boxfeed::Resampler().resample(as_stored.pixels, boxfeed::resize_map({48, 80}, {24, 40}) * as_stored.to_displayed,
                                    out);
      CHECK(std::abs(reddest(out).x - 10) <= 2);
      CHECK(std::abs(reddest(out).y - 6) <= 2);
    }
    const auto raw = ImageDecoder(DecodeOptions().apply_orientation(false)).decode(bytes);
    CHECK(raw.header.orientation == 1);
    CHECK(raw.pixels.size() == stored.size());
    CHECK(raw.header.displayed() == raw.header.stored);
  }
}

TEST_CASE("turning a reduced image of odd sides keeps the coordinates exact") {
  const auto jpeg = samples::jpeg(samples::picture(101, 203));
  for (int orientation = 1; orientation <= 8; ++orientation) {
    INFO("orientation " << orientation);
    const auto bytes = samples::with_orientation(jpeg, orientation);
    ImageDecoder decoder;
    const auto stored = decoder.decode_stored(bytes, {51, 51});
    const auto turned = decoder.decode(bytes, {51, 51});
    // The pixel at the stored image's origin covers the original's first two rows and columns, turned or not.
    const auto expected = boxfeed::orientation_map({101, 203}, orientation).apply(boxfeed::Box{0, 0, 2, 2});
    CHECK(stored.to_displayed.apply(boxfeed::Box{0, 0, 1, 1}) == expected);
    const ImageSize size{stored.pixels.rows, stored.pixels.cols};
    const auto pixel_turned = boxfeed::orientation_map(size, orientation).apply(boxfeed::Box{0, 0, 1, 1});
    CHECK(turned.to_displayed.apply(pixel_turned) == expected);
  }
}

TEST_CASE("orientation counts in PNG, WebP and TIFF too") {
  const cv::Mat rgb = samples::picture(10, 20);
  CHECK(ImageDecoder()
            .decode(samples::with_chunk(samples::encoded(rgb, ".png"), "eXIf", samples::exif(6)))
            .pixels.size() == cv::Size(10, 20));
  cv::Mat expected;
  cv::rotate(rgb, expected, cv::ROTATE_90_CLOCKWISE);
  CHECK(worst(ImageDecoder()
                  .decode(samples::with_chunk(samples::encoded(rgb, ".png"), "eXIf", samples::exif(6, false)))
                  .pixels,
              expected) == 0);
}

TEST_CASE("the memory of pixels is used again, unless somebody keeps them") {
  const auto jpeg = samples::jpeg(samples::picture(64, 64));
  ImageDecoder decoder;
  const std::uint8_t* first = decoder.decode(jpeg).pixels.data;
  CHECK(decoder.decode(jpeg).pixels.data == first);
  const cv::Mat kept = decoder.decode(jpeg).pixels;
  const cv::Mat copy = kept.clone();
  decoder.decode(samples::jpeg(cv::Mat(64, 64, CV_8UC3, cv::Scalar::all(9))));
  CHECK(worst(kept, copy) == 0);
}

TEST_CASE("I24: decoders of several threads share nothing") {
  const auto jpeg = samples::jpeg(samples::picture(60, 90));
  const auto png = samples::encoded(samples::picture(60, 90), ".png");
  const auto webp = samples::encoded(samples::picture(60, 90), ".webp");
  const auto damaged = samples::cut(jpeg, 0.5);
  const auto sum = [](const cv::Mat& pixels) { return cv::sum(pixels); };
  ImageDecoder reference;
  const cv::Scalar expected[] = {sum(reference.decode(jpeg).pixels), sum(reference.decode(png).pixels),
                                 sum(reference.decode(webp).pixels)};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      ImageDecoder decoder;
      for (int i = 0; i < 25; ++i) {
        int at = 0;
        for (const auto* bytes : {&jpeg, &png, &webp}) {
          wrong += sum(decoder.decode(*bytes).pixels) == expected[at++] ? 0 : 1;
        }
        try {
          decoder.decode(damaged);
          ++wrong;
        } catch (const boxfeed::ImageError&) {
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("options that cannot be are refused at construction") {
  CHECK_THROWS_WITH(ImageDecoder(DecodeOptions().channels(2)), "DecodeOptions: expected channels of 1 or 3, got 2");
  CHECK_THROWS_AS(ImageDecoder(DecodeOptions().max_pixels(0)), std::invalid_argument);
  CHECK_THROWS_AS(ImageDecoder(DecodeOptions().max_side(0)), std::invalid_argument);
  CHECK_THROWS_AS(ImageDecoder(DecodeOptions().min_side(0)), std::invalid_argument);
  CHECK_THROWS_AS(ImageDecoder(DecodeOptions().max_scans(0)), std::invalid_argument);
}
