#include <boxfeed/visual/draw_boxes.h>

#include <array>
#include <limits>
#include <stdexcept>

#include "support/catch.h"
#include "visual/pixels.h"

using boxfeed::draw_bounding_boxes;

TEST_CASE("a box is a frame inside its edges, and the original stays as it is") {
  const cv::Mat image(10, 12, CV_8UC3, cv::Scalar(0, 0, 0));
  const cv::Mat drawn = draw_bounding_boxes(image, {{{2, 3, 8, 9}, {255, 0, 0}}}, 1);
  // 6 x 6 pixels have a frame of 20.
  CHECK(count(drawn, kRed) == 20);
  for (const auto& corner : {cv::Point(2, 3), cv::Point(7, 3), cv::Point(2, 8), cv::Point(7, 8)}) {
    CHECK(drawn.at<cv::Vec3b>(corner) == kRed);
  }
  CHECK(drawn.at<cv::Vec3b>(4, 4) == kBlack);
  CHECK(drawn.at<cv::Vec3b>(3, 8) == kBlack);  // xmax is not part of the box
  CHECK(count(image, kBlack) == 120);
}

TEST_CASE("a wider line grows inwards, edges are rounded, the part outside is cut off") {
  const cv::Mat image(10, 10, CV_8UC3, cv::Scalar(0, 0, 0));
  CHECK(count(draw_bounding_boxes(image, {{{2.4F, 3.4F, 7.6F, 8.6F}, {255, 0, 0}}}, 2), kRed) == 32);  // 36 - 4
  // Of the frame of (-4, -4, 4, 4) only the right and the lower edge are in sight: 4 + 3 pixels.
  CHECK(count(draw_bounding_boxes(image, {{{-4, -4, 4, 4}, {255, 0, 0}}}, 1), kRed) == 7);
  CHECK(count(draw_bounding_boxes(image, {{{30, 30, 40, 40}, {255, 0, 0}}}, 1), kRed) == 0);
  CHECK(count(draw_bounding_boxes(image, {{{5, 5, 5, 5}, {255, 0, 0}}}, 3), kRed) == 1);
}

TEST_CASE("later boxes are drawn over earlier ones, and gray becomes RGB") {
  const cv::Mat gray(10, 10, CV_8UC1, cv::Scalar(255));
  const cv::Mat drawn = draw_bounding_boxes(gray, {{{0, 0, 4, 4}, {255, 0, 0}}, {{0, 0, 4, 4}, {0, 255, 0}}}, 1);
  CHECK(count(drawn, kRed) == 0);
  CHECK(count(drawn, kGreen) == 12);
  CHECK(count(drawn, kWhite) == 88);
}

TEST_CASE("a label stands above its box on the box's color, in ink that contrasts") {
  const cv::Mat image(100, 100, CV_8UC3, cv::Scalar(90, 90, 90));
  const cv::Mat plain = draw_bounding_boxes(image, {{{10, 50, 90, 90}, {255, 0, 0}}}, 1);
  const cv::Mat labeled = draw_bounding_boxes(image, {{{10, 50, 90, 90}, {255, 0, 0}, "0.87"}}, 1);
  CHECK(cv::norm(plain.rowRange(50, 100), labeled.rowRange(50, 100), cv::NORM_INF) == 0);
  const cv::Mat above = labeled.rowRange(0, 50);
  CHECK(above.at<cv::Vec3b>(49, 10) == kRed);
  CHECK(count(above, kRed) > 100);
  double bright = 0;
  cv::minMaxIdx(above.reshape(1), nullptr, &bright);
  CHECK(bright == 255);
  // On a bright color the ink is dark.
  const cv::Mat green = draw_bounding_boxes(image, {{{10, 50, 90, 90}, {0, 255, 0}, "0.87"}}, 1).rowRange(0, 50);
  cv::Mat red_channel;
  cv::extractChannel(green, red_channel, 0);
  double highest = 0;
  cv::minMaxIdx(red_channel, nullptr, &highest);
  CHECK(highest == 90);  // nothing whiter than the ground was written
}

TEST_CASE("a label without room outside its box is written inside, and never outside the image") {
  const cv::Mat image(60, 80, CV_8UC3, cv::Scalar(0, 0, 0));
  const cv::Mat top = draw_bounding_boxes(image, {{{0, 0, 80, 60}, {255, 0, 0}, "abc"}}, 1);
  CHECK(count(top.rowRange(1, 12).colRange(1, 20), kRed) > 50);
  const cv::Mat bottom = draw_bounding_boxes(image, {{{0, 0, 80, 60}, {255, 0, 0}, "abc", true}}, 1);
  CHECK(count(bottom.rowRange(1, 12).colRange(1, 20), kRed) == 0);
  CHECK(count(bottom.rowRange(48, 59).colRange(1, 20), kRed) > 50);
  CHECK_NOTHROW(draw_bounding_boxes(image, {{{-90, -90, -80, -80}, {255, 0, 0}, "a label wider than the image"}}, 1));
}

TEST_CASE("wrong images, boxes and line widths are refused") {
  const cv::Mat image(10, 10, CV_8UC3, cv::Scalar(0, 0, 0));
  CHECK_THROWS_AS(draw_bounding_boxes(cv::Mat(4, 4, CV_32FC3), {}), std::invalid_argument);
  CHECK_THROWS_AS(draw_bounding_boxes(cv::Mat(), {}), std::invalid_argument);
  CHECK_THROWS_WITH(draw_bounding_boxes(image, {}, 0), "line_width: expected at least 1, got 0");
  CHECK_THROWS_AS(draw_bounding_boxes(image, {{{0, 0, std::numeric_limits<float>::quiet_NaN(), 1}, {}}}),
                  std::invalid_argument);
}

TEST_CASE("by default lines are as wide as the image needs, and lined with what contrasts") {
  const auto widths = [](int side, boxfeed::Color color, const cv::Vec3b& lining) {
    const cv::Mat image(side, side, CV_8UC3, cv::Scalar(90, 90, 90));
    const auto end = static_cast<float>(side);
    const cv::Mat row = draw_bounding_boxes(image, {{{0, 0, end, end}, color}}).row(side / 2);
    CHECK(row.at<cv::Vec3b>(0, 0) == cv::Vec3b(color[0], color[1], color[2]));
    return std::array<int, 2>{count(row, {color[0], color[1], color[2]}) / 2, count(row, lining) / 2};
  };
  CHECK(widths(64, {255, 0, 0}, kWhite) == std::array<int, 2>{1, 1});
  CHECK(widths(127, {255, 0, 0}, kWhite) == std::array<int, 2>{1, 1});
  CHECK(widths(128, {255, 0, 0}, kWhite) == std::array<int, 2>{2, 1});
  CHECK(widths(599, {0, 255, 0}, kBlack) == std::array<int, 2>{2, 1});
  CHECK(widths(3000, {0, 255, 0}, kBlack) == std::array<int, 2>{15, 8});
}
