#include <boxfeed/visual/draw_heat_map.h>

#include <cmath>
#include <stdexcept>

#include "support/catch.h"
#include "visual/pixels.h"

using boxfeed::draw_heat_map;
using boxfeed::HeatMapOptions;

namespace {

/// How dark the diagram is at a point of the unit square; 226 × 226 pixels from (119, 30).
int darkness(const cv::Mat& image, double x, double y) {
  const auto pixel = image.at<cv::Vec3b>(30 + static_cast<int>(y * 226), 119 + static_cast<int>(x * 226));
  return 3 * 255 - pixel[0] - pixel[1] - pixel[2];
}

}  // namespace

TEST_CASE("cells are the darker the more points they hold, with y downwards") {
  const cv::Mat image = draw_heat_map({{0.1, 0.1}, {0.1, 0.2}, {0.9, 0.1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}},
                                      HeatMapOptions().cells({2, 2}));
  CHECK(image.size() == cv::Size(420, 300));
  const int top_left = darkness(image, 0.25, 0.25), top_right = darkness(image, 0.75, 0.25),
            bottom_left = darkness(image, 0.25, 0.75), bottom_right = darkness(image, 0.75, 0.75);
  CHECK(bottom_left < top_right);
  CHECK(top_right < top_left);
  CHECK(top_left < bottom_right);
  CHECK(darkness(image, 0.05, 0.05) == top_left);
  CHECK(darkness(image, 0.45, 0.45) == top_left);
}

TEST_CASE("points outside are left out, no points are no trouble") {
  const cv::Mat empty = draw_heat_map({});
  CHECK(cv::norm(empty, draw_heat_map({{-0.1, 0.5}, {0.5, 1.1}, {std::nan(""), 0.5}}), cv::NORM_INF) == 0);
  CHECK_THROWS_AS(draw_heat_map({}, HeatMapOptions().cells({0, 5})), std::invalid_argument);
  CHECK_THROWS_AS(draw_heat_map({}, HeatMapOptions().image_size({50, 64})), std::invalid_argument);
}
