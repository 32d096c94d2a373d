#include <boxfeed/core/error.h>
#include <boxfeed/data/csv_dataset.h>
#include <boxfeed/transforms/geometry.h>
#include <torch/types.h>

#include <exception>
#include <opencv2/imgcodecs.hpp>
#include <stdexcept>

#include "data/coordinate_images.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using boxfeed::DatasetOptions;
using boxfeed::ImageError;
using boxfeed::Reason;
using boxfeed::testing::CoordinateImages;
using boxfeed::testing::values;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("an example is the image in [0, 1], channels first, and its labels") {
  CoordinateImages images;
  images.add(7, 5, 9);
  auto dataset = images.dataset("image,x,y,h,w\n7.png,1,2,3,4\n", DatasetOptions().image_size({5, 9}));
  REQUIRE(dataset.size() == 1);
  const auto example = dataset.get(0);
  REQUIRE(example.data.sizes() == torch::IntArrayRef({3, 5, 9}));
  REQUIRE(example.data.scalar_type() == torch::kFloat32);
  CHECK(example.data.is_contiguous());
  for (int row = 0; row < 5; ++row) {
    for (int column = 0; column < 9; ++column) {
      REQUIRE(example.data[0][row][column].item<float>() == Approx(column / 255.0).margin(1e-7));
      REQUIRE(example.data[1][row][column].item<float>() == Approx(row / 255.0).margin(1e-7));
      REQUIRE(example.data[2][row][column].item<float>() == Approx(7 / 255.0F).margin(1e-7));
    }
  }
  CHECK(values(example.target) == std::vector<float>{1, 2, 3, 4});
  CHECK(example.target.scalar_type() == torch::kFloat32);
}

TEST_CASE("the image becomes (244, 244) unless another size is asked for") {
  CoordinateImages images;
  images.add(0, 10, 20);
  CHECK(images.dataset("image,x,y,h,w\n0.png,1,2,3,4\n").get(0).data.sizes() == torch::IntArrayRef({3, 244, 244}));
}

TEST_CASE("one channel is gray") {
  CoordinateImages images;
  images.add(100, 4, 4);
  auto dataset = images.dataset("image,v\n0.png,1\n100.png,2\n", DatasetOptions().image_size({4, 4}).channels(1));
  const auto data = dataset.get(1).data;
  REQUIRE(data.sizes() == torch::IntArrayRef({1, 4, 4}));
  // ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B, with R = 3, G = 2, B = 100, to a gray level.
  CHECK(data[0][2][3].item<float>() * 255 == Approx(0.299 * 3 + 0.587 * 2 + 0.114 * 100).margin(1));
}

TEST_CASE("pixels can stay 8-bit numbers") {
  CoordinateImages images;
  images.add(9, 4, 6);
  auto dataset = images.dataset("image,v\n9.png,1\n", DatasetOptions().image_size({4, 6}).dtype(torch::kUInt8));
  const auto data = dataset.get(0).data;
  REQUIRE(data.scalar_type() == torch::kUInt8);
  CHECK(data[0][1][5].item<int>() == 5);
  CHECK(data[1][3][5].item<int>() == 3);
  CHECK(data[2][0][0].item<int>() == 9);
}

TEST_CASE("mean and standard deviation are taken out") {
  CoordinateImages images;
  images.add(51, 4, 4);
  const auto options = DatasetOptions().image_size({4, 4}).mean({0, 0.2F, 0.1F}).std({1, 0.25F, 0.5F});
  const auto data = images.dataset("image,v\n51.png,1\n", options).get(0).data;
  CHECK(data[2][1][1].item<float>() == Approx((51 / 255.0 - 0.1) / 0.5));
  CHECK(data[0][1][2].item<float>() == Approx(2 / 255.0));
  CHECK(data[1][1][2].item<float>() == Approx((1 / 255.0 - 0.2) / 0.25));
}

TEST_CASE("channels last is another layout of the same numbers") {
  CoordinateImages images;
  images.add(3, 4, 6);
  const auto options = DatasetOptions().image_size({4, 6});
  const auto planes = images.dataset("image,v\n3.png,1\n", options).get(0).data;
  auto last = options;
  last.memory_format(c10::MemoryFormat::ChannelsLast);
  const auto interleaved = images.dataset("image,v\n3.png,1\n", last).get(0).data;
  CHECK(interleaved.strides() == torch::IntArrayRef({1, 18, 3}));
  CHECK(torch::equal(planes, interleaved));
}

