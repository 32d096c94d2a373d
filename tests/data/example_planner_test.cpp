#include "data/example_planner.h"

#include <boxfeed/annotations/annotation_table_builder.h>
#include <boxfeed/core/error.h>
#include <boxfeed/transforms/geometry.h>
#include <boxfeed/transforms/transform.h>

#include <stdexcept>

#include "support/catch.h"

using namespace boxfeed;
using namespace boxfeed::transforms;
using Catch::Matchers::ContainsSubstring;

namespace {

AnnotationTable table_of(const std::vector<Box>& boxes, const std::vector<Keypoint>& keypoints = {},
                         BoxUnits units = BoxUnits::kPixels) {
  AnnotationTableInfo info;
  info.box_units = units;
  AnnotationTableBuilder builder(info);
  AnnotationRecord record;
  record.name = "a.jpg";
  record.box_units = units;
  record.boxes = boxes;
  record.keypoints = keypoints;
  builder.add(record);
  return builder.build();
}

Plan plan_of(const AnnotationTable& table, const DatasetOptions& options, ImageSize displayed = {100, 200},
             Targets targets = Targets::kMany) {
  const ExamplePlanner planner(table, options, targets);
  const ExampleKey key{0, 0, 0};
  return planner
      .draw(key, planner.mixer().begin(table.size(), key.index, boxfeed::Random(key)), {table.record(0)}, {displayed},
            table.boxes(0).size(), "a.jpg")
      .plan;
}

DatasetOptions halved() { return DatasetOptions().image_size({50, 100}); }

}  // namespace

TEST_CASE("without a pipeline an example is resized, and its labels follow") {
  const auto table = table_of({{20, 10, 40, 30}}, {{60, 50, 1}});
  const Plan plan = plan_of(table, halved());
  CHECK(plan.source == ImageSize{100, 200});
  CHECK(plan.size == ImageSize{50, 100});
  CHECK((plan.boxes == std::vector<Box>{{10, 5, 20, 15}}));
  CHECK(plan.kept == std::vector<std::size_t>{0});
  CHECK((plan.keypoints == std::vector<Keypoint>{{30, 25, 1}}));
  CHECK(plan.decode_size() == ImageSize{50, 100});
}

TEST_CASE("boxes and keypoints given as fractions become pixels of the output") {
  const auto table = table_of({{0.25F, 0.5F, 0.75F, 1}}, {{0.5F, 0.5F, 2}}, BoxUnits::kFractions);
  for (const bool with_pipeline : {false, true}) {
    auto options = halved();
    if (with_pipeline) options.pipeline(Pipeline());
    const Plan plan = plan_of(table, options);
    CHECK((plan.boxes == std::vector<Box>{{25, 25, 75, 50}}));
    CHECK((plan.keypoints == std::vector<Keypoint>{{50, 25, 2}}));
  }
}

TEST_CASE("a pipeline's end is brought to the dataset's size as the resize mode says") {
  const auto table = table_of({{100, 0, 200, 100}});
  // The left 60 columns are cut off by hand; 100 × 140 remain.
  const Pipeline pipeline({LambdaGeometry("Cut", [](const SampleGeometry& sample, Random&) {
    return DrawnMap{PlaneMap::translation(-60, 0), {sample.size.height, sample.size.width - 60}, {}};
  })});
  const auto plan = [&](ResizeMode mode) {
    return plan_of(table, DatasetOptions().image_size({70, 70}).resize_mode(mode).pipeline(pipeline));
  };
  SECTION("stretched") { CHECK((plan(ResizeMode::kStretch).boxes == std::vector<Box>{{20, 0, 70, 70}})); }
  // Half the size: 50 rows of 70, ten above.
  SECTION("in a letterbox") { CHECK((plan(ResizeMode::kLetterbox).boxes == std::vector<Box>{{20, 10, 70, 60}})); }
  // 0.7 of the size: 98 columns of which 14 are cut off at each side.
  SECTION("covering") {
    const Box box = plan(ResizeMode::kCover).boxes.at(0);
    CHECK(box.xmin == Approx(14));
    CHECK(box.xmax == Approx(70));
    CHECK(box.ymax == Approx(70));
  }
}

TEST_CASE("a pipeline that ends in the dataset's size is not changed by it") {
  const auto table = table_of({{20, 10, 40, 30}});
  const Plan plan = plan_of(table, halved().pipeline(Pipeline({RandomHorizontalFlip(1), Resize({50, 100})})));
  const PlaneMap expected = PlaneMap::scale(0.5, 0.5) * PlaneMap({-1, 0, 200, 0, 1, 0, 0, 0, 1});
  CHECK(plan.map.entries() == expected.entries());
  CHECK((plan.boxes == std::vector<Box>{{80, 5, 90, 15}}));
}

