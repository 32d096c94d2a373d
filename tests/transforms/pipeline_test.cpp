#include <boxfeed/transforms/geometry.h>
#include <boxfeed/transforms/pipeline.h>

#include <stdexcept>

#include "support/catch.h"
#include "transforms/drawing.h"
#include "transforms/polygon.h"

using namespace boxfeed;
using namespace boxfeed::transforms;

TEST_CASE("a pipeline without transforms changes nothing") {
  const Plan plan = Pipeline().draw({{10, 20}, {{1, 2, 3, 4}}, {{5, 6, 2}}, 0}, Random(1, 0, 0));
  CHECK(plan.size == ImageSize{10, 20});
  CHECK(plan.boxes == std::vector<Box>{{1, 2, 3, 4}});
  CHECK(plan.keypoints == std::vector<Keypoint>{{5, 6, 2}});
  CHECK(plan.decode_size() == ImageSize{10, 20});
}

TEST_CASE("a plan is a function of seed, epoch and index") {
  const Pipeline pipeline({RandomResizedCrop({32, 32}), RandomHorizontalFlip(), RandomRotation(10)});
  const auto text = [&](std::uint64_t seed, std::uint64_t epoch, std::uint64_t index) {
    return pipeline.draw({{100, 200}, {}, {}, 0}, Random(seed, epoch, index)).explain();
  };
  CHECK(text(1, 2, 3) == text(1, 2, 3));
  CHECK(text(1, 2, 3) != text(1, 2, 4));
  CHECK(text(1, 2, 3) != text(1, 3, 3));
  CHECK(text(1, 2, 3) != text(2, 2, 3));
}

TEST_CASE("the decoder is told the least size that serves") {
  const auto size = [](std::vector<Transform> transforms, ImageSize of) {
    return Pipeline(std::move(transforms)).draw({of, {}, {}, 0}, Random(1, 0, 0)).decode_size();
  };
  CHECK(size({Resize({50, 25})}, {100, 200}) == ImageSize{50, 25});
  // A quarter of the image fills the output: the whole would be 100 × 200.
  CHECK(size({CenterCrop({50, 100}), Resize({50, 100})}, {100, 200}) == ImageSize{100, 200});
  CHECK(size({CenterCrop({50, 100}), Resize({10, 20})}, {100, 200}) == ImageSize{20, 40});
  // Enlarging needs no more than there is.
  CHECK(size({Resize({300, 300})}, {100, 200}) == ImageSize{100, 200});
  const Transform tiny = LambdaGeometry("Tiny", [](const SampleGeometry&, Random&) {
    return DrawnMap{PlaneMap::scale(1e-9, 1e-9), {1, 1}, {}};
  });
  CHECK(size({tiny}, {100, 200}) == ImageSize{1, 1});
  // A quarter turn exchanges the axes: 100 rows become 60 columns.
  CHECK(size({RandomRotation(Range{90, 90}).expand(true), Resize({40, 60})}, {100, 200}) == ImageSize{60, 40});
}

TEST_CASE("predictions go back to the image") {
  const Pipeline pipeline({CenterCrop({60, 80}), RandomHorizontalFlip(1), LetterBox({64, 64})});
  const Plan plan = pipeline.draw({{100, 200}, {{80, 40, 100, 60}}, {{90, 50, 2}}, 0}, Random(1, 0, 0));
  // Crop at (60, 20); mirrored in 80; scaled by 0.8 to 48 × 64 with 8 rows above.
  CHECK(plan.boxes == std::vector<Box>{{32, 24, 48, 40}});
  const Box back = plan.to_original(plan.boxes).at(0);
  CHECK(back.xmin == Approx(80));
  CHECK(back.ymin == Approx(40));
  CHECK(back.xmax == Approx(100));
  CHECK(back.ymax == Approx(60));
  const Keypoint point = plan.to_original(plan.keypoints).at(0);
  CHECK(point.x == Approx(90));
  CHECK(point.y == Approx(50));
  // What a network puts beyond the image is cut at its edge.
  CHECK(plan.to_original(std::vector<Box>{{-1000, -1000, 1000, 1000}}) == std::vector<Box>{{0, 0, 200, 100}});
}

TEST_CASE("with clip, what a canvas cut off does not come back") {
  // The middle half, then as much canvas around it as there was before.
  const std::vector<Transform> transforms{CenterCrop({10, 10}), Pad(5)};
  const SampleGeometry sample{{20, 20}, {{2, 2, 18, 18}}, {{4, 4, 2}}, 0};
  const Plan clipped = Pipeline(transforms).draw(sample, Random(1, 0, 0));
  CHECK(clipped.boxes == std::vector<Box>{{5, 5, 15, 15}});
  CHECK(clipped.keypoints == std::vector<Keypoint>{{4, 4, 0}});
  CHECK(bounds(clipped.visible) == Bounds{5, 5, 15, 15});
  const Plan whole = Pipeline(transforms, PipelineOptions().clip(false)).draw(sample, Random(1, 0, 0));
  CHECK(whole.boxes == sample.boxes);
  CHECK(whole.keypoints == sample.keypoints);
  CHECK(bounds(whole.visible) == Bounds{0, 0, 20, 20});
}

TEST_CASE("a transform can be put at the end") {
  const Pipeline first({RandomHorizontalFlip(1)});
  const Pipeline both = first.then(Resize({5, 5}));
  CHECK(first.transforms().size() == 1);
  CHECK(both.draw({{10, 20}, {}, {}, 0}, Random(1, 0, 0)).size == ImageSize{5, 5});
}

TEST_CASE("a pipeline is written as a braced list wherever one is expected") {
  const auto count = [](const Pipeline& pipeline) { return pipeline.transforms().size(); };
  CHECK(count({RandomHorizontalFlip(), RandomAffine(10).scale({0.8, 1.2}).translate({0.1, 0.1})}) == 2);
  CHECK(count({Resize(30)}) == 1);
  CHECK(count({}) == 0);
  CHECK(count(Pipeline({Resize(30)}, PipelineOptions().clip(false))) == 1);
}

TEST_CASE("samples that cannot be are refused") {
  CHECK_THROWS_AS(Pipeline().draw({{0, 5}, {}, {}, 0}, Random(1, 0, 0)), std::invalid_argument);
  CHECK_THROWS_WITH(Pipeline().draw({{5, 5}, {{1, 1, 2, 2}}, {{1, 1, 2}}, 2}, Random(1, 0, 0)),
                    "Pipeline::draw: expected 2 keypoints for each of 1 boxes, got 1");
  CHECK_THROWS_AS(Pipeline({}, PipelineOptions().sanitize(SanitizeBoundingBoxes().min_visibility(2))),
                  std::invalid_argument);
}
