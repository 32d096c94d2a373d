#include <boxfeed/image/image_decoder.h>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "image/pixels.h"
#include "image/sample_images.h"
#include "support/catch.h"

namespace {

using boxfeed::Color;
using boxfeed::DecodeOptions;
using boxfeed::ImageDecoder;
using samples::gray_of;
using samples::pixel;
using samples::worst;

}  // namespace

TEST_CASE("one channel is the luminance of every format") {
  const cv::Mat rgb = samples::picture(37, 53), gray = gray_of(rgb);
  ImageDecoder decoder(DecodeOptions().allow_tiff(true), 1);
  CHECK(worst(decoder.decode(samples::jpeg(rgb, {100, true, false, false})).pixels, gray) <= 2);
  for (const char* extension : {".png", ".bmp", ".tiff"}) {
    CHECK(worst(decoder.decode(samples::encoded(rgb, extension)).pixels, gray) <= 1);
  }
  CHECK(worst(decoder.decode(samples::encoded(gray, ".png")).pixels, gray) == 0);
}

TEST_CASE("a gray file gives three equal channels, or one") {
  const cv::Mat rgb = samples::picture(24, 40), gray = gray_of(rgb);
  cv::Mat three;
  cv::cvtColor(gray, three, cv::COLOR_GRAY2RGB);
  const auto jpeg = samples::jpeg(rgb, {100, false, false, false});
  CHECK(worst(ImageDecoder().decode(jpeg).pixels, three) <= 1);
  CHECK(worst(ImageDecoder({}, 1).decode(jpeg).pixels, gray) <= 1);
  CHECK(worst(ImageDecoder().decode(samples::encoded(gray, ".png")).pixels, three) == 0);
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
    CHECK(worst(ImageDecoder({}, 1).decode(bytes).pixels, gray_of(expected)) <= 2);
  }
}

TEST_CASE("alpha is dropped, or composed on a color") {
  const samples::Bytes rgba{200, 100, 50, 255, 200, 100, 50, 0, 200, 100, 50, 51};
  const auto composed = DecodeOptions().background(Color{0, 0, 255});
  SECTION("RGBA") {
    const auto png = samples::png(1, 3, rgba, {8, 6, {}, {}, false});
    const cv::Mat dropped = ImageDecoder().decode(png).pixels.clone();
    for (int x = 0; x < 3; ++x) CHECK(pixel(dropped, 0, x) == std::vector<int>{200, 100, 50});
    const cv::Mat on_blue = ImageDecoder(composed).decode(png).pixels;
    CHECK(pixel(on_blue, 0, 0) == std::vector<int>{200, 100, 50});
    CHECK(pixel(on_blue, 0, 1) == std::vector<int>{0, 0, 255});
    CHECK(pixel(on_blue, 0, 2) == std::vector<int>{40, 20, 214});  // a fifth
    const auto rounded = samples::png(1, 1, {1, 2, 3, 127}, {8, 6, {}, {}, false});
    CHECK(pixel(ImageDecoder(DecodeOptions().background(Color{0, 0, 0})).decode(rounded).pixels, 0, 0) ==
          std::vector<int>{0, 1, 1});  // 127 / 255, 254 / 255, 381 / 255
  }
  SECTION("gray and alpha") {
    const auto png = samples::png(1, 2, {80, 255, 80, 0}, {8, 4, {}, {}, false});
    CHECK(pixel(ImageDecoder().decode(png).pixels, 0, 1) == std::vector<int>{80, 80, 80});
    CHECK(pixel(ImageDecoder(composed).decode(png).pixels, 0, 1) == std::vector<int>{0, 0, 255});
    CHECK(pixel(ImageDecoder({}, 1).decode(png).pixels, 0, 1) == std::vector<int>{80});
  }
  SECTION("a palette with a transparent color, two bits a pixel") {
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