TEST_CASE("the image hook sees RGB rows and may replace them") {
  CoordinateImages images;
  images.add(5, 4, 6);
  const std::string csv = "image,v\n5.png,1\n";
  const auto options = [](boxfeed::ImageTransform transform) {
    return DatasetOptions().image_size({4, 6}).transform(std::move(transform));
  };
  SECTION("in place") {
    const auto data = images
                          .dataset(csv, options([](cv::Mat& image) {
                                     CHECK(image.type() == CV_8UC3);
                                     image.at<cv::Vec3b>(1, 2)[2] += 50;
                                   }))
                          .get(0)
                          .data;
    CHECK(data[2][1][2].item<float>() * 255 == Approx(55));
    CHECK(data[2][1][3].item<float>() * 255 == Approx(5));
  }
  SECTION("with floats, taken as they are") {
    const auto data =
        images.dataset(csv, options([](cv::Mat& image) { image.convertTo(image, CV_32F, 2.0, -1.0); })).get(0).data;
    CHECK(data[2][1][2].item<float>() == 9);
    CHECK(data[0][1][2].item<float>() == 3);
  }
  SECTION("but not change their size") {
    auto dataset = images.dataset(csv, options([](cv::Mat& image) { image = image.rowRange(0, 2).clone(); }));
    CHECK_THROWS_WITH(dataset.get(0), ContainsSubstring("data.csv:2 (example 0)") &&
                                          ContainsSubstring("expected 4 × 6 pixels of 3 channels") &&
                                          ContainsSubstring("got 2 × 6 of 3"));
  }
  SECTION("and what it throws is kept with the place") {
    auto dataset = images.dataset(csv, options([](cv::Mat&) { throw std::domain_error("too dark"); }));
    try {
      dataset.get(0);
      FAIL("nothing was thrown");
    } catch (const ImageError& error) {
      CHECK(error.reason() == Reason::kHook);
      CHECK_THAT(error.what(), ContainsSubstring("data.csv:2 (example 0)") && ContainsSubstring("too dark"));
      CHECK_THROWS_AS(std::rethrow_if_nested(error), std::domain_error);
    }
  }
}

TEST_CASE("images of 16 bits keep their finer levels on the way to the row, by option") {
  const boxfeed::testing::TemporaryFolder folder;
  cv::Mat eight(6, 8, CV_8UC1), twin, finer;
  for (int i = 0; i < 48; ++i) eight.data[i] = static_cast<std::uint8_t>(5 * i);
  eight.convertTo(twin, CV_16U, 257);
  twin.copyTo(finer);
  finer.at<std::uint16_t>(2, 3) = 1000;
  folder.write("images/.keep", "");
  cv::imwrite(folder / "images/8.png", eight);
  cv::imwrite(folder / "images/16.png", twin);
  cv::imwrite(folder / "images/finer.png", finer);
  const auto csv = folder.write("data.csv", "image,v\n8.png,1\n16.png,2\nfiner.png,3\n");
  const auto dataset = [&](DatasetOptions options) {
    options.channels(1).decode(boxfeed::DecodeOptions().pixel_type(boxfeed::PixelType::kFloat32));
    return boxfeed::CsvDataset(csv, folder / "images", options);
  };
  auto whole = dataset(DatasetOptions().image_size({6, 8}).mean({0.5F}).std({0.25F}));
  CHECK(torch::equal(whole.get(0).data, whole.get(1).data));
  CHECK(whole.get(0).data[0][0][7].item<float>() == Approx((35 / 255.0 - 0.5) / 0.25));
  CHECK(whole.get(2).data[0][2][3].item<float>() == Approx((1000 / 65535.0 - 0.5) / 0.25));
  auto smaller = dataset(DatasetOptions().image_size({3, 5}).resize_mode(boxfeed::ResizeMode::kLetterbox));
  CHECK(torch::equal(smaller.get(0).data, smaller.get(1).data));
  auto hooked = dataset(DatasetOptions().image_size({6, 8}).transform([](cv::Mat& image) {
    CHECK(image.type() == CV_32FC1);
    image *= 2;
  }));
  CHECK(hooked.get(2).data[0][2][3].item<float>() == Approx(2 * 1000 / 65535.0));
  CHECK_THROWS_WITH(dataset(DatasetOptions().dtype(torch::kUInt8)),
                    ContainsSubstring("expected dtype to be Float where images are decoded to floats, got Byte"));
  auto flipped = dataset(DatasetOptions().image_size({6, 8}).pipeline(
      boxfeed::transforms::Pipeline({boxfeed::transforms::RandomHorizontalFlip(1)})));
  CHECK(flipped.get(2).data[0][2][4].item<float>() == Approx(1000 / 65535.0));
}

TEST_CASE("a name may not lead out of the image folder unless that is allowed") {
  CoordinateImages images;
  images.add(0, 4, 4);
  const std::string csv = "image,v\n../images/../data.csv,1\n../images/0.png,1\n";
  auto dataset = images.dataset(csv);
  CHECK_THROWS_WITH(dataset.get(0), ContainsSubstring("leads out of it"));
  auto open = images.dataset(csv, DatasetOptions().allow_outside_root(true).image_size({4, 4}));
  CHECK(open.get(1).data.sizes() == torch::IntArrayRef({3, 4, 4}));
}
