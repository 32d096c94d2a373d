#include <boxfeed/image/resampler.h>
#include <boxfeed/image/resize.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "support/catch.h"

namespace {

using boxfeed::Color;
using boxfeed::Interpolation;
using boxfeed::PlaneMap;
using boxfeed::ResampleOptions;
using boxfeed::Resampler;

/// The image of golden/make_resize_golden.py.
cv::Mat formula_image(int height, int width, int channels) {
  cv::Mat image(height, width, CV_8UC(channels));
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < channels; ++c) {
        auto mixed = static_cast<std::uint32_t>(std::int64_t{y} * 7919 + std::int64_t{x} * 104729 +
                                                std::int64_t{c} * 1299709 + std::int64_t{x} * y * 15485863);
        mixed = (mixed ^ (mixed >> 13)) * 1274126177U;
        const auto ramp = static_cast<std::uint8_t>(x * 255 / std::max(width - 1, 1));
        image.ptr(y)[x * channels + c] = (x + y) % 3 == 0 ? ramp : static_cast<std::uint8_t>(mixed >> 24);
      }
    }
  }
  return image;
}

Interpolation interpolation_of(const std::string& name) {
  if (name == "nearest") return Interpolation::kNearest;
  return name == "bicubic" ? Interpolation::kBicubic : Interpolation::kBilinear;
}

int hex(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

/// `image` stretched to a size.
cv::Mat resized(const cv::Mat& image, boxfeed::ImageSize size, Interpolation interpolation) {
  cv::Mat out(static_cast<int>(size.height), static_cast<int>(size.width), image.type());
  Resampler(ResampleOptions().interpolation(interpolation))
      .resample(image, boxfeed::resize_map({image.rows, image.cols}, size), out);
  return out;
}

/// An image whose pixels say where they are: red is the column, green the row.
cv::Mat coordinates(int height, int width) {
  cv::Mat image(height, width, CV_8UC3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image.at<cv::Vec3b>(y, x) = {static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(y), 7};
    }
  }
  return image;
}

}  // namespace

TEST_CASE("a resize differs from Pillow's by at most one gray level") {
  std::ifstream golden(BOXFEED_TEST_DATA "/golden/resize.txt");
  std::string name, bytes;
  int channels = 0, height = 0, width = 0, out_height = 0, out_width = 0, cases = 0;
  while (golden >> name >> channels >> height >> width >> out_height >> out_width >> bytes) {
    ++cases;
    INFO(name << ' ' << height << 'x' << width << " -> " << out_height << 'x' << out_width);
    const cv::Mat source = formula_image(height, width, channels);
    const cv::Mat out = resized(source, {out_height, out_width}, interpolation_of(name));
    REQUIRE(bytes.size() == 2 * out.total() * out.elemSize());
    int worst = 0;
    for (std::size_t i = 0; i < bytes.size() / 2; ++i) {
      const int expected = 16 * hex(bytes[2 * i]) + hex(bytes[2 * i + 1]);
      worst = std::max(worst, std::abs(expected - out.data[i]));
    }
    CHECK(worst <= (name == "nearest" ? 0 : 1));
  }
  CHECK(cases == 36);
}

TEST_CASE("a flat image stays flat, whatever the size") {
  for (const auto interpolation : {Interpolation::kNearest, Interpolation::kBilinear, Interpolation::kBicubic}) {
    for (const int value : {0, 1, 127, 128, 254, 255}) {
      const cv::Mat flat(61, 203, CV_8UC3, cv::Scalar::all(value));
      for (const boxfeed::ImageSize size : {boxfeed::ImageSize{244, 244}, {60, 200}, {7, 3}, {1, 1}, {61, 1}}) {
        const cv::Mat out = resized(flat, size, interpolation);
        CHECK(cv::countNonZero(out.reshape(1) != value) == 0);
      }
    }
  }
}

TEST_CASE("a crop, a flip and a turn by right angles move whole pixels") {
  const cv::Mat source = coordinates(20, 30);
  Resampler resampler;
  SECTION("crop") {
    cv::Mat out(5, 6, CV_8UC3);
    resampler.resample(source, PlaneMap::translation(-10, -7), out);
    CHECK(out.at<cv::Vec3b>(0, 0) == cv::Vec3b(10, 7, 7));
    CHECK(out.at<cv::Vec3b>(4, 5) == cv::Vec3b(15, 11, 7));
  }
  SECTION("flip") {
    cv::Mat out(20, 30, CV_8UC3);
    resampler.resample(source, PlaneMap({-1, 0, 30, 0, 1, 0, 0, 0, 1}), out);
    CHECK(out.at<cv::Vec3b>(3, 0) == cv::Vec3b(29, 3, 7));
    CHECK(out.at<cv::Vec3b>(3, 29) == cv::Vec3b(0, 3, 7));
  }
  SECTION("a quarter turn clockwise") {
    cv::Mat out(30, 20, CV_8UC3);
    resampler.resample(source, PlaneMap({0, -1, 20, 1, 0, 0, 0, 0, 1}), out);
    CHECK(out.at<cv::Vec3b>(0, 19) == cv::Vec3b(0, 0, 7));
    CHECK(out.at<cv::Vec3b>(29, 0) == cv::Vec3b(29, 19, 7));
  }
}

