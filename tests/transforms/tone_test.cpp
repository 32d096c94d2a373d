#include <boxfeed/transforms/color_jitter.h>
#include <boxfeed/transforms/degradation.h>
#include <boxfeed/transforms/normalize.h>
#include <boxfeed/transforms/own_transform.h>
#include <boxfeed/transforms/renderer.h>
#include <boxfeed/transforms/tone.h>

#include <opencv2/core.hpp>
#include <stdexcept>

#include "support/catch.h"
#include "transforms/drawing.h"

using namespace boxfeed;
using namespace boxfeed::transforms;
using boxfeed::testing::equal;
using boxfeed::testing::gray;
using boxfeed::testing::plan_of;

namespace {

cv::Mat colored(const Transform& transform, const cv::Mat& image) {
  cv::Mat out = image.clone();
  apply_colors(plan_of(transform, {image.rows, image.cols}), out);
  return out;
}

}  // namespace

TEST_CASE("gray keeps three channels") {
  const cv::Mat out = colored(RandomGrayscale(1), cv::Mat(1, 1, CV_8UC3, cv::Scalar(200, 100, 50)));
  CHECK(out.at<cv::Vec3b>(0, 0) == cv::Vec3b(124, 124, 124));
  CHECK(equal(colored(RandomGrayscale(1), gray({{1, 2}})), gray({{1, 2}})));
  CHECK(equal(colored(RandomGrayscale(0), gray({{1, 2}})), gray({{1, 2}})));
}

TEST_CASE("posterizing keeps the highest bits") {
  CHECK(equal(colored(RandomPosterize(2, 1), gray({{0, 63, 64, 200, 255}})), gray({{0, 0, 64, 192, 192}})));
  CHECK(equal(colored(RandomPosterize(8, 1), gray({{1, 255}})), gray({{1, 255}})));
  CHECK(equal(colored(RandomPosterize(0, 1), gray({{1, 255}})), gray({{0, 0}})));
  CHECK_THROWS_AS(Transform(RandomPosterize(9)), std::invalid_argument);
}

TEST_CASE("autocontrast stretches each channel by itself") {
  CHECK(equal(colored(RandomAutocontrast(1), gray({{50, 101, 152}})), gray({{0, 127, 255}})));
  CHECK(equal(colored(RandomAutocontrast(1), gray({{50, 50}})), gray({{50, 50}})));
  cv::Mat image(1, 2, CV_8UC3);
  image.at<cv::Vec3b>(0, 0) = {0, 10, 20};
  image.at<cv::Vec3b>(0, 1) = {255, 20, 20};
  const cv::Mat out = colored(RandomAutocontrast(1), image);
  CHECK(out.at<cv::Vec3b>(0, 0) == cv::Vec3b(0, 0, 20));
  CHECK(out.at<cv::Vec3b>(0, 1) == cv::Vec3b(255, 255, 20));
}

TEST_CASE("equalizing gives every value its share") {
  // 1024 pixels of 256 values, four each: 1020 / 255 = 4 a step, so that nothing changes.
  cv::Mat even(4, 256, CV_8UC1);
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 256; ++x) even.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(x);
  }
  CHECK(equal(colored(RandomEqualize(1), even), even));
  // Half of the pixels are 10 and half 20: the step is 512 / 255 = 2, 10 becomes (2 / 2) / 2 = 0, 20 (1 + 512) / 2 =
  // 256.
  cv::Mat two(1, 1024, CV_8UC1, cv::Scalar(10));
  two.colRange(512, 1024).setTo(20);
  const cv::Mat out = colored(RandomEqualize(1), two);
  CHECK(out.at<std::uint8_t>(0, 0) == 0);
  CHECK(out.at<std::uint8_t>(0, 1000) == 255);
  CHECK(equal(colored(RandomEqualize(1), gray({{7, 7}})), gray({{7, 7}})));
}

TEST_CASE("normalizing makes floats") {
  cv::Mat image(1, 1, CV_8UC3, cv::Scalar(255, 51, 0));
  apply_colors(plan_of(Normalize({0.5, 0.1, 0}, {0.5, 0.2, 1}), {1, 1}), image);
  REQUIRE(image.type() == CV_32FC3);
  CHECK(image.at<cv::Vec3f>(0, 0)[0] == Approx(1));
  CHECK(image.at<cv::Vec3f>(0, 0)[1] == Approx(0.5));
  CHECK(image.at<cv::Vec3f>(0, 0)[2] == 0);
  CHECK_THROWS_AS(Transform(Normalize({0}, {0})), std::invalid_argument);
  CHECK_THROWS_AS(Transform(Normalize({0, 0}, {1})), std::invalid_argument);
}

TEST_CASE("floats are normalized as bytes are, and refused by what needs bytes, in its name") {
  cv::Mat floats(1, 1, CV_32FC3, cv::Scalar(255, 51, 0.5));
  apply_colors(plan_of(Normalize({0.5, 0.1, 0}, {0.5, 0.2, 0.001}), {1, 1}), floats);
  CHECK(floats.at<cv::Vec3f>(0, 0)[0] == Approx(1));
  CHECK(floats.at<cv::Vec3f>(0, 0)[1] == Approx(0.5));
  CHECK(floats.at<cv::Vec3f>(0, 0)[2] == Approx(500.0 / 255));
  const std::vector<Transform> need_bytes{RandomGrayscale(1),    RandomEqualize(1),
                                          RandomAutocontrast(1), RandomPosterize(4, 1),
                                          ColorJitter(0.5),      GaussianBlur(3),
                                          GaussianNoise(),       JPEG(),
                                          RandomErasing().p(1),  RandomPhotometricDistort().p(1)};
  for (const auto& transform : need_bytes) {
    CHECK_THROWS_WITH(colored(transform, cv::Mat(1, 1, CV_32FC3, cv::Scalar(1))),
                      transform.name() +
                          ": expected 8-bit pixels with 1 or 3 channels, got CV_32FC3 (it goes before "
                          "Normalize, on images decoded to 8 bits)");
  }
}

TEST_CASE("a user's function sees floats where there are floats") {
  int depth = -1;
  const Transform look = OwnColor("Look", [&](cv::Mat& image, Random&) { depth = image.depth(); });
  colored(look, cv::Mat(1, 1, CV_32FC1, cv::Scalar(1)));
  CHECK(depth == CV_32F);
  colored(look, gray({{1}}));
  CHECK(depth == CV_8U);
}
