#include <boxfeed/core/error.h>
#include <boxfeed/image/image_decoder.h>

#include <array>
#include <atomic>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <thread>
#include <vector>

#include "image/pixels.h"
#include "image/sample_images.h"
#include "support/catch.h"

namespace {

using boxfeed::DecodeOptions;
using boxfeed::ImageDecoder;
using boxfeed::ImageSize;
using samples::Bytes;
using samples::float_pixels;
using samples::worst;

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

TEST_CASE("with the header that was read before, the same is decoded") {
  const auto jpeg = samples::with_orientation(samples::jpeg(samples::picture(101, 203)), 6);
  ImageDecoder decoder;
  const auto first = decoder.decode_stored(jpeg, {50, 20}, "a.jpg");
  const auto again = decoder.decode_stored(jpeg, {50, 20}, "a.jpg", boxfeed::read_image_header(jpeg));
  CHECK(again.pixels.size() == cv::Size(51, 26));  // a quarter of what is stored
  CHECK(cv::norm(again.pixels, first.pixels, cv::NORM_INF) == 0);
  CHECK(again.to_displayed.entries() == first.to_displayed.entries());
  CHECK(again.header.orientation == 6);
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

TEST_CASE("decoders of several threads share nothing") {
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
  CHECK_THROWS_WITH(ImageDecoder({}, 2), "expected 1 or 3 channels, got 2");
  CHECK_THROWS_AS(ImageDecoder(DecodeOptions().max_pixels(0)), std::invalid_argument);
  CHECK_THROWS_AS(ImageDecoder(DecodeOptions().max_side(0)), std::invalid_argument);
  CHECK_NOTHROW(ImageDecoder(DecodeOptions().max_side(65535)));
  CHECK_THROWS_AS(ImageDecoder(DecodeOptions().max_side(65536)), std::invalid_argument);
  CHECK_THROWS_AS(ImageDecoder(DecodeOptions().max_scans(0)), std::invalid_argument);
}

TEST_CASE("asked for floats, an image of 8 bits and its twin of 16 are the same") {
  const cv::Mat rgb = samples::picture(13, 17);
  cv::Mat twin;
  rgb.convertTo(twin, CV_16U, 257);
  for (const char* extension : {".png", ".tiff"}) {
    const cv::Mat expected = float_pixels(samples::encoded(rgb, extension));
    cv::Mat same;
    rgb.convertTo(same, CV_32F);
    CHECK(worst(expected, same) == 0);
    CHECK(worst(float_pixels(samples::encoded(twin, extension)), expected) == 0);
    CHECK(worst(float_pixels(samples::encoded(twin, extension), 1),
                float_pixels(samples::encoded(rgb, extension), 1)) == 0);
  }
  for (const auto& bytes : {samples::jpeg(rgb), samples::encoded(rgb, ".bmp"), samples::encoded(rgb, ".webp")}) {
    cv::Mat same;
    ImageDecoder().decode(bytes).pixels.convertTo(same, CV_32F);
    CHECK(worst(float_pixels(bytes), same) == 0);
  }
}

TEST_CASE("an image of floats is turned as its EXIF orientation says") {
  const Bytes plain = samples::png(1, 2, {1, 1, 2, 2}, {16, 0, {}, {}, false});
  const cv::Mat turned = float_pixels(samples::with_chunk(plain, "eXIf", samples::exif(6)), 1);
  REQUIRE(turned.size() == cv::Size(1, 2));
  CHECK(turned.at<float>(0, 0) == 1);
  CHECK(turned.at<float>(1, 0) == 2);
}