TEST_CASE("what lies outside of the source has the fill color") {
  const cv::Mat source(10, 10, CV_8UC3, cv::Scalar(200, 100, 50));
  Resampler resampler(ResampleOptions().fill(Color{1, 2, 3}));
  cv::Mat out(14, 16, CV_8UC3);
  SECTION("around it") {
    resampler.resample(source, PlaneMap::translation(3, 2), out);
    for (int y = 0; y < out.rows; ++y) {
      for (int x = 0; x < out.cols; ++x) {
        const bool inside = x >= 3 && x < 13 && y >= 2 && y < 12;
        REQUIRE(out.at<cv::Vec3b>(y, x) == (inside ? cv::Vec3b(200, 100, 50) : cv::Vec3b(1, 2, 3)));
      }
    }
  }
  SECTION("everywhere") {
    out = cv::Scalar::all(200);
    resampler.resample(source, PlaneMap::translation(100, 0), out);
    CHECK(cv::norm(out, cv::Mat(out.size(), out.type(), cv::Scalar(1, 2, 3)), cv::NORM_INF) == 0);
  }
}

TEST_CASE("a map whose entries are all doubled is the same map") {
  const cv::Mat source = coordinates(40, 60);
  cv::Mat out(15, 25, CV_8UC3), again(15, 25, CV_8UC3);
  const PlaneMap map = PlaneMap::translation(-3, -2) * PlaneMap::scale(0.5, 0.4);
  auto entries = map.entries();
  for (auto& entry : entries) entry *= 2;
  Resampler().resample(source, map, out);
  Resampler().resample(source, PlaneMap(entries), again);
  CHECK(cv::norm(out, again, cv::NORM_INF) == 0);
}

TEST_CASE("the filter of a crop sees the pixels around it") {
  // A step between columns 9 and 10: cut at column 10 and enlarged twice, its first pixel still sees the dark side.
  cv::Mat source(1, 20, CV_8UC1, cv::Scalar(0));
  source.colRange(10, 20).setTo(200);
  cv::Mat out(1, 20, CV_8UC1);
  Resampler().resample(source, PlaneMap::scale(2, 1) * PlaneMap::translation(-10, 0), out);
  // The center of pixel 0 lies at 10.25, a quarter before the center of pixel 10: three quarters of 200.
  CHECK(static_cast<int>(out.at<std::uint8_t>(0, 0)) == 150);
  CHECK(static_cast<int>(out.at<std::uint8_t>(0, 1)) == 200);
}

TEST_CASE("without antialiasing the filter does not widen") {
  // Every fourth column is white: a triangle of width 1 at x = 2, 6, ... sees columns 1 and 2 alone, which are black.
  cv::Mat source(1, 16, CV_8UC1, cv::Scalar(0));
  for (int x = 0; x < 16; x += 4) source.at<std::uint8_t>(0, x) = 255;
  cv::Mat out(1, 4, CV_8UC1);
  Resampler(ResampleOptions().antialias(false)).resample(source, PlaneMap::scale(0.25, 1), out);
  CHECK(cv::countNonZero(out) == 0);
  Resampler(ResampleOptions()).resample(source, PlaneMap::scale(0.25, 1), out);
  CHECK(out.at<std::uint8_t>(0, 1) > 40);
}

TEST_CASE("a resampler used for several sizes gives the same as a new one") {
  Resampler used;
  for (const boxfeed::ImageSize size : {boxfeed::ImageSize{244, 244}, {3, 5}, {100, 300}, {244, 244}}) {
    for (const int channels : {3, 1}) {
      const cv::Mat source = formula_image(120, 91, channels);
      const auto map = boxfeed::resize_map({120, 91}, size);
      cv::Mat first(static_cast<int>(size.height), static_cast<int>(size.width), source.type());
      cv::Mat second = first.clone();
      used.resample(source, map, first);
      Resampler().resample(source, map, second);
      CHECK(cv::norm(first, second, cv::NORM_INF) == 0);
    }
  }
}

