#include <boxfeed/metrics/box_convert.h>
#include <torch/types.h>

#include <vector>

#include "support/catch.h"

using boxfeed::BoxFormat;

namespace {

/// A box 30 wide and 20 high whose top left corner is (10, 5), in each format.
std::vector<std::pair<BoxFormat, torch::Tensor>> one_box() {
  return {{BoxFormat::kXYXY, torch::tensor({10.F, 5.F, 40.F, 25.F})},
          {BoxFormat::kXYWH, torch::tensor({10.F, 5.F, 30.F, 20.F})},
          {BoxFormat::kXYHW, torch::tensor({10.F, 5.F, 20.F, 30.F})},
          {BoxFormat::kCXCYWH, torch::tensor({25.F, 15.F, 30.F, 20.F})}};
}

}  // namespace

TEST_CASE("box_convert between every two formats") {
  for (const auto& [from, box] : one_box()) {
    for (const auto& [to, expected] : one_box()) CHECK(torch::equal(boxfeed::box_convert(box, from, to), expected));
  }
}

TEST_CASE("box_convert keeps leading dimensions and passes gradients") {
  auto boxes = torch::tensor({10.F, 5.F, 20.F, 30.F}).expand({2, 3, 4}).clone().requires_grad_();
  const auto corners = boxfeed::box_convert(boxes, BoxFormat::kXYHW, BoxFormat::kXYXY);
  CHECK(corners.sizes() == std::vector<std::int64_t>{2, 3, 4});
  corners.sum().backward();  // xmin + ymin + (xmin + w) + (ymin + h)
  CHECK(torch::equal(boxes.grad()[1][2], torch::tensor({2.F, 2.F, 1.F, 1.F})));
}

TEST_CASE("box_convert refuses other shapes") {
  CHECK_THROWS_WITH(boxfeed::box_convert(torch::ones({2, 3}), BoxFormat::kXYWH, BoxFormat::kXYXY),
                    "box_convert: expected boxes of shape (..., 4), got [2, 3]");
}
