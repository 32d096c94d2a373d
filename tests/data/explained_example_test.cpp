#include <boxfeed/core/error.h>
#include <boxfeed/data/csv_dataset.h>
#include <boxfeed/transforms/color.h>
#include <boxfeed/transforms/compose.h>
#include <boxfeed/transforms/geometry.h>
#include <boxfeed/transforms/transform.h>
#include <torch/types.h>

#include <chrono>
#include <filesystem>
#include <opencv2/core.hpp>
#include <stdexcept>

#include "data/coordinate_images.h"
#include "support/catch.h"

using namespace boxfeed;
using namespace boxfeed::transforms;
using boxfeed::testing::CoordinateImages;
using boxfeed::testing::FortyImages;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("an example is explained by what was drawn, and by its picture before it is a tensor") {
  const FortyImages images;
  const auto dataset = images.dataset(DatasetOptions()
                                          .image_size({6, 8})
                                          .mean({0.5F})
                                          .pipeline(Pipeline({RandomHorizontalFlip(1)}))
                                          .transform([](cv::Mat& image) { image.setTo(0); }));
  const auto explained = dataset.explain({0, 0, 17});
  CHECK(explained.plan.explain() == "RandomHorizontalFlip\nResize size=6,8\n");
  CHECK((explained.plan.boxes == std::vector<Box>{{4, 1, 7, 3}}));  // (1, 1) to (4, 3), mirrored in 8
  REQUIRE(explained.image.type() == CV_8UC3);
  REQUIRE(explained.image.size() == cv::Size(8, 6));
  CHECK(explained.image.at<cv::Vec3b>(2, 1) == cv::Vec3b(6, 2, 17));
  CHECK((dataset.plan({0, 0, 17}).boxes == explained.plan.boxes));
  CHECK_THROWS_AS(dataset.plan({0, 0, 40}), std::out_of_range);
  CHECK_THROWS_AS(dataset.explain({0, 0, 40}), std::out_of_range);
}

TEST_CASE("a plan needs no more of an image than its header") {
  CoordinateImages images;
  images.add(0, 10, 10);
  std::filesystem::resize_file(images.folder() / "images/0.png", 60);
  const auto dataset = images.dataset("image,x,y,h,w\n0.png,1,2,3,4\n", DatasetOptions().image_size({20, 20}));
  CHECK((dataset.plan({0, 0, 0}).boxes == std::vector<Box>{{2, 4, 10, 10}}));
  CHECK_THROWS_WITH(dataset.explain({0, 0, 0}), ContainsSubstring("data.csv:2 (example 0)"));
}

TEST_CASE("what a pipeline draws is a function of seed, epoch and index") {
  const FortyImages images;
  const auto dataset = images.dataset(DatasetOptions().image_size({6, 8}).pipeline(
      Pipeline({KeepBoundingBoxes({RandomResizedCrop({6, 8})}), ColorJitter(0.5)})));
  const auto text = [&](const ExampleKey& key) { return dataset.plan(key).explain(); };
  CHECK(text({1, 2, 3}) == text({1, 2, 3}));
  CHECK(text({1, 2, 4}) != text({1, 2, 3}));
  CHECK(text({9, 2, 3}) != text({1, 2, 3}));
  CHECK(text({1, 9, 3}) != text({1, 2, 3}));
  const auto a = dataset.explain({1, 2, 3}), b = dataset.explain({1, 2, 3});
  CHECK(cv::norm(a.image, b.image, cv::NORM_INF) == 0);
}

TEST_CASE("get follows the epoch that was set, in copies and subsets too") {
  const FortyImages images;
  auto dataset =
      images.dataset(DatasetOptions().image_size({6, 8}).dtype(torch::kUInt8).pipeline(Pipeline({ColorJitter(0.5)})));
  auto copy = dataset;
  auto half = dataset.subset({5, 5});
  const auto written = [&](const ExampleKey& key) { return testing::load(dataset, key).data[0]; };
  CHECK(torch::equal(dataset.get(5).data, written({0, 0, 5})));
  copy.set_seed(7);
  copy.set_epoch(3);
  CHECK(torch::equal(dataset.get(5).data, written({7, 3, 5})));
  CHECK(!torch::equal(written({7, 3, 5}), written({7, 4, 5})));
  dataset.set_epoch(4);
  CHECK(torch::equal(copy.get(5).data, written({7, 4, 5})));
  // The same record twice: the place in the subset counts.
  CHECK(!torch::equal(half.get(0).data, half.get(1).data));
}

TEST_CASE("geometry and color are booked separately") {
  const FortyImages images;
  const auto times = [&](std::vector<Transform> transforms) {
    const auto dataset = images.dataset(DatasetOptions().image_size({200, 300}).pipeline(Pipeline(transforms)));
    StageTimes sum;
    testing::load(dataset, {0, 0, 0}, &sum);
    return sum;
  };
  const auto wait = [] {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(30);
    while (std::chrono::steady_clock::now() < end) {
    }
  };
  const auto in_color = times({LambdaColor("Slow", [&](cv::Mat&, Random&) { wait(); })});
  CHECK(in_color[Stage::kColor] >= std::chrono::milliseconds(30));
  const auto in_geometry =
      times({LambdaGeometry("Slow", [&](const SampleGeometry&, Random&) -> std::optional<DrawnMap> {
        wait();
        return std::nullopt;
      })});
  CHECK(in_geometry[Stage::kGeometry] >= std::chrono::milliseconds(30));
}

TEST_CASE("a pipeline may normalize itself, where the dataset's numbers are floats") {
  const FortyImages images;
  const auto options = DatasetOptions().image_size({6, 8}).pipeline(Pipeline({Normalize({0.5}, {0.25})}));
  const auto data = images.dataset(options).get(17).data;
  CHECK(data[0][2][3].item<float>() == Approx((3 / 255.0 - 0.5) / 0.25));
  auto bytes = options;
  auto dataset = images.dataset(bytes.dtype(torch::kUInt8));
  CHECK_THROWS_WITH(dataset.get(17), ContainsSubstring("expected 8-bit pixels from the transform, got"));
}

TEST_CASE("mean and std are refused beside a pipeline that normalizes") {
  const FortyImages images;
  const auto options = DatasetOptions().image_size({6, 8}).pipeline(Pipeline({Normalize({0.5}, {0.25})}));
  auto with_mean = options, with_std = options;
  CHECK_THROWS_WITH(images.dataset(with_mean.mean(0.5F)), ContainsSubstring("no mean beside a Normalize"));
  CHECK_THROWS_WITH(images.dataset(with_std.std(0.5F)), ContainsSubstring("no std beside a Normalize"));
  auto within = DatasetOptions().image_size({6, 8}).pipeline(
      Pipeline({boxfeed::transforms::RandomApply({boxfeed::transforms::Compose({Normalize({0.5}, {0.25})})})}));
  CHECK_THROWS_WITH(images.dataset(within.mean(0.5F)), ContainsSubstring("no mean beside a Normalize"));
}
