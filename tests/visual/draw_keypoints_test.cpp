#include <boxfeed/visual/draw_keypoints.h>

#include <limits>
#include <stdexcept>

#include "support/catch.h"
#include "visual/pixels.h"

using boxfeed::draw_keypoints;

TEST_CASE("a visible keypoint is a full square, a hidden one a hollow one, one without a label is not drawn") {
  const cv::Mat image(20, 30, CV_8UC3, cv::Scalar(0, 0, 0));
  const cv::Mat drawn = draw_keypoints(image, {{5.9F, 6.1F, 2}, {15, 10, 1}, {25, 10, 0}}, {255, 0, 0}, 1);
  CHECK(count(drawn, kRed) == 9 + 8);
  CHECK(drawn.at<cv::Vec3b>(6, 5) == kRed);  // row 6, column 5: the pixel that holds the point
  CHECK(drawn.at<cv::Vec3b>(7, 6) == kRed);
  CHECK(drawn.at<cv::Vec3b>(10, 15) == kBlack);
  CHECK(drawn.at<cv::Vec3b>(9, 14) == kRed);
  CHECK(count(image, kRed) == 0);
}

TEST_CASE("what lies outside the image is cut off, and gray becomes RGB") {
  const cv::Mat gray(10, 10, CV_8UC1, cv::Scalar(255));
  CHECK(count(draw_keypoints(gray, {{0.5F, 0.5F, 2}, {-50, 3, 2}, {1e30F, 3, 2}}, {0, 255, 0}, 2), kGreen) == 9);
}

TEST_CASE("keypoints and radii that cannot be are refused") {
  const cv::Mat gray(10, 10, CV_8UC1, cv::Scalar(255));
  CHECK_THROWS_AS(draw_keypoints(gray, {}, {0, 0, 0}, 0), std::invalid_argument);
  CHECK_THROWS_AS(draw_keypoints(gray, {{std::numeric_limits<float>::quiet_NaN(), 1, 2}}), std::invalid_argument);
  CHECK_THROWS_AS(draw_keypoints(cv::Mat(4, 4, CV_32F), {}), std::invalid_argument);
}
