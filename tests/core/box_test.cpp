#include <boxfeed/core/box.h>

#include "support/catch.h"

using boxfeed::Box;
using boxfeed::BoxFormat;

TEST_CASE("four numbers mean a box in each format") {
  // A box 30 wide and 20 high whose top left corner is (10, 5).
  const Box box{10, 5, 40, 25};
  CHECK(boxfeed::box_from(BoxFormat::kXYXY, {10, 5, 40, 25}) == box);
  CHECK(boxfeed::box_from(BoxFormat::kXYWH, {10, 5, 30, 20}) == box);
  CHECK(boxfeed::box_from(BoxFormat::kXYHW, {10, 5, 20, 30}) == box);
  CHECK(boxfeed::box_from(BoxFormat::kCXCYWH, {25, 15, 30, 20}) == box);
}

TEST_CASE("box_values is the inverse of box_from") {
  const Box box{10, 5, 40, 25};
  CHECK(boxfeed::box_values(BoxFormat::kXYHW, box) == std::array<float, 4>{10, 5, 20, 30});
  for (const auto format : {BoxFormat::kXYXY, BoxFormat::kXYWH, BoxFormat::kXYHW, BoxFormat::kCXCYWH}) {
    CHECK(boxfeed::box_from(format, boxfeed::box_values(format, box)) == box);
  }
}

TEST_CASE("a box is cut off at the edges of an image") {
  const boxfeed::ImageSize size{20, 30};
  CHECK(boxfeed::clipped(Box{-5, 3, 40, 25}, size) == Box{0, 3, 30, 20});
  CHECK(boxfeed::clipped(Box{1, 2, 3, 4}, size) == Box{1, 2, 3, 4});
  CHECK(boxfeed::clipped(Box{35, 5, 40, 9}, size) == Box{30, 5, 30, 9});
}

TEST_CASE("a box near the corner of an image is cut off at 0, not at 1") {
  CHECK(boxfeed::clipped(Box{-1, -2, 0.25F, 0.5F}, {20, 30}) == Box{0, 0, 0.25F, 0.5F});
  CHECK(boxfeed::clipped(Box{0.125F, 0.25F, 0.5F, 0.75F}, {20, 30}) == Box{0.125F, 0.25F, 0.5F, 0.75F});
}
