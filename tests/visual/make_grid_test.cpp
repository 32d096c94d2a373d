#include <boxfeed/visual/make_grid.h>

#include <stdexcept>

#include "support/catch.h"
#include "visual/pixels.h"

TEST_CASE("images of several sizes are put into cells, row by row") {
  const cv::Mat large(6, 8, CV_8UC3, cv::Scalar(255, 0, 0)), small(2, 4, CV_8UC1, cv::Scalar(255));
  const cv::Mat sheet = boxfeed::make_grid({large, small, large}, 2, 1, {0, 0, 0});
  // Two columns of 8 and two rows of 6, with lines of 1 between and around them.
  REQUIRE(sheet.size() == cv::Size(19, 15));
  CHECK(count(sheet, kRed) == 2 * 48);
  CHECK(count(sheet, kWhite) == 8);
  CHECK(count(sheet, kBlack) == 19 * 15 - 96 - 8);
  CHECK(sheet.at<cv::Vec3b>(1, 1) == kRed);
  CHECK(sheet.at<cv::Vec3b>(8, 1) == kRed);     // the third begins the second row
  CHECK(sheet.at<cv::Vec3b>(3, 12) == kWhite);  // the small one in the middle of its cell
  CHECK(sheet.at<cv::Vec3b>(4, 15) == kWhite);
}

TEST_CASE("a sheet has no more columns than images") {
  CHECK(boxfeed::make_grid({cv::Mat(5, 5, CV_8UC1, cv::Scalar(0))}, 4, 0).size() == cv::Size(5, 5));
}

TEST_CASE("a sheet of nothing, no columns and a negative padding are refused") {
  const cv::Mat image(5, 5, CV_8UC1, cv::Scalar(0));
  CHECK_THROWS_AS(boxfeed::make_grid({}, 2), std::invalid_argument);
  CHECK_THROWS_WITH(boxfeed::make_grid({image}, 0), "columns: expected at least 1, got 0");
  CHECK_THROWS_WITH(boxfeed::make_grid({image}, 1, -1), "padding: expected at least 0, got -1");
}
