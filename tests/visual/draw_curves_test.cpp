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
  CHECK_THROWS_WITH(draw_curves({}, CurveOptions().image_size({63, 400})),
                    "image_size: expected 64 × 64 to 10000 × 10000, got 63 × 400 (height × width)");
  CHECK_THROWS_AS(draw_curves({}, CurveOptions().image_size({400, 63})), std::invalid_argument);
  CHECK_THROWS_AS(draw_curves({}, CurveOptions().image_size({10001, 400})), std::invalid_argument);
  CHECK_THROWS_AS(draw_curves({}, CurveOptions().image_size({400, 10001})), std::invalid_argument);
  CHECK_THROWS_WITH(draw_curves({}, CurveOptions().y_range({{1, 1}})),
                    "y_range: expected a lower and a higher number, got 1.000000 and 1.000000");
  CHECK_THROWS_WITH(draw_curves({}, CurveOptions().x_range({{2, 1}})),
                    "x_range: expected a lower and a higher number, got 2.000000 and 1.000000");
}

TEST_CASE("the range of x can be set") {
  const auto right_end = [](const CurveOptions& options) {
    const cv::Rect area = red_area(draw_curves({{"", kCurveRed, {{0, 0}, {10, 5}}}}, options));
    return area.x + area.width;
  };
  const int whole = right_end(CurveOptions()), half = right_end(CurveOptions().x_range({{0, 20}}));
  CHECK(half - 58 == Approx((whole - 58) / 2.0).margin(2));
}

TEST_CASE("curves are full, dashed, dotted, dashed and dotted, at any size") {
  for (const boxfeed::ImageSize size : {boxfeed::ImageSize{64, 64}, {360, 560}, {3000, 4000}}) {
    std::vector<std::vector<int>> runs;  // the lengths of the pieces of each curve
    for (std::size_t i = 0; i < 5; ++i) {
      std::vector<Curve> curves(i + 1);
      curves.back() = {"", kCurveRed, {{0, 0.5}, {1, 0.5}}};
      const cv::Mat image = draw_curves(curves, CurveOptions().image_size(size).y_range({{0, 1}}));
      const cv::Rect area = red_area(image);
      runs.emplace_back();
      bool was_red = false;
      for (int x = 0; x < image.cols; ++x) {
        const bool is_red = image.at<cv::Vec3b>(area.y + area.height / 2, x) == kRed;
        if (is_red && !was_red) runs.back().push_back(0);
        if (is_red) ++runs.back().back();
        was_red = is_red;
      }
    }
    CAPTURE(size.height, runs[3]);
    CHECK(runs[0].size() == 1);
    CHECK(runs[1].size() >= 4);
    CHECK(2 * runs[2].size() >= 3 * runs[1].size());
    CHECK(2 * runs[2][0] <= runs[1][0]);
    CHECK(2 * runs[3][1] <= runs[3][0]);
    CHECK(runs[3][2] == Approx(runs[3][4]).margin(1));
    CHECK(runs[4] == runs[1]);  // the fifth begins with the next kind, in another color
  }
}

TEST_CASE("dashes go on from point to point") {
  std::vector<std::array<double, 2>> points;
  for (int i = 0; i <= 100; ++i) points.push_back({i / 100.0, 0.5});
  const CurveOptions options = CurveOptions().y_range({{0, 1}});
  const auto dashed = [&](const std::vector<std::array<double, 2>>& line) {
    return draw_curves({{}, {"", kCurveRed, line}}, options);
  };
  const cv::Mat many = dashed(points), two = dashed({{0, 0.5}, {1, 0.5}});
  CHECK(count(many, kRed) == Approx(count(two, kRed)).epsilon(0.1));
}

TEST_CASE("names without room in the legend are counted") {
  std::vector<Curve> curves;
  for (int i = 0; i < 30; ++i) curves.push_back({"a name of some length", kCurveRed, {}});
  const auto legend = [](const std::vector<Curve>& all) { return draw_curves(all).rowRange(330, 360).clone(); };
  const cv::Mat thirty = legend(curves);
  curves.pop_back();
  const cv::Mat twenty_nine = legend(curves);
  CHECK(cv::norm(thirty, twenty_nine, cv::NORM_INF) > 0);  // "+ 28" and "+ 27"
  CHECK(cv::norm(thirty.colRange(0, 300), twenty_nine.colRange(0, 300), cv::NORM_INF) == 0);
  curves.resize(1);
  CHECK(count(legend(curves), kRed) < count(thirty, kRed));
}
