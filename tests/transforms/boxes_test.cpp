#include <boxfeed/transforms/boxes.h>
#include <boxfeed/transforms/compose.h>
#include <boxfeed/transforms/geometry.h>

#include <cmath>
#include <stdexcept>

#include "support/catch.h"
#include "transforms/drawing.h"

using namespace boxfeed;
using namespace boxfeed::transforms;
using boxfeed::testing::plan_of;

TEST_CASE("boxes below a pixel are dropped and counted, the image stays") {
  // The crop leaves columns 20 to 40: of the first box 0.5 columns, of the second nothing, of the third all.
  const std::vector<Box> boxes{{10, 10, 20.5F, 30}, {0, 0, 20, 40}, {22, 12, 30, 28}};
  const Plan plan = plan_of(CenterCrop({20, 20}), {40, 60}, boxes);
  CHECK(plan.boxes == std::vector<Box>{{2, 2, 10, 18}});
  CHECK(plan.kept == std::vector<std::size_t>{2});
  REQUIRE(plan.dropped.size() == 2);
  CHECK(plan.dropped[0].index == 0);
  CHECK(plan.dropped[0].reason == DropReason::kTooSmall);
  CHECK(plan.dropped[0].box == Box{0, 0, 0.5F, 20});
  CHECK(plan.dropped[1].index == 1);
  CHECK(plan.dropped[1].reason == DropReason::kOutside);

  const Plan none = plan_of(CenterCrop({20, 20}), {40, 60}, {{0, 0, 10, 10}});
  CHECK(none.boxes.empty());
  CHECK(none.dropped.size() == 1);
  CHECK(none.size == ImageSize{20, 20});
}

TEST_CASE("boxes of which too little is left are dropped") {
  // Columns 20 to 40 of a box from 10 to 30: half of it; of one from 4 to 24: a fifth.
  const std::vector<Box> boxes{{10, 15, 30, 25}, {4, 15, 24, 25}};
  const auto limit = [](double share) {
    return PipelineOptions().sanitize(SanitizeBoundingBoxes().min_visibility(share));
  };
  CHECK(plan_of(CenterCrop({20, 20}), {40, 60}, boxes, 0, limit(0.3)).kept == std::vector<std::size_t>{0});
  CHECK(plan_of(CenterCrop({20, 20}), {40, 60}, boxes, 0, limit(0.1)).kept == std::vector<std::size_t>{0, 1});
  CHECK(plan_of(CenterCrop({20, 20}), {40, 60}, boxes, 0, limit(0.6)).kept.empty());
  // The shares of two crops multiply: 1/2 of the columns, then 6 of 10 rows.
  const Transform twice = Compose({CenterCrop({20, 20}), CenterCrop({6, 20})});
  CHECK(plan_of(twice, {40, 60}, boxes, 0, limit(0.29)).kept == std::vector<std::size_t>{0});
  CHECK(plan_of(twice, {40, 60}, boxes, 0, limit(0.31)).kept.empty());
  // Half of a box that is half a pixel high, or wide.
  for (const Box& thin : {Box{22, 9.75F, 30, 10.25F}, {19.75F, 12, 20.25F, 20}}) {
    const auto left = [&](double share) {
      return PipelineOptions().sanitize(SanitizeBoundingBoxes().min_size(0).min_area(0).min_visibility(share));
    };
    CHECK(plan_of(CenterCrop({20, 20}), {40, 60}, {thin}, 0, left(0.49)).kept.size() == 1);
    CHECK(plan_of(CenterCrop({20, 20}), {40, 60}, {thin}, 0, left(0.51)).kept.empty());
  }
}

TEST_CASE("a box's keypoints leave with it") {
  const SampleGeometry sample{
      {40, 60}, {{0, 0, 10, 10}, {25, 15, 35, 25}}, {{1, 2, 2}, {3, 4, 1}, {26, 16, 2}, {50, 20, 2}}, 2};
  const Plan plan = Pipeline({CenterCrop({20, 20})}).draw(sample, Random(1, 0, 0));
  CHECK(plan.kept == std::vector<std::size_t>{1});
  // The second lies beyond the crop: it keeps its place, and is not labeled any more.
  CHECK(plan.keypoints == std::vector<Keypoint>{{6, 6, 2}, {30, 10, 0}});

  SampleGeometry free = sample;
  free.keypoints_per_box = 0;
  CHECK(Pipeline({CenterCrop({20, 20})}).draw(free, Random(1, 0, 0)).keypoints.size() == 4);
}

