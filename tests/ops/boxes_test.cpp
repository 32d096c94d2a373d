#include <boxfeed/ops/boxes.h>
#include <torch/types.h>

#include <stdexcept>
#include <utility>
#include <vector>

#include "support/catch.h"

using boxfeed::BoxFormat;

namespace {

/// A box 30 wide and 20 high whose top left corner is (10, 5), and one 8 wide and 2 high at (0, 7), in each format.
std::vector<std::pair<BoxFormat, torch::Tensor>> two_boxes() {
  return {{BoxFormat::kXYXY, torch::tensor({{10.F, 5.F, 40.F, 25.F}, {0.F, 7.F, 8.F, 9.F}})},
          {BoxFormat::kXYWH, torch::tensor({{10.F, 5.F, 30.F, 20.F}, {0.F, 7.F, 8.F, 2.F}})},
          {BoxFormat::kXYHW, torch::tensor({{10.F, 5.F, 20.F, 30.F}, {0.F, 7.F, 2.F, 8.F}})},
          {BoxFormat::kCXCYWH, torch::tensor({{25.F, 15.F, 30.F, 20.F}, {4.F, 8.F, 8.F, 2.F}})}};
}

}  // namespace

TEST_CASE("box_convert between every two formats") {
  for (const auto& [from, boxes] : two_boxes()) {
    for (const auto& [to, expected] : two_boxes()) {
      CHECK(torch::equal(boxfeed::box_convert(boxes, from, to), expected));
      CHECK(torch::equal(boxfeed::box_convert(boxes[1], from, to), expected[1]));
    }
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

TEST_CASE("box_area multiplies the sides and takes inverted boxes for empty") {
  const auto boxes = torch::tensor({{0, 0, 4, 3}, {1, 1, 1, 5}, {5, 5, 2, 2}, {5, 5, 2, 9}});
  CHECK(torch::equal(boxfeed::box_area(boxes), torch::tensor({12.F, 0.F, 0.F, 0.F})));
  CHECK(torch::equal(boxfeed::box_area(boxes.view({2, 2, 4})), torch::tensor({{12.F, 0.F}, {0.F, 0.F}})));
  for (const auto& [fmt, two] : two_boxes()) {
    CHECK(torch::equal(boxfeed::box_area(two, fmt), torch::tensor({600.F, 16.F})));
  }
  CHECK(boxfeed::box_area(torch::full({1, 4}, 60000, torch::kInt), BoxFormat::kXYHW).item<float>() == 3.6e9F);
  CHECK(boxfeed::box_area(torch::empty({0, 4})).sizes() == std::vector<std::int64_t>{0});
}

TEST_CASE("clip_boxes_to_image cuts x at the width and y at the height") {
  const auto boxes = torch::tensor({{-5., -6., 50., 50.}, {1., 2., 3., 4.}, {70., 80., 90., 99.}, {-9., -8., -7., -6.}},
                                   torch::kDouble);
  const auto clipped =
      torch::tensor({{0., 0., 40., 30.}, {1., 2., 3., 4.}, {40., 30., 40., 30.}, {0., 0., 0., 0.}}, torch::kDouble);
  CHECK(torch::equal(boxfeed::clip_boxes_to_image(boxes, {30, 40}), clipped));
  CHECK(torch::equal(boxfeed::clip_boxes_to_image(boxes.view({4, 1, 4}), {30, 40}), clipped.view({4, 1, 4})));
  CHECK(boxfeed::clip_boxes_to_image(torch::empty({0, 4}), {30, 40}).sizes() == std::vector<std::int64_t>{0, 4});
}

TEST_CASE("remove_small_boxes names the boxes with both sides at least as long") {
  const auto boxes =
      torch::tensor({{0., 0., 5., 9.}, {0., 0., 9., 5.}, {3., 3., 8., 8.}, {2., 2., 6.9, 9.}, {2., 2., 9., 6.9}});
  CHECK(torch::equal(boxfeed::remove_small_boxes(boxes, 5), torch::tensor({0, 1, 2}, torch::kLong)));
  CHECK(boxfeed::remove_small_boxes(torch::empty({0, 4}), 1).sizes() == std::vector<std::int64_t>{0});
}

TEST_CASE("what is not boxes is refused") {
  CHECK_THROWS_WITH(boxfeed::box_area(torch::ones({2, 3})), "box_area: expected boxes of shape (..., 4), got [2, 3]");
  CHECK_THROWS_WITH(boxfeed::box_area(torch::tensor(1.F)), "box_area: expected boxes of shape (..., 4), got []");
  CHECK_THROWS_AS(boxfeed::clip_boxes_to_image(torch::ones({2, 3}), {4, 4}), std::invalid_argument);
  CHECK_THROWS_WITH(boxfeed::remove_small_boxes(torch::ones({1, 2, 4}), 1),
                    "remove_small_boxes: expected boxes of shape (N, 4), got [1, 2, 4]");
}
