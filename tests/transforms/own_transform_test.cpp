#include <boxfeed/core/error.h>
#include <boxfeed/transforms/own_transform.h>
#include <boxfeed/transforms/renderer.h>

#include <opencv2/core.hpp>

#include "support/catch.h"
#include "transforms/drawing.h"

using namespace boxfeed;
using namespace boxfeed::transforms;
using boxfeed::testing::equal;
using boxfeed::testing::gray;
using boxfeed::testing::plan_of;

namespace {

Transform own(const PlaneMap& map, ImageSize size) {
  return OwnGeometry("Own", [=](const SampleGeometry&, Random&) { return DrawnMap{map, size, {}}; });
}

}  // namespace

TEST_CASE("a user's geometric transform is a function that returns a map: boxes and pixels follow") {
  const Transform half = OwnGeometry("Half", [](const SampleGeometry& sample, Random&) {
    return DrawnMap{PlaneMap::scale(0.5, 0.5), {sample.size.height / 2, sample.size.width / 2}, {{"by", {0.5}}}};
  });
  const Plan plan = plan_of(half, {2, 4}, {{0, 0, 4, 2}});
  CHECK(plan.boxes == std::vector<Box>{{0, 0, 2, 1}});
  CHECK(plan.explain() == "Half by=0.5\n");
  cv::Mat out;
  Renderer().render(plan, gray({{10, 10, 30, 30}, {10, 10, 30, 30}}), {}, out);
  CHECK(out.size() == cv::Size(2, 1));
}

TEST_CASE("a user's color transform is a function on the pixels") {
  const Transform invert = OwnColor("Invert", [](cv::Mat& image, Random&) { cv::bitwise_not(image, image); });
  cv::Mat out;
  Renderer().render(plan_of(invert, {1, 3}), gray({{0, 100, 255}}), {}, out);
  CHECK(equal(out, gray({{255, 155, 0}})));
}

TEST_CASE("what a user's function draws is a function of seed, epoch and index") {
  const Transform noise = OwnColor("Noise", [](cv::Mat& image, Random& random) {
    for (int x = 0; x < image.cols; ++x) image.at<std::uint8_t>(0, x) = static_cast<std::uint8_t>(random.below(256));
  });
  const auto draw = [&](std::uint64_t index) {
    cv::Mat out;
    Renderer().render(plan_of(noise, {1, 8}, {}, index), cv::Mat::zeros(1, 8, CV_8UC1), {}, out);
    return out;
  };
  CHECK(equal(draw(1), draw(1)));
  CHECK_FALSE(equal(draw(1), draw(2)));
}

TEST_CASE("maps that cannot be are refused by name") {
  CHECK_THROWS_WITH(plan_of(own(PlaneMap::scale(0, 1), {4, 4}), {4, 4}),
                    "the transform Own: expected a map with an inverse");
  CHECK_THROWS_WITH(plan_of(own({}, {0, 4}), {4, 4}),
                    "the transform Own: expected a canvas with sides from 1 to 32768, got 0 × 4");
  CHECK_THROWS_WITH(plan_of(own(PlaneMap({1, 0, 0, 0, 1, 0, -1, 0, 1}), {4, 4}), {4, 4}),
                    "the transform Own: expected a map that sees the whole canvas from the front");
  CHECK_THROWS_WITH(plan_of(own(PlaneMap::scale(NAN, 1), {4, 4}), {4, 4}), "the transform Own: expected a finite map");
}

TEST_CASE("a color function that leaves another size is refused") {
  const Transform wrong = OwnColor("Wrong", [](cv::Mat& image, Random&) { image = cv::Mat::zeros(2, 2, CV_8UC1); });
  cv::Mat out;
  CHECK_THROWS_AS(Renderer().render(plan_of(wrong, {1, 3}), gray({{0, 100, 255}}), {}, out), Error);
}