TEST_CASE("of two keypoints a box, those of a dropped box are gone when the image is mirrored afterwards") {
  const SampleGeometry sample{{40, 60},
                              {{0, 0, 10, 10}, {25, 15, 35, 25}, {22, 12, 30, 30}},
                              {{1, 2, 2}, {3, 4, 1}, {26, 16, 2}, {30, 20, 1}, {23, 13, 1}, {29, 29, 2}},
                              2};
  for (const bool clip : {true, false}) {
    const Pipeline pipeline(
        {CenterCrop({20, 20}), ClampBoundingBoxes(), SanitizeBoundingBoxes(), RandomHorizontalFlip(1)},
        PipelineOptions().clip(clip));
    const Plan plan = pipeline.draw(sample, Random(1, 0, 0));
    CHECK(plan.kept == std::vector<std::size_t>{1, 2});
    // Moved by (-20, -10), then mirrored in 20.
    CHECK(plan.boxes == std::vector<Box>{{5, 5, 15, 15}, {10, 2, 18, 20}});
    CHECK(plan.keypoints == std::vector<Keypoint>{{14, 6, 2}, {10, 10, 1}, {17, 3, 1}, {11, 19, 2}});
  }
}

TEST_CASE("boxes can be clipped and dropped in the middle of a pipeline") {
  const auto draw = [](std::vector<Transform> transforms) {
    return Pipeline(std::move(transforms), PipelineOptions().clip(false))
        .draw({{10, 10}, {{-5, 0, 5, 10}}, {}, 0}, Random(1, 0, 0));
  };
  CHECK(draw({Pad(10)}).boxes == std::vector<Box>{{5, 10, 15, 20}});
  CHECK(draw({SanitizeBoundingBoxes().min_size(11), Pad(10)}).boxes.empty());
  CHECK(draw({ClampBoundingBoxes()}).boxes == std::vector<Box>{{0, 0, 5, 10}});
}

TEST_CASE("a box that is not finite is dropped") {
  CHECK(plan_of(Pad(1), {10, 10}, {{NAN, 0, 5, 5}, {1, 1, 5, 5}}).kept == std::vector<std::size_t>{1});
  for (const Box& box : {Box{NAN, 0, 5, 5}, {0, 0, 5, NAN}, {0, 0, INFINITY, 5}, {0, -INFINITY, 5, 5}}) {
    CHECK(SanitizeBoundingBoxes().drops(box, 1) == DropReason::kNotFinite);
  }
}

TEST_CASE("a plan says of each dropped box why, in words, too") {
  // The crop leaves columns 20 to 40 and rows 10 to 30; half of the image's size remains.
  const Transform transforms = Compose({CenterCrop({20, 20}), Resize({10, 10})});
  const auto options = PipelineOptions().sanitize(SanitizeBoundingBoxes().min_visibility(0.5));
  const auto why = [&](const Box& box) {
    const Plan plan = plan_of(transforms, {40, 60}, {box}, 0, options);
    return plan.dropped.empty() ? "kept" : describe(plan.dropped[0]);
  };
  CHECK(why({22, 12, 26, 16}) == "kept");
  CHECK(why({22, 12, 23, 16}) == "too small: 2 × 0.5 pixels (height × width)");
  CHECK(why({22, 12, 22, 16}) == "too small: 2 × 0 pixels (height × width)");
  // What lies on the edge of the crop is not outside of it.
  for (const float x : {20.0F, 40.0F}) CHECK(why({x, 0, x, 16}) == "too small: 3 × 0 pixels (height × width)");
  for (const float y : {10.0F, 30.0F}) CHECK(why({0, y, 26, y}) == "too small: 0 × 3 pixels (height × width)");
  CHECK(why({0, 0, 10, 10}) == "outside of the image");
  CHECK(why({0, 0, 0, 10}) == "outside of the image");
  CHECK(why({10, 10, 24, 30}) == "cut down to 28.6 % of its area");
  CHECK(why({22, 12, INFINITY, 16}) == "not finite");
  const Plan plan = plan_of(transforms, {40, 60}, {{22, 12, 26, 16}, {0, 0, 10, 10}}, 0, options);
  CHECK_THAT(plan.explain(), Catch::Matchers::ContainsSubstring("\nbox 1 dropped: outside of the image\n"));
  CHECK(plan.weights == std::vector<float>{1});
}

TEST_CASE("with zeros every finite box stays") {
  const auto options = PipelineOptions().sanitize(SanitizeBoundingBoxes().min_size(0).min_area(0));
  const Plan plan = plan_of(CenterCrop({20, 20}), {40, 60}, {{0, 0, 10, 10}, {NAN, 0, 5, 5}}, 0, options);
  CHECK(plan.boxes == std::vector<Box>{{0, 0, 0, 0}});
  CHECK(plan.kept == std::vector<std::size_t>{0});
}

TEST_CASE("sanitizing refuses what cannot be") {
  CHECK_THROWS_AS(Transform(SanitizeBoundingBoxes().min_size(-1)), std::invalid_argument);
  CHECK_THROWS_AS(Transform(SanitizeBoundingBoxes().min_visibility(1.1)), std::invalid_argument);
}