TEST_CASE("floats are resampled with the same filters, not rounded") {
  Resampler resampler(ResampleOptions().fill(boxfeed::Color{7, 8, 9}));
  SECTION("halved: a triangle over four pixels, 1 3 3 1") {
    const cv::Mat source = (cv::Mat_<float>(1, 4) << 0.5F, 1.25F, 4, 100);
    cv::Mat out(1, 2, CV_32F);
    resampler.resample(source, PlaneMap::scale(0.5, 1), out);
    // At the edge the part outside is cut off, and 3 3 1 is left.
    CHECK(out.at<float>(0, 0) == Approx((3 * 0.5 + 3 * 1.25 + 4) / 7));
    CHECK(out.at<float>(0, 1) == Approx((1.25 + 3 * 4 + 3 * 100) / 7));
  }
  SECTION("turned, moved, and the rest filled") {
    const cv::Mat source = (cv::Mat_<cv::Vec3f>(1, 2) << cv::Vec3f(1.5F, 2.5F, 3.5F), cv::Vec3f(4.5F, 5.5F, 6.5F));
    cv::Mat out(3, 1, CV_32FC3);
    resampler.resample(source, PlaneMap::translation(0, 1) * PlaneMap({0, 1, 0, 1, 0, 0, 0, 0, 1}), out);
    CHECK(out.at<cv::Vec3f>(0, 0) == cv::Vec3f(7, 8, 9));
    CHECK(out.at<cv::Vec3f>(1, 0) == cv::Vec3f(1.5F, 2.5F, 3.5F));
    CHECK(out.at<cv::Vec3f>(2, 0) == cv::Vec3f(4.5F, 5.5F, 6.5F));
    resampler.resample(source, PlaneMap::translation(0, 100), out);
    CHECK(out.at<cv::Vec3f>(1, 0) == cv::Vec3f(7, 8, 9));
  }
  SECTION("as bytes are, to half a level, at any ratio") {
    const cv::Mat bytes = formula_image(61, 83, 3);
    cv::Mat source;
    bytes.convertTo(source, CV_32F);
    for (const auto filter : {Interpolation::kNearest, Interpolation::kBilinear, Interpolation::kBicubic}) {
      Resampler other(ResampleOptions().interpolation(filter));
      for (const auto& size : {cv::Size(40, 30), cv::Size(83, 61), cv::Size(200, 150), cv::Size(7, 90)}) {
        cv::Mat expected(size, CV_8UC3), out(size, CV_32FC3), as_floats;
        const auto map = PlaneMap::scale(size.width / 83.0, size.height / 61.0);
        other.resample(bytes, map, expected);
        other.resample(source, map, out);
        expected.convertTo(as_floats, CV_32F);
        CHECK(cv::norm(as_floats, out, cv::NORM_INF) <= 1.5);  // of bytes the rows are rounded, then the columns
      }
    }
  }
  SECTION("bicubic weights lead no further than bytes go") {
    const cv::Mat source = (cv::Mat_<float>(1, 4) << 255, 255, 0, 0);
    cv::Mat out(1, 16, CV_32F);
    Resampler(ResampleOptions().interpolation(Interpolation::kBicubic)).resample(source, PlaneMap::scale(4, 1), out);
    double least = 0, most = 0;
    cv::minMaxLoc(out, &least, &most);
    CHECK(least == 0);
    CHECK(most == 255);
  }
}

TEST_CASE("a resampler refuses what it cannot do") {
  const cv::Mat source(4, 4, CV_8UC3, cv::Scalar::all(0));
  cv::Mat out(4, 4, CV_8UC3), gray(4, 4, CV_8UC1), empty;
  Resampler resampler;
  CHECK_THROWS_AS(resampler.resample(cv::Mat(4, 4, CV_32FC3), PlaneMap(), out), std::invalid_argument);
  CHECK_THROWS_AS(resampler.resample(source, PlaneMap(), gray), std::invalid_argument);
  CHECK_THROWS_AS(resampler.resample(source, PlaneMap(), empty), std::invalid_argument);
  CHECK_THROWS_AS(resampler.resample(source, PlaneMap({1, 0.1, 0, 0, 1, 0, 0, 0, 1}), out), std::invalid_argument);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(resampler.resample(source, PlaneMap::scale(nan, 1), out), std::invalid_argument);
  CHECK_THROWS_AS(resampler.resample(source, PlaneMap::scale(0, 1), out), std::invalid_argument);
}
