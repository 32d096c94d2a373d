#include <boxfeed/core/error.h>
#include <boxfeed/visual/write_png.h>

#include <opencv2/imgcodecs.hpp>
#include <stdexcept>

#include "support/catch.h"
#include "support/temporary_folder.h"

TEST_CASE("a PNG holds the pixels exactly") {
  const boxfeed::testing::TemporaryFolder folder;
  cv::Mat image(2, 3, CV_8UC3, cv::Scalar(10, 20, 30));
  image.at<cv::Vec3b>(1, 2) = {200, 100, 50};
  boxfeed::write_png(folder / "a.png", image);
  const cv::Mat back = cv::imread(folder / "a.png", cv::IMREAD_COLOR);  // in BGR order
  REQUIRE(back.size() == image.size());
  CHECK(back.at<cv::Vec3b>(0, 0) == cv::Vec3b(30, 20, 10));
  CHECK(back.at<cv::Vec3b>(1, 2) == cv::Vec3b(50, 100, 200));
}

TEST_CASE("a PNG that cannot be written is an error that names it") {
  const cv::Mat image(2, 3, CV_8UC3, cv::Scalar(0));
  CHECK_THROWS_AS(boxfeed::write_png("/nonexistent/a.png", image), boxfeed::Error);
  CHECK_THROWS_WITH(boxfeed::write_png("/nonexistent/a.png", image),
                    Catch::Matchers::ContainsSubstring("/nonexistent/a.png"));
  CHECK_THROWS_AS(boxfeed::write_png("/nonexistent/a.png", cv::Mat()), std::invalid_argument);
}
