#include <boxfeed/core/error.h>
#include <boxfeed/transforms/color_jitter.h>
#include <boxfeed/transforms/normalize.h>
#include <boxfeed/transforms/renderer.h>
#include <boxfeed/transforms/tone.h>

#include <opencv2/core.hpp>
#include <set>
#include <stdexcept>

#include "support/catch.h"
#include "transforms/drawing.h"

using namespace boxfeed;
using namespace boxfeed::transforms;
using boxfeed::testing::equal;
using boxfeed::testing::gray;
using boxfeed::testing::plan_of;

namespace {

cv::Mat colored(const Transform& transform, const cv::Mat& image, std::uint64_t index = 0) {
  cv::Mat out = image.clone();
  apply_colors(plan_of(transform, {image.rows, image.cols}, {}, index), out);
  return out;
}

Range at(double value) { return {value, value}; }

}  // namespace

TEST_CASE("brightness multiplies, cut to whole numbers and to white") {
  CHECK(
      equal(colored(ColorJitter().brightness(at(1.5)), gray({{0, 1, 100, 171, 255}})), gray({{0, 1, 150, 255, 255}})));
}

TEST_CASE("contrast goes away from the mean") {
  // The mean is 100: 100 + 2 (v - 100).
  CHECK(equal(colored(ColorJitter().contrast(at(2)), gray({{60, 100, 140}})), gray({{20, 100, 180}})));
}

TEST_CASE("saturation goes away from each pixel's gray, in rows of any width") {
  // Gray of (200, 100, 50): 0.2989 · 200 + 0.587 · 100 + 0.114 · 50 = 124.18, cut to 124.
  for (const int width : {1, 15, 16, 17, 40}) {
    const cv::Mat image(2, width, CV_8UC3, cv::Scalar(200, 100, 50));
    const cv::Mat half = colored(ColorJitter().saturation(at(0.5)), image);
    const cv::Mat none = colored(ColorJitter().saturation(at(0)), image);
    const cv::Mat more = colored(ColorJitter().saturation(at(3)), image);
    for (int x = 0; x < width; ++x) {
      REQUIRE(half.at<cv::Vec3b>(1, x) == cv::Vec3b(162, 112, 87));
      REQUIRE(none.at<cv::Vec3b>(1, x) == cv::Vec3b(124, 124, 124));
      REQUIRE(more.at<cv::Vec3b>(1, x) == cv::Vec3b(255, 52, 0));
    }
  }
}

TEST_CASE("a third of a turn of the hue makes red green and green blue") {
  const cv::Mat red(1, 1, CV_8UC3, cv::Scalar(255, 0, 0));
  CHECK(colored(ColorJitter().hue(at(1.0 / 3)), red).at<cv::Vec3b>(0, 0) == cv::Vec3b(0, 255, 0));
  CHECK(colored(ColorJitter().hue(at(-1.0 / 3)), red).at<cv::Vec3b>(0, 0) == cv::Vec3b(0, 0, 255));
  const cv::Mat gray_pixel(1, 1, CV_8UC3, cv::Scalar(90, 90, 90));
  CHECK(equal(colored(ColorJitter().hue(at(0.4)), gray_pixel), gray_pixel));
}

TEST_CASE("jitter draws every order, and says what it drew") {
  std::set<std::string> orders;
  for (std::uint64_t i = 0; i < 500; ++i) {
    const Plan plan = plan_of(ColorJitter(0.2, 0.2, 0.2, 0.1), {4, 4}, {}, i);
    std::string order;
    for (const auto& parameter : plan.drawn.at(0).parameters) {
      order += parameter.name[0];
      if (parameter.name != "hue") REQUIRE((parameter.values[0] >= 0.8 && parameter.values[0] <= 1.2));
    }
    orders.insert(order);
  }
  CHECK(orders.size() == 24);
}

TEST_CASE("jitter of nothing draws nothing") { CHECK(plan_of(ColorJitter(), {4, 4}).drawn.empty()); }

TEST_CASE("photometric distortion makes each change as often as it should, and exchanges channels") {
  std::array<int, 5> seen{};
  const char* names[] = {"brightness", "contrast", "saturation", "hue", "channels"};
  for (std::uint64_t i = 0; i < 4000; ++i) {
    const Plan plan = plan_of(RandomPhotometricDistort(), {4, 4}, {}, i);
    if (plan.drawn.empty()) continue;
    for (const auto& parameter : plan.drawn[0].parameters) {
      for (std::size_t k = 0; k < 5; ++k) seen[k] += parameter.name == names[k];
    }
  }
  for (const int count : seen) CHECK(count == Approx(2000).margin(100));
  const auto only_channels =
      RandomPhotometricDistort().brightness(at(1)).contrast(at(1)).saturation(at(1)).hue(at(0)).p(1);
  std::set<int> orders;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const cv::Mat out = colored(only_channels, cv::Mat(1, 1, CV_8UC3, cv::Scalar(1, 2, 3)), i);
    const auto pixel = out.at<cv::Vec3b>(0, 0);
    orders.insert(100 * pixel[0] + 10 * pixel[1] + pixel[2]);
  }
  CHECK(orders == std::set<int>{123, 132, 213, 231, 312, 321});
}

TEST_CASE("neighboring tables are one") {
  DrawnColor doubled, plus_one;
  doubled.table.emplace();
  plus_one.table.emplace();
  for (std::size_t i = 0; i < 256; ++i) {
    (*doubled.table)[i] = static_cast<std::uint8_t>(2 * i);
    (*plus_one.table)[i] = static_cast<std::uint8_t>(i + 1);
  }
  Plan plan = plan_of(ColorJitter(), {1, 3});
  plan.colors = {doubled, plus_one};
  cv::Mat image = gray({{1, 2, 3}});
  apply_colors(plan, image);
  CHECK(equal(image, gray({{3, 5, 7}})));
}

TEST_CASE("jitter refuses what cannot be, and pixels that are floats already") {
  CHECK_THROWS_AS(ColorJitter(-1), std::invalid_argument);
  CHECK_THROWS_AS(Transform(ColorJitter(0, 0, 0, 0.6)), std::invalid_argument);
  CHECK_THROWS_AS(Transform(ColorJitter().contrast(Range{2, 1})), std::invalid_argument);
  CHECK_THROWS_AS(Transform(RandomPhotometricDistort().p(2)), std::invalid_argument);
  const Plan plan = Pipeline({Normalize(), RandomPosterize(4, 1)}).draw({{1, 1}, {}, {}, 0}, Random(1, 0, 0));
  cv::Mat image = gray({{1}});
  CHECK_THROWS_AS(apply_colors(plan, image), Error);
}
