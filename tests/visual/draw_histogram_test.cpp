#include <boxfeed/visual/draw_bars.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "support/catch.h"
#include "visual/pixels.h"

using boxfeed::draw_histogram;
using boxfeed::HistogramOptions;

namespace {

/// The heights of the red bars, from left to right.
std::vector<int> heights(const cv::Mat& image) {
  std::vector<int> out;
  bool was_bar = false;
  for (int x = 0; x < image.cols; ++x) {
    const int height = count(image.col(x), kRed);
    if (height > 0 && !was_bar) out.push_back(height);
    was_bar = height > 0;
  }
  return out;
}

HistogramOptions red(int bins) { return HistogramOptions().bins(bins).color({255, 0, 0}); }

}  // namespace

TEST_CASE("bars are as high as the counts of their intervals") {
  const auto bars = heights(draw_histogram({0, 0.5, 1, 5, 9, 9.5, 9.9, 10}, red(5)));  // 3, 0, 1, 0, 4
  REQUIRE(bars.size() == 3);
  CHECK(bars[0] == Approx(0.75 * bars[2]).margin(1.5));
  CHECK(bars[1] == Approx(0.25 * bars[2]).margin(1.5));
  CHECK(bars[2] > 180);
}

TEST_CASE("a bar stands above its values on the axis") {
  const cv::Mat image = draw_histogram({0, 10, 10}, red(10));
  CHECK(count(image.colRange(58, 100), kRed) > 0);
  CHECK(count(image.colRange(100, 366), kRed) == 0);
  CHECK(count(image.colRange(366, 420), kRed) > 0);
}

TEST_CASE("intervals of logarithms") {
  // 0.1 … 1000 in four intervals of a power of ten each.
  const auto bars = heights(draw_histogram({0.1, 0.5, 2, 20, 30, 50, 1000}, red(4).logarithmic(true)));
  REQUIRE(bars.size() == 4);
  CHECK(bars[0] == Approx(2.0 / 3 * bars[2]).margin(1.5));
  CHECK(bars[1] == Approx(1.0 / 3 * bars[2]).margin(1.5));
  CHECK(bars[3] == bars[1]);
}

TEST_CASE("no value, one value, many values") {
  CHECK(heights(draw_histogram({}, red(0))).empty());
  CHECK(heights(draw_histogram({}, red(0).logarithmic(true))).empty());
  CHECK(heights(draw_histogram({7, 7}, red(0))).size() == 1);
  CHECK(heights(draw_histogram({7, 7}, red(0).logarithmic(true))).size() == 1);
  CHECK(heights(draw_histogram({0, 1e300}, red(0))).size() == 2);
  const cv::Mat image = draw_histogram(std::vector<double>(1000, 1), HistogramOptions().image_size({120, 160}));
  CHECK(image.size() == cv::Size(160, 120));
}

TEST_CASE("title and label are written") {
  const cv::Mat plain = draw_histogram({1, 2}, red(2));
  const cv::Mat titled = draw_histogram({1, 2}, red(2).title("Width"));
  const cv::Mat labeled = draw_histogram({1, 2}, red(2).x_label("pixels"));
  CHECK(cv::norm(plain.rowRange(0, 28), titled.rowRange(0, 28), cv::NORM_INF) > 0);
  CHECK(cv::norm(plain.rowRange(28, 300), titled.rowRange(28, 300), cv::NORM_INF) == 0);
  CHECK(cv::norm(plain.rowRange(280, 300), labeled.rowRange(280, 300), cv::NORM_INF) > 0);
}

TEST_CASE("what cannot be drawn is refused") {
  CHECK_THROWS_AS(draw_histogram({std::nan("")}), std::invalid_argument);
  CHECK_THROWS_AS(draw_histogram({std::numeric_limits<double>::infinity()}), std::invalid_argument);
  CHECK_THROWS_AS(draw_histogram({0}, HistogramOptions().logarithmic(true)), std::invalid_argument);
  CHECK_THROWS_AS(draw_histogram({1}, red(-1)), std::invalid_argument);
  CHECK_THROWS_AS(draw_histogram({1}, HistogramOptions().image_size({10, 10})), std::invalid_argument);
}
