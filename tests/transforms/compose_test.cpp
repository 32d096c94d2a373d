#include <boxfeed/transforms/compose.h>
#include <boxfeed/transforms/geometry.h>

#include <map>
#include <stdexcept>

#include "support/catch.h"
#include "transforms/drawing.h"

using namespace boxfeed;
using namespace boxfeed::transforms;
using boxfeed::testing::plan_of;

namespace {

/// The names of what was drawn, and how often, in 6000 examples.
std::map<std::string, int> counts(const Transform& transform) {
  std::map<std::string, int> out;
  for (std::uint64_t i = 0; i < 6000; ++i) {
    std::string names;
    for (const auto& drawn : plan_of(transform, {8, 8}, {}, i).drawn) names += drawn.name.substr(0, 8) + ' ';
    ++out[names];
  }
  return out;
}

const Transform kFlip = RandomHorizontalFlip(1);
const Transform kPad = Pad(1);
const Transform kCrop = CenterCrop({4, 4});

}  // namespace

TEST_CASE("compose applies the first transform first") {
  // Padded by 2 at the left to width 12, then mirrored: 12 - 2 - x.
  const Plan plan = plan_of(Compose({Pad().left(2), kFlip}), {10, 10}, {{1, 1, 4, 4}});
  CHECK(plan.boxes == std::vector<Box>{{6, 1, 9, 4}});
}

TEST_CASE("random apply takes all or none") {
  const auto seen = counts(RandomApply({kFlip, kPad}, 0.25));
  CHECK(seen.size() == 2);
  CHECK(seen.at("RandomHo Pad ") == Approx(1500).margin(110));
}

TEST_CASE("random choice takes one") {
  const auto equal = counts(RandomChoice({kFlip, kPad, kCrop}));
  CHECK(equal.size() == 3);
  CHECK(equal.at("Pad ") == Approx(2000).margin(120));
  const auto weighted = counts(RandomChoice({kFlip, kPad, kCrop}, {3, 0, 1}));
  CHECK(weighted.size() == 2);
  CHECK(weighted.at("RandomHo ") == Approx(4500).margin(110));
}

TEST_CASE("random order takes all, in every order") {
  const auto seen = counts(RandomOrder({kFlip, kPad, kCrop}));
  CHECK(seen.size() == 6);
  for (const auto& [order, count] : seen) CHECK(count == Approx(1000).margin(100));
}

TEST_CASE("a random choice that is randomly applied takes one or none") {
  const auto seen = counts(RandomApply({RandomChoice({kFlip, kPad})}, 0.5));
  CHECK(seen.size() == 3);
  CHECK(seen.at("") == Approx(3000).margin(120));
  CHECK(seen.at("Pad ") == Approx(1500).margin(110));
}

TEST_CASE("keeping boxes draws again until enough of each is left") {
  // A 10 × 10 crop of 40 × 40 seldom holds half of a box in the corner.
  const Transform crop = RandomCrop({20, 20});
  int crops = 0;
  for (std::uint64_t i = 0; i < 500; ++i) {
    const Plan plan = plan_of(KeepBoundingBoxes({crop}), {40, 40}, {{0, 0, 10, 10}}, i);
    REQUIRE(plan.boxes.size() == 1);
    REQUIRE(plan.boxes[0].width() * plan.boxes[0].height() >= 50);
    crops += static_cast<int>(plan.drawn.size());
  }
  CHECK(crops > 50);
  CHECK(crops < 500);
}

TEST_CASE("keeping boxes leaves the example alone where nothing serves") {
  const Transform away = Compose({Pad().left(20), CenterCrop({1, 1})});
  const Plan plan = plan_of(KeepBoundingBoxes({away}), {40, 40}, {{0, 0, 10, 10}});
  CHECK(plan.drawn.empty());
  CHECK(plan.boxes == std::vector<Box>{{0, 0, 10, 10}});
  int calls = 0;
  const LambdaGeometry lost("Lost", [&calls](const SampleGeometry& sample, Random&) {
    ++calls;
    return DrawnMap{PlaneMap::translation(100, 0), sample.size, {}};
  });
  CHECK(plan_of(KeepBoundingBoxes({lost}).attempts(7), {40, 40}, {{0, 0, 10, 10}}).drawn.empty());
  CHECK(calls == 7);
}

TEST_CASE("keeping boxes counts from what there was before, and a box that is dropped is not kept") {
  // A first crop halves one box and drops the other; of the first, what is left then must stay whole.
  const std::vector<Box> boxes{{0, 10, 20, 20}, {0, 0, 5, 5}};
  const Transform first = Compose({CenterCrop({20, 20}), SanitizeBoundingBoxes()});
  const auto whole = SanitizeBoundingBoxes().min_visibility(1);
  int crops = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Plan plan =
        plan_of(Compose({first, KeepBoundingBoxes({RandomCrop({16, 16})}).sanitize(whole)}), {40, 40}, boxes, i);
    REQUIRE(plan.kept == std::vector<std::size_t>{0});
    REQUIRE(plan.boxes[0].width() * plan.boxes[0].height() == 100);
    crops += plan.size == ImageSize{16, 16};
  }
  // One of 25 crops serves, and ten are drawn: 1 - (24 / 25)^10 of the examples.
  CHECK(crops == Approx(67).margin(21));
  // An IoU crop drops boxes by their centers: never all of two.
  for (std::uint64_t i = 0; i < 200; ++i) {
    REQUIRE(
        plan_of(KeepBoundingBoxes({RandomIoUCrop()}), {40, 40}, {{2, 2, 12, 12}, {20, 20, 38, 38}}, i).kept.size() ==
        2);
  }
}

TEST_CASE("with zeros keeping boxes keeps one, too, of which nothing was left before") {
  const auto zeros = SanitizeBoundingBoxes().min_size(0).min_area(0);
  const Transform kept = KeepBoundingBoxes({kFlip}).sanitize(zeros);
  const auto options = PipelineOptions().sanitize(zeros);
  const Plan plan = plan_of(Compose({CenterCrop({20, 20}), kept}), {40, 60}, {{0, 0, 10, 10}}, 0, options);
  CHECK(plan.drawn.size() == 2);
  CHECK(plan.boxes == std::vector<Box>{{20, 0, 20, 0}});
}

TEST_CASE("compositions refuse what cannot be") {
  CHECK_THROWS_AS(Transform(RandomChoice(std::vector<Transform>{})), std::invalid_argument);
  CHECK_THROWS_AS(Transform(RandomChoice({kFlip}, {0.0})), std::invalid_argument);
  CHECK_THROWS_AS(Transform(RandomChoice({kFlip}, {0.5, 0.5})), std::invalid_argument);
  CHECK_THROWS_WITH(Transform(RandomChoice(std::vector<Transform>{})),
                    "RandomChoice: expected at least one transform, got none");
  CHECK_THROWS_AS(Transform(RandomApply({kFlip}, -1)), std::invalid_argument);
  CHECK_THROWS_AS(Transform(KeepBoundingBoxes({kFlip}).attempts(0)), std::invalid_argument);
}
