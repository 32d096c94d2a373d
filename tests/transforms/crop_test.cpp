#include <boxfeed/core/error.h>
#include <boxfeed/transforms/geometry.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>
#include <utility>

#include "support/catch.h"
#include "transforms/drawing.h"

using namespace boxfeed;
using namespace boxfeed::transforms;
using boxfeed::testing::plan_of;

namespace {

/// The part of the image that the whole output shows.
Box part_of(const Plan& plan) {
  const Box part =
      plan.map.inverse().apply(Box{0, 0, static_cast<float>(plan.size.width), static_cast<float>(plan.size.height)});
  const auto whole = [](float edge) { return std::abs(edge - std::round(edge)) < 1e-3F ? std::round(edge) : edge; };
  return {whole(part.xmin), whole(part.ymin), whole(part.xmax), whole(part.ymax)};
}

}  // namespace

TEST_CASE("a center crop cuts boxes") {
  // (50 - 20) / 2 = 15 rows and (100 - 40) / 2 = 30 columns are cut off before.
  CHECK(plan_of(CenterCrop({20, 40}), {50, 100}, {{10, 5, 40, 25}}).boxes == std::vector<Box>{{0, 0, 10, 10}});
}

TEST_CASE("a center crop of a smaller image pads it") {
  CHECK(plan_of(CenterCrop({13, 40}), {10, 100}, {{40, 0, 50, 10}}).boxes == std::vector<Box>{{10, 1, 20, 11}});
}

TEST_CASE("a random crop reaches every place, and no other") {
  std::vector<int> seen(11 * 6);
  for (std::uint64_t i = 0; i < 5000; ++i) {
    const auto e = plan_of(RandomCrop({5, 10}), {10, 20}, {}, i).map.entries();
    REQUIRE((e[2] <= 0 && e[2] >= -10 && e[5] <= 0 && e[5] >= -5));
    ++seen[static_cast<std::size_t>(-e[5] * 11 - e[2])];
  }
  CHECK(std::count(seen.begin(), seen.end(), 0) == 0);
}

TEST_CASE("a random crop of an image that is too small") {
  CHECK_THROWS_WITH(plan_of(RandomCrop({5, 10}), {4, 20}),
                    "RandomCrop: expected sides of at least 5, got 4 (pad_if_needed pads)");
  for (std::uint64_t i = 0; i < 100; ++i) {
    const Plan plan = plan_of(RandomCrop({5, 10}).pad_if_needed(true), {4, 20}, {{0, 0, 20, 4}}, i);
    REQUIRE(plan.size == ImageSize{5, 10});
    REQUIRE(plan.boxes.size() == 1);
    REQUIRE(plan.boxes[0].height() == 4);
  }
}

TEST_CASE("a resized crop keeps to its area and its shape") {
  double least_area = 1, most_area = 0, least_ratio = 10, most_ratio = 0;
  for (std::uint64_t i = 0; i < 3000; ++i) {
    const Plan plan = plan_of(RandomResizedCrop({32, 32}).scale({0.25, 0.5}), {400, 500}, {}, i);
    const Box part = part_of(plan);
    REQUIRE(plan.size == ImageSize{32, 32});
    const double share = double{part.width()} * double{part.height()} / (400 * 500);
    const double ratio = double{part.width()} / double{part.height()};
    least_area = std::min(least_area, share), most_area = std::max(most_area, share);
    least_ratio = std::min(least_ratio, ratio), most_ratio = std::max(most_ratio, ratio);
  }
  CHECK(least_area == Approx(0.25).margin(0.003));
  CHECK(most_area == Approx(0.5).margin(0.003));
  CHECK(least_ratio == Approx(0.75).margin(0.01));
  CHECK(most_ratio == Approx(4.0 / 3).margin(0.01));
}

TEST_CASE("a resized crop of a shape that does not fit takes the largest allowed part in the middle") {
  // 10 × 1000 is wider than 4 : 3 by far, so no drawn part of the whole area fits: 10 × 13 from column 493.
  CHECK(part_of(plan_of(RandomResizedCrop({10, 10}).scale({1, 1}), {10, 1000})) == Box{493, 0, 506, 10});
  // And 1000 × 10 is taller than 3 : 4: 13 × 10 from row 493.
  CHECK(part_of(plan_of(RandomResizedCrop({10, 10}).scale({1, 1}), {1000, 10})) == Box{0, 493, 10, 506});
}

TEST_CASE("an IoU crop keeps at least one box, and drops those whose center is outside") {
  std::size_t dropped = 0, cropped = 0;
  for (std::uint64_t i = 0; i < 500; ++i) {
    const std::vector<Box> boxes{{10, 10, 30, 40}, {60, 20, 90, 45}};
    const Plan plan = plan_of(RandomIoUCrop(), {50, 100}, boxes, i);
    REQUIRE(plan.boxes.size() >= 1);
    dropped += plan.dropped.size();
    for (const auto& box : plan.dropped) REQUIRE(box.reason == DropReason::kCenterOutside);
    cropped += plan.drawn.size();
    for (std::size_t k = 0; k < boxes.size(); ++k) {
      const Box& box = boxes[k];
      const auto center = plan.map.apply((box.xmin + box.xmax) / 2.0, (box.ymin + box.ymax) / 2.0);
      const bool inside = center[0] > 0 && center[1] > 0 && center[0] < static_cast<double>(plan.size.width) &&
                          center[1] < static_cast<double>(plan.size.height);
      REQUIRE(inside == (std::count(plan.kept.begin(), plan.kept.end(), k) == 1));
    }
  }
  CHECK(dropped > 50);
  CHECK(cropped > 300);
}

