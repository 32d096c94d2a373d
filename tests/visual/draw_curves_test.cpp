#include <boxfeed/visual/draw_curves.h>

#include <limits>
#include <stdexcept>

#include "support/catch.h"
#include "visual/pixels.h"

using boxfeed::Curve;
using boxfeed::CurveOptions;
using boxfeed::draw_curves;

namespace {

constexpr boxfeed::Color kCurveRed{255, 0, 0};

/// The box around all pixels of the color red.
cv::Rect red_area(const cv::Mat& image) {
  cv::Rect area;
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x) {
      if (image.at<cv::Vec3b>(y, x) == kRed) area |= cv::Rect(x, y, 1, 1);
    }
  }
  return area;
}

cv::Rect drawn(const std::vector<std::array<double, 2>>& points) {
  return red_area(draw_curves({{"", kCurveRed, points}}, CurveOptions().y_range({{0, 1}})));
}

}  // namespace

TEST_CASE("a value lies between the values above and below it, to the pixel") {
  const double low = drawn({{0, 0.1}, {1, 0.1}}).y, middle = drawn({{0, 0.5}, {1, 0.5}}).y,
               high = drawn({{0, 0.9}, {1, 0.9}}).y;
  CHECK(high < middle);
  CHECK(middle < low);
  CHECK(middle == Approx((low + high) / 2).margin(1));
}

TEST_CASE("a rising curve spans the diagram from the lower left to the upper right") {
  const cv::Mat image = draw_curves({{"", kCurveRed, {{0, 0}, {10, 5}}}}, CurveOptions().image_size({300, 400}));
  CHECK(image.size() == cv::Size(400, 300));
  const cv::Rect area = red_area(image);
  CHECK(area.width > 300);
  CHECK(area.height > 200);
  int last = image.rows;
  for (int x = area.x; x < area.x + area.width; x += 20) {
    int y = 0;
    while (image.at<cv::Vec3b>(y, x) != kRed) ++y;
    CHECK(y <= last);
    last = y;
  }
}

TEST_CASE("a value that is not finite leaves a gap, in the right place") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto diagram = [](const std::vector<std::array<double, 2>>& points) {
    return draw_curves({{"", kCurveRed, points}}, CurveOptions().y_range({{0, 1}}));
  };
  const cv::Mat whole = diagram({{0, .5}, {1, .5}, {2, .5}, {3, .5}, {4, .5}});
  const cv::Mat broken = diagram({{0, .5}, {1, .5}, {2, nan}, {3, .5}, {4, .5}});
  const cv::Rect area = red_area(whole);
  const auto is_red = [&](const cv::Mat& image, double x) {
    return image.at<cv::Vec3b>(area.y, area.x + static_cast<int>(x / 4 * (area.width - 1))) == kRed;
  };
  for (const double x : {0.5, 1.5, 2.5, 3.5}) CHECK(is_red(whole, x));
  CHECK(is_red(broken, 0.5));
  CHECK_FALSE(is_red(broken, 1.5));
  CHECK_FALSE(is_red(broken, 2.5));
  CHECK(is_red(broken, 3.5));
}

TEST_CASE("the name of a curve stands below the diagram") {
  const CurveOptions options = CurveOptions().y_range({{0, 1}});
  const cv::Mat without = draw_curves({{"", kCurveRed, {{0, 0.5}, {1, 0.5}}}}, options);
  const cv::Mat with = draw_curves({{"loss", kCurveRed, {{0, 0.5}, {1, 0.5}}}}, options);
  CHECK(cv::norm(without.rowRange(0, 330), with.rowRange(0, 330), cv::NORM_INF) == 0);
  CHECK(count(with.rowRange(330, 360), kRed) > 15);
}

TEST_CASE("no curves, no points, one point and values beyond the range are drawn without trouble") {
  CHECK(count(draw_curves({}), kWhite) > 0);
  CHECK(count(draw_curves({{"", kCurveRed, {}}}), kRed) == 0);
  CHECK(count(draw_curves({{"", kCurveRed, {{1, 7}}}}), kRed) > 0);
  CHECK(count(draw_curves({{"", kCurveRed, {{1, 5e300}, {2, -5e300}}}}, CurveOptions().y_range({{0, 1}})), kRed) > 0);
}

TEST_CASE("a picture that is too small and an empty range are refused") {
  CHECK_THROWS_WITH(draw_curves({}, CurveOptions().image_size({100, 400})),
                    "image_size: expected 120 x 160 to 10000 x 10000, got 100 x 400");
  CHECK_THROWS_AS(draw_curves({}, CurveOptions().y_range({{1, 1}})), std::invalid_argument);
}
