#include "report/picture.h"

#include "support/catch.h"

TEST_CASE("a caption has as many lines as it needs, and a wide word widens the picture") {
  const cv::Mat image(60, 200, CV_8UC3, cv::Scalar(9, 9, 9));
  const auto height_of = [&](const std::vector<std::string>& words) {
    return localization::captioned(image, words).rows - image.rows;
  };
  const int line = height_of({"IoU 0.5"});
  CHECK(line > 0);
  CHECK(height_of({}) == 0);
  CHECK(height_of({"IoU 0.5", "cat"}) == line);
  CHECK(height_of({"area 12.3456 (23.4567)", "exposure 0.123 (0.456)"}) == 2 * line);
  CHECK(localization::captioned(image, {"IoU 0.5"}).cols == image.cols);
  const auto wide = localization::captioned(image, {std::string(60, 'w')});
  CHECK(wide.cols > 300);
  CHECK(wide.at<cv::Vec3b>(0, wide.cols - 1) == cv::Vec3b(255, 255, 255));
}
