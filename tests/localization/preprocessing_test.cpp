#include "data/preprocessing.h"

#include <boxfeed/transforms/geometry.h>

#include "support/catch.h"
#include "support/check_box.h"

using boxfeed::Random;
using boxfeed::testing::check_box;
using boxfeed::transforms::Pipeline;

TEST_CASE("an image is stretched, or brought into the middle in its shape") {
  const boxfeed::transforms::SampleGeometry sample{{100, 400}, {{40, 20, 200, 60}}, {}, 0};
  const auto stretched = localization::fitting({50, 100}).draw(sample, Random(0, 0, 0));
  CHECK(stretched.size == boxfeed::ImageSize{50, 100});
  check_box(stretched.boxes.at(0), {10, 10, 50, 30});
  const auto boxed = localization::fitting({50, 100}, true).draw(sample, Random(0, 0, 0));
  CHECK(boxed.size == boxfeed::ImageSize{50, 100});
  check_box(boxed.boxes.at(0), {10, 17, 50, 27});  // a quarter of the size; 25 of 50 rows, 12 above them
  check_box(boxed.to_original(boxed.boxes).at(0), sample.boxes[0]);
}

TEST_CASE("a box that is tiny in the network's input stays") {
  const boxfeed::transforms::SampleGeometry sample{{4000, 4000}, {{100, 100, 104, 104}}, {}, 0};
  CHECK(localization::fitting({40, 40}).draw(sample, Random(0, 0, 0)).boxes.size() == 1);
}

TEST_CASE("what is random comes before the preprocessing") {
  localization::Preprocessing preprocessing;
  preprocessing.pipeline = localization::fitting({50, 100});
  const auto pipeline = localization::joined(Pipeline({boxfeed::transforms::RandomHorizontalFlip(1.0)}), preprocessing);
  const auto plan = pipeline.draw({{100, 400}, {{40, 20, 200, 60}}, {}, 0}, Random(0, 0, 0));
  check_box(plan.boxes.at(0), {50, 10, 90, 30});
}