TEST_CASE("an IoU crop lies inside of the image") {
  int cropped = 0;
  for (std::uint64_t i = 0; i < 500; ++i) {
    const Plan plan = plan_of(RandomIoUCrop().sampler_options({0}), {50, 100}, {{10, 10, 90, 40}}, i);
    const Box part = part_of(plan);
    REQUIRE((part.xmin >= 0 && part.ymin >= 0 && part.xmax <= 100 && part.ymax <= 50));
    cropped += plan.drawn.size() == 1;
  }
  CHECK(cropped == 500);
}

TEST_CASE("an IoU crop is the first of its draws whose overlap with a box, counted in pixels, is large enough") {
  const std::vector<Box> boxes{{10, 8, 40, 30}, {44, 20, 60, 46}};
  const auto pixels_of = [](const Box& box) {
    std::set<std::pair<int, int>> out;
    for (int y = static_cast<int>(box.ymin); y < static_cast<int>(box.ymax); ++y) {
      for (int x = static_cast<int>(box.xmin); x < static_cast<int>(box.xmax); ++x) out.insert({x, y});
    }
    return out;
  };
  const auto overlap = [&](const Box& a, const Box& b) {
    auto both = pixels_of(a);
    const auto other = pixels_of(b);
    const auto count = static_cast<double>(both.size() + other.size());
    both.insert(other.begin(), other.end());
    return (count - static_cast<double>(both.size())) / static_cast<double>(both.size());
  };
  const std::vector<double> options{0.3, 0.6};
  /// The drawn numbers once more.
  const auto expected = [&](Random random) {
    for (;;) {
      const double least = options[random.below(2)];
      for (int trial = 0; trial < 3; ++trial) {
        const auto w = static_cast<float>(static_cast<int>(64 * random.uniform(0.3, 1)));
        const auto h = static_cast<float>(static_cast<int>(48 * random.uniform(0.3, 1)));
        if (w / h < 0.5F || w / h > 2) continue;
        const auto left = static_cast<float>(static_cast<int>((64 - w) * random.uniform()));
        const auto top = static_cast<float>(static_cast<int>((48 - h) * random.uniform()));
        const Box crop{left, top, left + w, top + h};
        for (const auto& box : boxes) {
          const float x = (box.xmin + box.xmax) / 2, y = (box.ymin + box.ymax) / 2;
          const bool center = x > crop.xmin && x < crop.xmax && y > crop.ymin && y < crop.ymax;
          if (center && overlap(box, crop) >= least) return crop;
        }
      }
    }
  };
  const auto crop = RandomIoUCrop().sampler_options(options).trials(3);
  for (std::uint64_t i = 0; i < 60; ++i) {
    REQUIRE(part_of(plan_of(crop, {48, 64}, boxes, i)) == expected(Random(1, 0, i)));
  }
}

TEST_CASE("a box of half a pixel's width overlaps no crop by more than a half") {
  const auto crop = RandomIoUCrop().min_aspect_ratio(0.01);
  const std::vector<Box> boxes{{0.25F, 0, 0.75F, 40}};
  CHECK(plan_of(RandomIoUCrop(crop).sampler_options({0.6}), {40, 2}, boxes).drawn.empty());
  CHECK(plan_of(RandomIoUCrop(crop).sampler_options({0.3}), {40, 2}, boxes).drawn.size() == 1);
}

TEST_CASE("an IoU crop needs a box") { CHECK(plan_of(RandomIoUCrop(), {50, 100}).drawn.empty()); }

TEST_CASE("crops refuse what cannot be") {
  CHECK_THROWS_AS(Transform(CenterCrop({0, 5})), std::invalid_argument);
  CHECK_THROWS_AS(Transform(RandomCrop({5, 5}).padding(-1)), std::invalid_argument);
  CHECK_THROWS_AS(Transform(RandomResizedCrop({5, 5}).scale({0.5, 0.1})), std::invalid_argument);
  CHECK_THROWS_AS(Transform(RandomResizedCrop({5, 5}).ratio({0, 1})), std::invalid_argument);
  CHECK_THROWS_AS(Transform(RandomIoUCrop().max_scale(1.5)), std::invalid_argument);
  CHECK_THROWS_WITH(Transform(RandomIoUCrop().min_scale(0.8).max_scale(0.5)),
                    "RandomIoUCrop: max_scale: expected no less than min_scale, got 0.5");
  CHECK_THROWS_AS(Transform(RandomIoUCrop().sampler_options({})), std::invalid_argument);
}