TEST_CASE("keypoints of a pair change places in a mirrored image, and only there") {
  // Two objects of three points; 0 and 2 are left and right.
  const auto table = table_of({{0, 0, 90, 90}, {100, 0, 190, 90}},
                              {{10, 10, 2}, {20, 20, 2}, {30, 30, 1}, {110, 10, 2}, {120, 20, 2}, {130, 30, 1}});
  const auto points = [&](std::vector<Transform> transforms, const boxfeed::FlipPairs& pairs = {{0, 2}}) {
    return plan_of(table, DatasetOptions().image_size({100, 200}).flip_pairs(pairs).pipeline(Pipeline(transforms)))
        .keypoints;
  };
  CHECK((points({RandomHorizontalFlip(1)}, {{2, 0}}) == points({RandomHorizontalFlip(1)})));
  CHECK((points({RandomHorizontalFlip(1)}) ==
         std::vector<Keypoint>{{170, 30, 1}, {180, 20, 2}, {190, 10, 2}, {70, 30, 1}, {80, 20, 2}, {90, 10, 2}}));
  CHECK(points({RandomVerticalFlip(1)})[0] == Keypoint{30, 70, 1});
  CHECK(points({})[0] == Keypoint{10, 10, 2});
  CHECK(plan_of(table, DatasetOptions().image_size({10, 20}).flip_pairs({{0, 2}})).keypoints[0] == Keypoint{1, 1, 2});
  // Both together are a turn.
  CHECK(points({RandomHorizontalFlip(1), RandomVerticalFlip(1)})[0] == Keypoint{190, 90, 2});
}

TEST_CASE("flip pairs that cannot be are refused") {
  const auto table = table_of({{0, 0, 9, 9}}, {{1, 1, 2}, {2, 2, 2}});
  const auto make = [&](const FlipPairs& pairs) {
    ExamplePlanner(table, DatasetOptions().flip_pairs(pairs), Targets::kOne);
  };
  CHECK_NOTHROW(make({{0, 1}}));
  CHECK_THROWS_WITH(make({{0, 2}}), ContainsSubstring("keypoints below 2") && ContainsSubstring("got 2"));
  CHECK_THROWS_WITH(make({{0, 1}, {1, 0}}), ContainsSubstring("got keypoint 1 twice"));
}

TEST_CASE("boxes that are lost are dropped with what belongs to them, or are an error where there must be one") {
  const auto table = table_of({{0, 0, 10, 10}, {90, 40, 110, 60}}, {{5, 5, 2}, {100, 50, 2}});
  const auto options = DatasetOptions().image_size({50, 50}).pipeline(Pipeline({CenterCrop({50, 50})}));
  const Plan plan = plan_of(table, options);
  CHECK((plan.boxes == std::vector<Box>{{15, 15, 35, 35}}));
  CHECK(plan.kept == std::vector<std::size_t>{1});
  CHECK(plan.dropped.size() == 1);
  CHECK((plan.keypoints == std::vector<Keypoint>{{25, 25, 2}}));
  const auto one = table_of({{0, 0, 10, 10}});
  try {
    plan_of(one, options, {100, 200}, Targets::kOne);
    FAIL("nothing was thrown");
  } catch (const ImageError& error) {
    CHECK(error.reason() == Reason::kBoxLost);
    CHECK_THAT(error.what(),
               ContainsSubstring("lost by the pipeline in epoch 0") && ContainsSubstring("KeepBoundingBoxes"));
  }
  CHECK_THROWS_WITH(plan_of(one, DatasetOptions().image_size({5, 5}), {100, 200}, Targets::kOne),
                    ContainsSubstring("its only box is lost when the image is resized (too small: ") &&
                        ContainsSubstring("expected a larger image_size, or a DetectionDataset"));
}

TEST_CASE("what a user's transform throws is an error of its image, with the exception in it") {
  const auto table = table_of({{0, 0, 10, 10}});
  const auto plan = [&](LambdaGeometry::Function function) {
    return plan_of(table, halved().pipeline(Pipeline({LambdaGeometry("Mine", std::move(function))})));
  };
  try {
    plan([](const SampleGeometry&, Random&) -> std::optional<DrawnMap> { throw std::domain_error("no map today"); });
    FAIL("nothing was thrown");
  } catch (const ImageError& error) {
    CHECK(error.reason() == Reason::kHook);
    CHECK_THAT(error.what(), ContainsSubstring("image \"a.jpg\"") && ContainsSubstring("no map today"));
    CHECK_THROWS_AS(std::rethrow_if_nested(error), std::domain_error);
  }
  CHECK_THROWS_WITH(plan([](const SampleGeometry& s, Random&) {
                      return DrawnMap{PlaneMap::scale(0, 1), s.size, {}};
                    }),
                    ContainsSubstring("a map with an inverse"));
}
