#include <boxfeed/transforms/color.h>
#include <boxfeed/transforms/renderer.h>

#include <cmath>
#include <opencv2/core.hpp>
#include <stdexcept>

#include "support/catch.h"
#include "transforms/drawing.h"

using namespace boxfeed;
using namespace boxfeed::transforms;
using boxfeed::testing::colored;
using boxfeed::testing::equal;
using boxfeed::testing::plan_of;

TEST_CASE("a blur spreads a point as the normal curve") {
  cv::Mat point = cv::Mat::zeros(9, 9, CV_8UC1);
  point.at<std::uint8_t>(4, 4) = 255;
  const cv::Mat out = colored(GaussianBlur(5).sigma({1, 1}), point);
  double sum = 0;
  for (int k = -2; k <= 2; ++k) sum += std::exp(-k * k / 2.0);
  for (int dx = -2; dx <= 2; ++dx) {
    CHECK(out.at<std::uint8_t>(4, 4 + dx) == Approx(255 * std::exp(-dx * dx / 2.0) / (sum * sum)).margin(1));
  }
  CHECK_THROWS_AS(Transform(GaussianBlur(4)), std::invalid_argument);
  CHECK_THROWS_AS(Transform(GaussianBlur(5).sigma({0, 1})), std::invalid_argument);
}

TEST_CASE("noise has the mean and deviation asked for, and is a function of the example") {
  const cv::Mat middle(200, 201, CV_8UC3, cv::Scalar::all(128));
  const cv::Mat out = colored(GaussianNoise(0.05).mean(0.02), middle);
  cv::Scalar mean, deviation;
  cv::meanStdDev(out, mean, deviation);
  for (int c = 0; c < 3; ++c) {
    CHECK(mean[c] == Approx(128 + 0.02 * 255).margin(0.3));
    CHECK(deviation[c] == Approx(0.05 * 255).margin(0.3));
  }
  const cv::Mat large = colored(GaussianNoise(0.1), cv::Mat(1000, 3000, CV_8UC1, cv::Scalar(128)));
  CHECK(cv::mean(large)[0] == Approx(128).margin(0.03));  // two standard deviations
  CHECK(equal(colored(GaussianNoise(), middle, 1), colored(GaussianNoise(), middle, 1)));
  CHECK_FALSE(equal(colored(GaussianNoise(), middle, 1), colored(GaussianNoise(), middle, 2)));
  CHECK_THROWS_AS(Transform(GaussianNoise(-1)), std::invalid_argument);
}

TEST_CASE("JPEG loses more at lower quality, and little at the highest") {
  cv::Mat image(64, 64, CV_8UC3);
  Random random(2, 0, 0);
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) {
      const auto value =
          static_cast<std::uint8_t>(100 + 2 * (x / 8) + 3 * (y / 16) + static_cast<int>(random.below(20)));
      image.at<cv::Vec3b>(y, x) = cv::Vec3b::all(value);
    }
  }
  const auto loss = [&](double quality) {
    return cv::norm(colored(JPEG({quality, quality}), image), image, cv::NORM_L1) / static_cast<double>(image.total());
  };
  CHECK(loss(100) < 2.5);
  CHECK(loss(5) > 2 * loss(100));
  CHECK(colored(JPEG({50, 50}), cv::Mat(5, 7, CV_8UC1, cv::Scalar(9))).size() == cv::Size(7, 5));
  CHECK_THAT(plan_of(JPEG({30, 30}), {8, 8}).explain(), Catch::Matchers::ContainsSubstring("JPEG quality=30"));
  CHECK_THROWS_AS(Transform(JPEG({0, 50})), std::invalid_argument);
  CHECK_THROWS_AS(Transform(JPEG({50, 101})), std::invalid_argument);
}

TEST_CASE("erasing covers a rectangle of the drawn area") {
  const cv::Mat image(100, 200, CV_8UC1, cv::Scalar(255));
  for (std::uint64_t i = 0; i < 200; ++i) {
    const cv::Mat out = colored(RandomErasing().p(1).value(3), image, i);
    cv::Mat covered = out == 3;
    const int count = cv::countNonZero(covered);
    REQUIRE((count >= 0.015 * 20000 && count <= 0.34 * 20000));
    // One rectangle: as many covered as its rows times its columns.
    cv::Mat rows, cols;
    cv::reduce(covered, rows, 1, cv::REDUCE_MAX);
    cv::reduce(covered, cols, 0, cv::REDUCE_MAX);
    REQUIRE(cv::countNonZero(rows) * cv::countNonZero(cols) == count);
  }
  // As small as can be, it is a pixel.
  CHECK(cv::countNonZero(colored(RandomErasing().p(1).scale({0, 0}).value(3), image) == 3) == 1);
  CHECK_THROWS_AS(Transform(RandomErasing().scale({0, 2})), std::invalid_argument);
  CHECK_THROWS_AS(Transform(RandomErasing().value(256)), std::invalid_argument);
}
