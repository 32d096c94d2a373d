#include <boxfeed/image/resize.h>
#include <boxfeed/transforms/geometry.h>
#include <boxfeed/transforms/pipeline.h>

#include <stdexcept>

#include "support/catch.h"
#include "transforms/drawing.h"

using namespace boxfeed;
using namespace boxfeed::transforms;
using boxfeed::testing::plan_of;

TEST_CASE("a horizontal flip mirrors at the middle") {
  const Plan plan = plan_of(RandomHorizontalFlip(1), {50, 100}, {{10, 5, 40, 25}});
  CHECK(plan.boxes == std::vector<Box>{{60, 5, 90, 25}});
  CHECK(plan.size == ImageSize{50, 100});
  CHECK(plan.explain() == "RandomHorizontalFlip\n");
}

TEST_CASE("a vertical flip mirrors at the middle") {
  CHECK(plan_of(RandomVerticalFlip(1), {50, 100}, {{10, 5, 40, 25}}).boxes == std::vector<Box>{{10, 25, 40, 45}});
}

TEST_CASE("flips happen as often as they should, and leave no trace where they do not") {
  int flips = 0;
  for (std::uint64_t i = 0; i < 10000; ++i) {
    const Plan plan = plan_of(RandomHorizontalFlip(0.3), {4, 4}, {}, i);
    flips += static_cast<int>(plan.drawn.size());
    REQUIRE(plan.drawn.empty() == (plan.map.entries()[0] == 1));
  }
  CHECK(flips == Approx(3000).margin(140));  // three standard deviations
}

TEST_CASE("a flip refuses what is no probability") {
  CHECK_THROWS_WITH(Transform(RandomHorizontalFlip(1.5)),
                    "RandomHorizontalFlip: p: expected a number from 0 to 1, got 1.5");
  CHECK_THROWS_AS(Transform(RandomVerticalFlip(-0.1)), std::invalid_argument);
}

TEST_CASE("padding moves boxes by what is added before them") {
  const Plan plan = plan_of(Pad().left(1).top(2).right(3).bottom(4), {10, 20}, {{5, 5, 15, 10}});
  CHECK(plan.size == ImageSize{16, 24});
  CHECK(plan.boxes == std::vector<Box>{{6, 7, 16, 12}});
  CHECK(plan_of(Pad(2), {10, 20}).size == ImageSize{14, 24});
}

TEST_CASE("zooming out keeps the image whole") {
  int drawn = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const Plan plan = plan_of(RandomZoomOut(), {10, 20}, {{0, 0, 20, 10}}, i);
    REQUIRE(plan.boxes.at(0).width() == 20);
    REQUIRE(plan.boxes.at(0).height() == 10);
    REQUIRE((plan.size.height >= 10 && plan.size.height <= 40 && plan.size.width >= 20 && plan.size.width <= 80));
    drawn += static_cast<int>(plan.drawn.size());
  }
  CHECK(drawn == Approx(500).margin(50));
}

TEST_CASE("padding refuses negative numbers, zooming out factors below 1") {
  CHECK_THROWS_AS(Transform(Pad(-1)), std::invalid_argument);
  CHECK_THROWS_AS(Transform(RandomZoomOut().side_range({0.5, 2})), std::invalid_argument);
}

TEST_CASE("resize to a size scales each axis") {
  const Plan plan = plan_of(Resize({25, 200}), {50, 100}, {{10, 6, 40, 26}});
  CHECK(plan.size == ImageSize{25, 200});
  CHECK(plan.boxes == std::vector<Box>{{20, 3, 80, 13}});
}

TEST_CASE("resize by the shorter side keeps the shape, the longer cut to whole pixels") {
  CHECK(plan_of(Resize(30), {50, 101}).size == ImageSize{30, 60});
  CHECK(plan_of(Resize(30), {101, 50}).size == ImageSize{60, 30});
  CHECK(plan_of(Resize(30).max_size(40), {50, 100}).size == ImageSize{20, 40});
  CHECK_THROWS_AS(Transform(Resize(30).max_size(30)), std::invalid_argument);
  CHECK_THROWS_AS(Transform(Resize({30, 40}).max_size(50)), std::invalid_argument);
  CHECK_THROWS_WITH(Transform(Resize().size({1, 2, 3})),
                    "Resize: size: expected height and width, or the shorter side, got 3 numbers");
}

TEST_CASE("a letter box holds the image in the middle or in the corner") {
  // 50 × 100 in 80 × 60: scaled by 0.6 to 30 × 60, 25 pixels above and below.
  CHECK(plan_of(LetterBox({80, 60}), {50, 100}, {{10, 5, 40, 25}}).boxes == std::vector<Box>{{6, 28, 24, 40}});
  CHECK(plan_of(LetterBox({80, 60}).center(false), {50, 100}, {{10, 5, 40, 25}}).boxes ==
        std::vector<Box>{{6, 3, 24, 15}});
}

TEST_CASE("a center resized crop covers its size in the shape of the image") {
  // 50 × 100 covers 80 × 60 scaled by 1.6 to 80 × 160, of which 50 columns are cut off at each side.
  CHECK(plan_of(CenterResizedCrop({80, 60}), {50, 100}, {{40, 5, 60, 25}}).boxes == std::vector<Box>{{14, 8, 46, 40}});
}

TEST_CASE("what fits an image into a size can be written down, in every mode") {
  for (const auto mode : {ResizeMode::kStretch, ResizeMode::kLetterbox, ResizeMode::kCover}) {
    const Pipeline pipeline = Pipeline().then(fit({30, 40}, mode));
    const Pipeline back = pipeline_from_json(to_json(pipeline));
    CHECK(to_json(back) == to_json(pipeline));
    const SampleGeometry sample{{70, 50}, {}, {}, 0};
    const auto map = back.draw(sample, Random(1, 0, 0)).map.entries();
    CHECK(map == pipeline.draw(sample, Random(1, 0, 0)).map.entries());
    CHECK(map == resize_map({70, 50}, {30, 40}, mode).entries());
  }
}

TEST_CASE("scale jitter stays in its range") {
  std::int64_t least = 1000, most = 0;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const Plan plan = plan_of(ScaleJitter({100, 100}).scale_range({0.5, 1.5}), {50, 100}, {}, i);
    REQUIRE(plan.size.height == Approx(static_cast<double>(plan.size.width) / 2).margin(1));
    least = std::min(least, plan.size.width);
    most = std::max(most, plan.size.width);
  }
  CHECK(least == 50);
  CHECK(most == 149);
}

TEST_CASE("sizes that cannot be are refused") {
  CHECK_THROWS_WITH(Transform(Resize({0, 10})), "Resize: size: expected a whole number from 1 to 32768, got 0");
  CHECK_THROWS_WITH(Transform(LetterBox({10, 40000})),
                    "LetterBox: size: expected sides from 1 to 32768, got 10 × 40000 (height × width)");
  CHECK_THROWS_AS(Transform(ScaleJitter({10, 10}).scale_range({2, 1})), std::invalid_argument);
}
