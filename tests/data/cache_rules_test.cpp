#include "data/cache_rules.h"

#include <functional>
#include <set>
#include <vector>

#include "support/catch.h"

using namespace boxfeed;
using namespace boxfeed::transforms;

TEST_CASE("all that changes the pixels of a plan changes the name of its view, and nothing else does") {
  Plan plan;
  plan.source = {48, 64};
  plan.size = {24, 32};
  plan.map = PlaneMap::scale(0.5, 0.5);
  plan.visible = {{0, 0}, {32, 0}, {32, 24}, {0, 24}};
  plan.uncut = plan.visible;
  const std::vector<std::function<void(Plan&)>> changes{
      [](Plan& other) { other.source.height = 47; },
      [](Plan& other) { other.source.width = 63; },
      [](Plan& other) { other.size.height = 23; },
      [](Plan& other) { other.size.width = 31; },
      [](Plan& other) { other.map = PlaneMap::scale(0.5, 0.25); },
      [](Plan& other) { other.visible[1][0] = 31; },
      [](Plan& other) { other.uncut[1][0] = 33; },
      [](Plan& other) {
        other.resample.fill({1, 2, 3});
      },
      [](Plan& other) { other.resample.interpolation(Interpolation::kNearest); },
      [](Plan& other) { other.resample.antialias(false); },
  };
  std::set<std::uint64_t> views{view_of(plan)};
  for (const auto& change : changes) {
    Plan other = plan;
    change(other);
    views.insert(view_of(other));
  }
  CHECK(views.size() == changes.size() + 1);
  CHECK(views.count(0) == 0);
  Plan same = plan;
  same.boxes = {Box{0, 0, 1, 1}};
  same.colors.emplace_back();
  CHECK(view_of(same) == view_of(plan));
}

TEST_CASE("an image is kept as large as the canvas needs it, never larger than it is and never without a side") {
  const auto kept = [](ImageSize displayed, ResizeMode mode) {
    return cached_size(displayed, DatasetOptions().image_size({30, 40}).resize_mode(mode));  // a canvas of 60 x 80
  };
  CHECK(kept({600, 800}, ResizeMode::kStretch) == ImageSize{60, 80});
  CHECK(kept({180, 80}, ResizeMode::kStretch) == ImageSize{60, 80});
  CHECK(kept({600, 1600}, ResizeMode::kLetterbox) == ImageSize{30, 80});
  CHECK(kept({600, 1600}, ResizeMode::kCover) == ImageSize{60, 160});
  CHECK(kept({50, 40}, ResizeMode::kStretch) == ImageSize{50, 40});
  CHECK(kept({1, 1000}, ResizeMode::kLetterbox) == ImageSize{1, 80});
}
