#include <boxfeed/visual/to_image.h>
#include <torch/types.h>

#include <stdexcept>

#include "support/catch.h"
#include "visual/pixels.h"

TEST_CASE("planes become pixels in RGB order") {
  auto data = torch::zeros({3, 2, 4});
  data[0][0][1] = 1.F;          // red 255
  data[1][1][2] = 100.F / 255;  // green 100
  data[2][1][3] = 7.F;          // beyond white
  const cv::Mat image = boxfeed::to_image(data);
  REQUIRE(image.size() == cv::Size(4, 2));
  CHECK(image.at<cv::Vec3b>(0, 1) == cv::Vec3b(255, 0, 0));
  CHECK(image.at<cv::Vec3b>(1, 2) == cv::Vec3b(0, 100, 0));
  CHECK(image.at<cv::Vec3b>(1, 3) == cv::Vec3b(0, 0, 255));
  CHECK(count(image, kBlack) == 5);
}

TEST_CASE("mean and deviation are undone, per channel or for all") {
  // (200 / 255 - 0.5) / 0.25 and so on.
  const auto data =
      torch::tensor({(200 / 255.F - 0.5F) / 0.25F, (30 / 255.F - 0.4F) / 0.2F, (0 - 0.1F) / 2}).view({3, 1, 1});
  CHECK(boxfeed::to_image(data, {0.5F, 0.4F, 0.1F}, {0.25F, 0.2F, 2}).at<cv::Vec3b>(0, 0) == cv::Vec3b(200, 30, 0));
  CHECK(boxfeed::to_image(torch::full({1, 1, 1}, -1.F), {0.5F}, {0.5F}).at<unsigned char>(0, 0) == 0);
  CHECK(boxfeed::to_image(torch::full({1, 1, 1}, 1.F), {0.5F}, {0.5F}).at<unsigned char>(0, 0) == 255);
}

TEST_CASE("bytes stay, in any memory layout, and one channel is gray") {
  const auto data = torch::arange(12, torch::kByte).view({1, 3, 2, 2}).contiguous(torch::MemoryFormat::ChannelsLast)[0];
  const cv::Mat image = boxfeed::to_image(data);
  CHECK(image.at<cv::Vec3b>(0, 1) == cv::Vec3b(1, 5, 9));
  CHECK(boxfeed::to_image(data.narrow(0, 1, 1)).at<unsigned char>(1, 0) == 6);
  CHECK(boxfeed::to_image(data.narrow(0, 1, 1)).channels() == 1);
}

TEST_CASE("other shapes and counts are refused") {
  CHECK_THROWS_WITH(boxfeed::to_image(torch::zeros({2, 4, 4})),
                    "expected an image of shape (1, H, W) or (3, H, W), got [2, 4, 4]");
  CHECK_THROWS_WITH(boxfeed::to_image(torch::zeros({3, 4, 4}), {0.1F, 0.2F}), "mean: expected 1 or 3 values, got 2");
}
