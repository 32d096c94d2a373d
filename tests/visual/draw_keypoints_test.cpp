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

TEST_CASE("by default keypoints are as large as the image needs, and lined with what contrasts") {
  const auto drawn = [](int side, float visibility) {
    const cv::Mat image(side, side, CV_8UC3, cv::Scalar(90, 90, 90));
    return draw_keypoints(image, {{static_cast<float>(side) / 2, static_cast<float>(side) / 2, visibility}});
  };
  CHECK(count(drawn(64, 2), kRed) == 25);
  CHECK(count(drawn(64, 1), kRed) == 16);
  CHECK(count(drawn(299, 2), kRed) == 25);
  CHECK(count(drawn(300, 2), kRed) == 49);
  CHECK(count(drawn(300, 2), kWhite) == 81 - 49);
  CHECK(count(drawn(300, 1), kRed) == 49 - 25);
  CHECK(count(drawn(3000, 2), kRed) == 61 * 61);
  CHECK(count(drawn(3000, 1), kRed) == 61 * 61 - 41 * 41);  // the edge of a hollow one is a third of the radius
  CHECK(count(drawn(3000, 1), kWhite) == 71 * 71 - 61 * 61);
}
