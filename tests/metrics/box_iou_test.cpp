#include <boxfeed/metrics/box_iou.h>
#include <torch/types.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "support/catch.h"

namespace {

using Corners = std::array<double, 4>;

double area(const Corners& box) { return std::max(box[2] - box[0], 0.0) * std::max(box[3] - box[1], 0.0); }

/// IoU and GIoU of two boxes, one number at a time.
std::array<double, 2> reference(const Corners& a, const Corners& b) {
  const double shared = area({std::max(a[0], b[0]), std::max(a[1], b[1]), std::min(a[2], b[2]), std::min(a[3], b[3])});
  const double united = area(a) + area(b) - shared;
  const double hull = area({std::min(a[0], b[0]), std::min(a[1], b[1]), std::max(a[2], b[2]), std::max(a[3], b[3])});
  const double iou = united > 0 ? shared / united : 0;
  return {iou, iou - (hull > 0 ? (hull - united) / hull : 0)};
}

Corners corners(const torch::Tensor& boxes, std::int64_t i) {
  const auto box = boxes[i];
  return {box[0].item<double>(), box[1].item<double>(), box[2].item<double>(), box[3].item<double>()};
}

}  // namespace

TEST_CASE("box_area multiplies the sides and takes inverted boxes for empty") {
  const auto areas = boxfeed::box_area(torch::tensor({{0, 0, 4, 3}, {1, 1, 1, 5}, {5, 5, 2, 2}, {5, 5, 2, 9}}));
  CHECK(torch::equal(areas, torch::tensor({12.F, 0.F, 0.F, 0.F})));
}

TEST_CASE("box_iou and GIoU of boxes worked out by hand") {
  const auto a = torch::tensor({{0., 0., 10., 10.}}, torch::kDouble);
  // The same; half of it; a quarter-overlap (25 of 175, hull 225); beside it, 10 apart (hull 30 x 10); touching.
  const auto b = torch::tensor(
      {{0., 0., 10., 10.}, {0., 0., 10., 5.}, {5., 5., 15., 15.}, {20., 0., 30., 10.}, {10., 0., 20., 10.}},
      torch::kDouble);
  const auto iou = torch::tensor({{1., 0.5, 25. / 175, 0., 0.}}, torch::kDouble);
  const auto giou = torch::tensor({{1., 0.5, 25. / 175 - 50. / 225, -100. / 300, 0.}}, torch::kDouble);
  CHECK(torch::allclose(boxfeed::box_iou(a, b), iou, 0, 1e-12));
  CHECK(torch::allclose(boxfeed::generalized_box_iou(a, b), giou, 0, 1e-12));
  const auto repeated = a.expand({5, 4});
  CHECK(torch::allclose(boxfeed::paired_box_iou(repeated, b), iou[0], 0, 1e-12));
  CHECK(torch::allclose(boxfeed::paired_generalized_box_iou(repeated, b), giou[0], 0, 1e-12));
}

TEST_CASE("random boxes, inverted and empty ones among them, agree with a loop over numbers") {
  torch::manual_seed(1);
  // Whole numbers in a small range, so that equal edges, empty and inverted boxes are frequent.
  const auto a = torch::randint(0, 6, {40, 4}, torch::kDouble), b = torch::randint(0, 6, {30, 4}, torch::kDouble);
  const auto iou = boxfeed::box_iou(a, b), giou = boxfeed::generalized_box_iou(a, b);
  REQUIRE(iou.sizes() == std::vector<std::int64_t>{40, 30});
  double worst = 0;
  for (std::int64_t i = 0; i < 40; ++i) {
    for (std::int64_t j = 0; j < 30; ++j) {
      const auto expected = reference(corners(a, i), corners(b, j));
      worst = std::max(worst, std::abs(iou[i][j].item<double>() - expected[0]));
      worst = std::max(worst, std::abs(giou[i][j].item<double>() - expected[1]));
    }
  }
  CHECK(worst < 1e-12);
}

TEST_CASE("the gradient of IoU is the one worked out by hand") {
  // IoU of (0, 0, x, 1) with (0, 0, 2, 1), x < 2, is x / 2.
  auto box = torch::tensor({{0., 0., 1., 1.}}, torch::requires_grad());
  boxfeed::paired_box_iou(box, torch::tensor({{0., 0., 2., 1.}})).sum().backward();
  CHECK(box.grad()[0][2].item<double>() == Approx(0.5));
}

TEST_CASE("degenerate boxes have finite values and gradients") {
  auto boxes = torch::tensor({{3., 3., 3., 3.}, {3., 3., 3., 9.}, {5., 5., 2., 2.}, {0., 0., 0., 0.}, {1., 1., 1., 1.}},
                             torch::requires_grad());
  const auto others = torch::tensor({{3., 3., 3., 3.}, {3., 3., 3., 9.}, {0., 0., 9., 9.}, {7., 7., 7., 7.}});
  const auto iou = boxfeed::box_iou(boxes, others), giou = boxfeed::generalized_box_iou(boxes, others);
  CHECK(torch::equal(iou, torch::zeros({5, 4})));
  CHECK(giou.isfinite().all().item<bool>());
  (iou.sum() + giou.sum()).backward();
  CHECK(boxes.grad().isfinite().all().item<bool>());
}

TEST_CASE("no boxes, integers and half precision are fine") {
  CHECK(boxfeed::box_iou(torch::empty({0, 4}), torch::ones({3, 4})).sizes() == std::vector<std::int64_t>{0, 3});
  CHECK(boxfeed::paired_box_iou(torch::empty({0, 4}), torch::empty({0, 4})).numel() == 0);
  // 60000 x 60000 overflows 32-bit integers and half precision.
  const auto large = torch::tensor({{0, 0, 60000, 60000}});
  for (const auto type : {torch::kInt, torch::kLong, torch::kHalf, torch::kBFloat16}) {
    CHECK(boxfeed::paired_box_iou(large.to(type), large.to(type)).item<float>() == 1.F);
  }
}

TEST_CASE("other shapes are refused with the shape") {
  CHECK_THROWS_WITH(boxfeed::box_iou(torch::ones({3, 5}), torch::ones({3, 4})),
                    "boxes1: expected boxes of shape (N, 4), got [3, 5]");
  CHECK_THROWS_WITH(boxfeed::box_iou(torch::ones({3, 4}), torch::ones({4})),
                    "boxes2: expected boxes of shape (N, 4), got [4]");
  CHECK_THROWS_AS(boxfeed::paired_box_iou(torch::ones({3, 4}), torch::ones({1, 4})), std::invalid_argument);
}
