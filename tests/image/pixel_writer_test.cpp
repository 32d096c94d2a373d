#include <boxfeed/image/pixel_writer.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "support/catch.h"

namespace {

using boxfeed::PixelLayout;
using boxfeed::PixelType;
using boxfeed::PixelWriter;
using boxfeed::PixelWriterOptions;

/// 7 x 41 pixels, so that vectors do not fit, with all bytes.
cv::Mat all_bytes(int channels) {
  cv::Mat image(7, 41, CV_8UC(channels));
  for (int i = 0; i < 7 * 41 * channels; ++i) image.data[i] = static_cast<std::uint8_t>(i * 3);
  return image;
}

/// Where the number of channel `c` of pixel `i` belongs.
std::size_t place(const PixelWriterOptions& options, std::size_t i, std::size_t c, std::size_t area,
                  std::size_t channels) {
  return options.layout() == PixelLayout::kPlanes ? c * area + i : i * channels + c;
}

}  // namespace

TEST_CASE("every number is written once, where it belongs") {
  for (const int channels : {1, 3}) {
    for (const auto layout : {PixelLayout::kPlanes, PixelLayout::kInterleaved}) {
      const cv::Mat image = all_bytes(channels);
      const std::size_t area = image.total(), count = area * static_cast<std::size_t>(channels);
      auto options = PixelWriterOptions().layout(layout);
      std::vector<float> floats(count + 1, -1.0F);
      PixelWriter(options).write(image, floats.data());
      std::vector<std::uint8_t> bytes(count + 1, 99);
      PixelWriter(options.type(PixelType::kUInt8)).write(image, bytes.data());
      for (std::size_t i = 0; i < area; ++i) {
        for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c) {
          const auto value = image.data[i * static_cast<std::size_t>(channels) + c];
          const auto at = place(options, i, c, area, static_cast<std::size_t>(channels));
          REQUIRE(floats[at] == static_cast<float>(value) / 255.0F);
          REQUIRE(bytes[at] == value);
        }
      }
      CHECK(floats[count] == -1.0F);
      CHECK(bytes[count] == 99);
    }
  }
}

TEST_CASE("mean and std belong to the colors") {
  const boxfeed::ChannelValues mean{0.485F, 0.456F, 0.406F}, divisor{0.229F, 0.224F, 0.225F};
  for (const auto layout : {PixelLayout::kPlanes, PixelLayout::kInterleaved}) {
    const auto options = PixelWriterOptions().layout(layout).mean(mean).std(divisor);
    const cv::Mat image = all_bytes(3);
    std::vector<float> out(3 * image.total());
    PixelWriter(options).write(image, out.data());
    for (std::size_t i = 0; i < image.total(); ++i) {
      for (std::size_t c = 0; c < 3; ++c) {
        const double expected = (image.data[3 * i + c] / 255.0 - mean[c]) / divisor[c];
        REQUIRE(std::abs(out[place(options, i, c, image.total(), 3)] - expected) < 5e-7);
      }
    }
  }
}

TEST_CASE("an image with gaps between its rows is written as it is") {
  const cv::Mat wide = all_bytes(3);
  const cv::Mat part = wide(cv::Rect(3, 2, 20, 4));
  std::vector<float> first(3 * part.total()), second(3 * part.total());
  PixelWriter().write(part, first.data());
  PixelWriter().write(part.clone(), second.data());
  CHECK(first == second);
  CHECK(first[0] == static_cast<float>(wide.at<cv::Vec3b>(2, 3)[0]) / 255.0F);
}

TEST_CASE("floats from 0 to 255 are written as bytes are, with what lies between") {
  const boxfeed::ChannelValues mean{0.485F, 0.456F, 0.406F}, divisor{0.229F, 0.224F, 0.225F};
  for (const int channels : {1, 3}) {
    for (const auto layout : {PixelLayout::kPlanes, PixelLayout::kInterleaved}) {
      const PixelWriter writer(PixelWriterOptions().layout(layout).mean(mean).std(divisor));
      const cv::Mat bytes = all_bytes(channels);
      cv::Mat image;
      bytes.convertTo(image, CV_32F);
      std::vector<float> expected(image.total() * static_cast<std::size_t>(channels)), out(expected.size());
      writer.write(bytes, expected.data());
      writer.write(image, out.data());
      CHECK(out == expected);
    }
  }
  const cv::Mat between = (cv::Mat_<cv::Vec3f>(1, 2) << cv::Vec3f(0.25F, 100.5F, 255), cv::Vec3f(1, 2, 3.75F));
  std::vector<float> out(6);
  PixelWriter(PixelWriterOptions().mean({0, 0.5F, 0}).std({1, 1, 0.5F})).write(between, out.data());
  const double expected[] = {0.25 / 255, 1 / 255.0, 100.5 / 255 - 0.5, 2 / 255.0 - 0.5, 2, 3.75 / 255 * 2};
  for (std::size_t i = 0; i < 6; ++i) CHECK(out[i] == Approx(expected[i]).margin(1e-7));
}

TEST_CASE("a pixel writer refuses what makes no sense") {
  CHECK_THROWS_AS(PixelWriter(PixelWriterOptions().std({1, 0, 1})), std::invalid_argument);
  CHECK_THROWS_AS(PixelWriter(PixelWriterOptions().mean({NAN, 0, 1})), std::invalid_argument);
  CHECK_THROWS_AS(PixelWriter(PixelWriterOptions().type(PixelType::kUInt8).mean({0.5F, 0.5F, 0.5F})),
                  std::invalid_argument);
  std::vector<float> out(16);
  CHECK_THROWS_AS(PixelWriter().write(cv::Mat(2, 2, CV_8UC4), out.data()), std::invalid_argument);
  CHECK_THROWS_AS(PixelWriter().write(cv::Mat(2, 2, CV_16UC1), out.data()), std::invalid_argument);
  CHECK_THROWS_AS(PixelWriter(PixelWriterOptions().type(PixelType::kUInt8)).write(cv::Mat(2, 2, CV_32FC1), out.data()),
                  std::invalid_argument);
}
