#include <boxfeed/image/resampler.h>
#include <boxfeed/image/resize.h>

#include "support/catch.h"

namespace {

using boxfeed::Box;
using boxfeed::ImageSize;
using boxfeed::Placement;
using boxfeed::resize_map;
using boxfeed::ResizeMode;

/// Where the whole image lies afterwards.
Box whole(ImageSize from, ImageSize to, ResizeMode mode, Placement placement = Placement::kCenter) {
  return resize_map(from, to, mode, placement)
      .apply(Box{0, 0, static_cast<float>(from.width), static_cast<float>(from.height)});
}

}  // namespace

TEST_CASE("stretch takes both sides to the new size") {
  CHECK(whole({100, 200}, {50, 300}, ResizeMode::kStretch) == Box{0, 0, 300, 50});
}

TEST_CASE("a letterbox keeps the shape and whole pixels") {
  CHECK(whole({100, 200}, {300, 300}, ResizeMode::kLetterbox) == Box{0, 75, 300, 225});
  CHECK(whole({100, 200}, {300, 300}, ResizeMode::kLetterbox, Placement::kCorner) == Box{0, 0, 300, 150});
  // 33 x 100 to 64: 21.12 rows become 21, and 43 are left: 21 above, 22 below.
  CHECK(whole({33, 100}, {64, 64}, ResizeMode::kLetterbox) == Box{0, 21, 64, 42});
  CHECK(whole({1, 20000}, {64, 64}, ResizeMode::kLetterbox) == Box{0, 31, 64, 32});
}

TEST_CASE("cover cuts the same from both ends") {
  CHECK(whole({100, 200}, {50, 50}, ResizeMode::kCover) == Box{-25, 0, 75, 50});
  CHECK(whole({100, 200}, {50, 50}, ResizeMode::kCover, Placement::kCorner) == Box{0, 0, 100, 50});
}

TEST_CASE("a letterboxed image lies where the map says") {
  const cv::Mat image(10, 20, CV_8UC3, cv::Scalar(9, 8, 7));
  cv::Mat out(40, 40, CV_8UC3);
  boxfeed::Resampler(boxfeed::ResampleOptions().fill(boxfeed::Color{114, 115, 116}))
      .resample(image, resize_map({10, 20}, {40, 40}, ResizeMode::kLetterbox), out);
  for (int y = 0; y < 40; ++y) {
    REQUIRE(out.at<cv::Vec3b>(y, 20) == (y >= 10 && y < 30 ? cv::Vec3b(9, 8, 7) : cv::Vec3b(114, 115, 116)));
  }
}

TEST_CASE("sizes must not be empty") {
  CHECK_THROWS_AS(resize_map({0, 1}, {1, 1}), std::invalid_argument);
  CHECK_THROWS_AS(resize_map({1, 1}, {1, -1}), std::invalid_argument);
}
