#include <boxfeed/core/error.h>
#include <boxfeed/transforms/color.h>
#include <boxfeed/transforms/pipeline.h>
#include <boxfeed/transforms/renderer.h>

#include <opencv2/core.hpp>
#include <set>
#include <stdexcept>

#include "support/catch.h"
#include "transforms/drawing.h"

using namespace boxfeed;
using namespace boxfeed::transforms;
using boxfeed::testing::colored;
using boxfeed::testing::equal;
using boxfeed::testing::gray;
using boxfeed::testing::plan_of;

namespace {

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
  for (std::uint64_t i = 0; i < 50; ++i) {
    CHECK(plan_of(RandomPhotometricDistort().p(0), {4, 4}, {}, i).drawn.empty());
    const Plan all = plan_of(RandomPhotometricDistort().p(1), {4, 4}, {}, i);
    REQUIRE(all.drawn.size() == 1);
    CHECK(all.drawn[0].parameters.size() >= 4);
  }
  const auto only_channels =
      RandomPhotometricDistort().brightness(at(1)).contrast(at(1)).saturation(at(1)).hue(at(0)).p(1);
  std::set<int> orders;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const cv::Mat out = colored(only_channels, cv::Mat(1, 1, CV_8UC3, cv::Scalar(1, 2, 3)), i);
    const auto pixel = out.at<cv::Vec3b>(0, 0);
    orders.insert(100 * pixel[0] + 10 * pixel[1] + pixel[2]);
    const Plan plan = plan_of(only_channels, {1, 1}, {}, i);
    const auto& drawn = plan.drawn.at(0).parameters.back();
    REQUIRE(drawn.name == "channels");
    REQUIRE(drawn.values == std::vector<double>{pixel[0] - 1.0, pixel[1] - 1.0, pixel[2] - 1.0});
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
  CHECK_THROWS_AS(Transform(ColorJitter().contrast({2, 1})), std::invalid_argument);
  CHECK_THROWS_WITH(Transform(RandomPhotometricDistort().p(2)),
                    Catch::Matchers::ContainsSubstring("from 0 to 1, got 2"));
  CHECK_THROWS_WITH(Transform(RandomPhotometricDistort().brightness({-1, 1})),
                    Catch::Matchers::ContainsSubstring("of at least 0, got"));
  const Plan plan = Pipeline({Normalize(), RandomPosterize(4, 1)}).draw({{1, 1}, {}, {}, 0}, Random(1, 0, 0));
  cv::Mat image = gray({{1}});
  CHECK_THROWS_AS(apply_colors(plan, image), Error);
}

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
  cv::Mat image(2, 2, CV_8UC3, cv::Scalar(255, 51, 0));
  apply_colors(plan_of(Normalize({0.5, 0.1, 0}, {0.5, 0.2, 1}), {2, 2}), image);
  REQUIRE(image.type() == CV_32FC3);
  for (int k = 0; k < 4; ++k) {
    CHECK(image.at<cv::Vec3f>(k / 2, k % 2)[0] == Approx(1));
    CHECK(image.at<cv::Vec3f>(k / 2, k % 2)[1] == Approx(0.5));
    CHECK(image.at<cv::Vec3f>(k / 2, k % 2)[2] == 0);
  }
  CHECK_THROWS_AS(Transform(Normalize({0}, {0})), std::invalid_argument);
  CHECK_THROWS_AS(Transform(Normalize({0, 0}, {1})), std::invalid_argument);
  CHECK_THROWS_AS(Transform(Normalize({123.7}, {0.2})),
                  std::invalid_argument);  // of 255: the units are those of [0, 1]
  CHECK_THROWS_AS(Transform(Normalize({0.5}, {58.4})), std::invalid_argument);
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
  const Transform look = LambdaColor("Look", [&](cv::Mat& image, Random&) { depth = image.depth(); });
  colored(look, cv::Mat(1, 1, CV_32FC1, cv::Scalar(1)));
  CHECK(depth == CV_32F);
  colored(look, gray({{1}}));
  CHECK(depth == CV_8U);
}
