#include <boxfeed/core/error.h>
#include <boxfeed/transforms/pipeline.h>
#include <boxfeed/transforms/renderer.h>
#include <boxfeed/transforms/transform.h>

#include <opencv2/core.hpp>

#include "support/catch.h"
#include "transforms/drawing.h"

using namespace boxfeed;
using namespace boxfeed::transforms;
using boxfeed::testing::equal;
using boxfeed::testing::gray;
using boxfeed::testing::plan_of;
using Catch::Matchers::ContainsSubstring;

namespace {

Transform own(const PlaneMap& map, ImageSize size) {
  return LambdaGeometry("Own", [=](const SampleGeometry&, Random&) { return DrawnMap{map, size, {}}; });
}

}  // namespace

TEST_CASE("a user's geometric transform is a function that returns a map: boxes and pixels follow") {
  const Transform half = LambdaGeometry("Half", [](const SampleGeometry& sample, Random&) {
    return DrawnMap{PlaneMap::scale(0.5, 0.5), {sample.size.height / 2, sample.size.width / 2}, {{"by", {0.5}}}};
  });
  const Plan plan = plan_of(half, {2, 4}, {{0, 0, 4, 2}});
  CHECK(plan.boxes == std::vector<Box>{{0, 0, 2, 1}});
  CHECK(plan.explain() == "Half by=0.5\n");
  CHECK(equal(boxfeed::testing::render(plan, gray({{10, 10, 30, 30}, {10, 10, 30, 30}})), gray({{13, 27}})));
}

TEST_CASE("a user's color transform is a function on the pixels") {
  const Transform invert = LambdaColor("Invert", [](cv::Mat& image, Random&) { cv::bitwise_not(image, image); });
  CHECK(equal(boxfeed::testing::render(plan_of(invert, {1, 3}), gray({{0, 100, 255}})), gray({{255, 155, 0}})));
}

TEST_CASE("what a user's function draws is a function of seed, epoch and index") {
  const Transform noise = LambdaColor("Noise", [](cv::Mat& image, Random& random) {
    for (int x = 0; x < image.cols; ++x) image.at<std::uint8_t>(0, x) = static_cast<std::uint8_t>(random.below(256));
  });
  const auto draw = [&](std::uint64_t index) {
    return boxfeed::testing::render(plan_of(noise, {1, 8}, {}, index), cv::Mat::zeros(1, 8, CV_8UC1));
  };
  CHECK(equal(draw(1), draw(1)));
  CHECK_FALSE(equal(draw(1), draw(2)));
}

namespace {

/// A user's own transform as a class.
class Lean : public GeometricTransform {
  BOXFEED_ARG(double, by) = 0.5;

 public:
  std::string name() const override { return "Lean"; }
  void fields(FieldVisitor& visitor) override { visitor.field("by", by_, {0, 1}); }
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random&) const override {
    return DrawnMap{PlaneMap({1, by_, 0, 0, 1, 0, 0, 0, 1}), sample.size, {{"by", {by_}}}};
  }
};

class Darker : public ColorTransform {
 public:
  std::string name() const override { return "Darker"; }
  std::optional<DrawnColor> draw(Random&) const override {
    DrawnColor drawn;
    drawn.function = [](cv::Mat& image) { image /= 2; };
    return drawn;
  }
};

class NoWideBoxes : public BoxTransform {
 public:
  std::string name() const override { return "NoWideBoxes"; }
  std::optional<DropReason> drops(const Box& box, double) const override {
    if (box.width() <= 2 * box.height()) return std::nullopt;
    return DropReason::kNotVisible;
  }
};

class Several : public ComposedTransform {
  BOXFEED_ARG(std::vector<Transform>, transforms) = std::vector<Transform>{Lean(), Darker()};

 public:
  std::string name() const override { return "Several"; }
  void fields(FieldVisitor& visitor) override { visitor.field("transforms", transforms_); }
  std::vector<Transform> choose(Random&) const override { return transforms_; }
};

class Twice : public ComposedTransform {
 public:
  std::string name() const override { return "Twice"; }
  std::vector<Transform> choose(Random&) const override { return {Lean().by(0.25), Lean().by(0.25)}; }
};

}  // namespace

TEST_CASE("a class of each kind is a transform") {
  CHECK(plan_of(Lean(), {10, 30}, {{2, 2, 4, 4}}).boxes == std::vector<Box>{{3, 2, 6, 4}});
  CHECK(equal(boxfeed::testing::render(plan_of(Darker(), {1, 2}), gray({{100, 40}})), gray({{50, 20}})));
  CHECK_THROWS_WITH(boxfeed::testing::render(plan_of(Darker(), {1, 1}), cv::Mat(1, 1, CV_32FC1, cv::Scalar(1))),
                    ContainsSubstring("Darker: expected 8-bit pixels"));
  CHECK(plan_of(NoWideBoxes(), {10, 30}, {{0, 0, 9, 2}, {0, 0, 4, 2}}).kept == std::vector<std::size_t>{1});
  const Plan twice = plan_of(Twice(), {10, 30}, {{2, 2, 4, 4}});
  CHECK(twice.boxes == std::vector<Box>{{3, 2, 6, 4}});
  CHECK(twice.explain() == "Lean by=0.25\nLean by=0.25\n");
}

TEST_CASE("the options of one's own class are checked, written down and read") {
  CHECK_THROWS_WITH(Transform(Lean().by(2)), "Lean: by: expected a number from 0 to 1, got 2");
  const std::string text = to_json(Pipeline{Lean().by(0.25)});
  CHECK_THAT(text, ContainsSubstring("0.25"));
  const Plan plan = pipeline_from_json(text, {Lean()}).draw({{10, 30}, {}, {}, 0}, Random(1, 0, 0));
  CHECK(plan.explain() == "Lean by=0.25\n");
  // A list that is read takes the place of the one that stands there by default.
  const std::string one = to_json(Pipeline{Several().transforms({Lean().by(0.25)})});
  CHECK(to_json(pipeline_from_json(one, {Several(), Lean(), Darker()})) == one);
  CHECK_THROWS_WITH(pipeline_from_json(R"({"transforms": [{"name": "Lean", "by": 7}]})", {Lean()}),
                    ContainsSubstring("Lean: by: expected a number from 0 to 1, got 7"));
}

TEST_CASE("maps that cannot be are refused by name") {
  CHECK_THROWS_WITH(plan_of(own(PlaneMap::scale(0, 1), {4, 4}), {4, 4}),
                    "the transform Own: expected a map with an inverse");
  CHECK_THROWS_WITH(plan_of(own({}, {0, 4}), {4, 4}),
                    "the transform Own: expected a canvas with sides from 1 to 32768, got 0 × 4 (height × width)");
  CHECK_THROWS_WITH(plan_of(own(PlaneMap({1, 0, 0, 0, 1, 0, -1, 0, 1}), {4, 4}), {4, 4}),
                    "the transform Own: expected a map whose homogeneous coordinate is positive on the whole canvas");
  CHECK_THROWS_WITH(plan_of(own(PlaneMap::scale(NAN, 1), {4, 4}), {4, 4}), "the transform Own: expected a finite map");
}

TEST_CASE("a color function that leaves another size is refused") {
  const Transform wrong = LambdaColor("Wrong", [](cv::Mat& image, Random&) { image = cv::Mat::zeros(2, 2, CV_8UC1); });
  CHECK_THROWS_WITH(boxfeed::testing::render(plan_of(wrong, {1, 3}), gray({{0, 100, 255}})),
                    "Wrong: expected 1 × 3 pixels of 1 channels of 8 bits or floats, got 2 × 2 of CV_8UC1");
}
