#include <boxfeed/ops/box_iou.h>
#include <boxfeed/ops/boxes.h>
#include <torch/types.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "support/catch.h"

using boxfeed::BoxFormat;

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
  CHECK(torch::allclose(boxfeed::paired_box_iou(repeated, b, BoxFormat::kXYXY), iou[0], 0, 1e-12));
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
  boxfeed::paired_box_iou(box, torch::tensor({{0., 0., 2., 1.}}), BoxFormat::kXYXY).sum().backward();
  CHECK(box.grad()[0][2].item<double>() == Approx(0.5));
}

TEST_CASE("DIoU and CIoU of boxes worked out by hand") {
  const auto a = torch::tensor({{0., 0., 10., 10.}}, torch::kDouble);
  // Centers 5 apart in x and 0 in y, IoU 50 / 150, hull 15 x 10; then a flat box in the middle: IoU 20 / 100.
  const auto b = torch::tensor({{5., 0., 15., 10.}, {0., 4., 10., 6.}}, torch::kDouble);
  const auto distance = boxfeed::distance_box_iou(a, b), complete = boxfeed::complete_box_iou(a, b);
  CHECK(distance[0][0].item<double>() == Approx(1. / 3 - 25. / 325));
  CHECK(distance[0][1].item<double>() == Approx(0.2));
  CHECK(complete[0][0].item<double>() == Approx(1. / 3 - 25. / 325));
  const double pi = std::acos(-1), v = 4 / (pi * pi) * std::pow(std::atan(1) - std::atan(5), 2);
  CHECK(complete[0][1].item<double>() == Approx(0.2 - v * v / (0.8 + v)));
  CHECK(boxfeed::distance_box_iou(a, b, 100)[0][0].item<double>() == Approx(1. / 3 - 25. / 425));
  CHECK(boxfeed::complete_box_iou(a, b, 1)[0][1].item<double>() == Approx(0.2 - v * v / (1.8 + v)));
}

TEST_CASE("the same boxes in any format have the same IoU") {
  const auto a = torch::tensor({{0., 0., 10., 5.}, {2., 2., 4., 9.}}, torch::kDouble);
  const auto b = torch::tensor({{1., 1., 3., 4.}, {0., 4., 10., 6.}}, torch::kDouble);
  for (const auto fmt : {BoxFormat::kXYXY, BoxFormat::kXYWH, BoxFormat::kXYHW, BoxFormat::kCXCYWH}) {
    const auto c = boxfeed::box_convert(a, BoxFormat::kXYXY, fmt), d = boxfeed::box_convert(b, BoxFormat::kXYXY, fmt);
    CHECK(torch::allclose(boxfeed::box_iou(c, d, fmt), boxfeed::box_iou(a, b), 0, 1e-12));
    CHECK(torch::allclose(boxfeed::paired_box_iou(c, d, fmt), boxfeed::box_iou(a, b).diagonal(), 0, 1e-12));
  }
}

TEST_CASE("leading dimensions broadcast against each other") {
  torch::manual_seed(2);
  const auto a = torch::rand({3, 1, 5, 4}), b = torch::rand({2, 6, 4});
  for (const auto& function :
       {boxfeed::generalized_box_iou, +[](const at::Tensor&x, const at::Tensor&y) { return boxfeed::box_iou(x, y); },
        +[](const at::Tensor&x, const at::Tensor&y) { return boxfeed::distance_box_iou(x, y); },
        +[](const at::Tensor&x, const at::Tensor&y) { return boxfeed::complete_box_iou(x, y); }}) {
    const auto all = function(a, b);
    REQUIRE(all.sizes() == std::vector<std::int64_t>{3, 2, 5, 6});
    CHECK(torch::equal(all[2][1], function(a[2][0], b[1])));
    CHECK(function(a, torch::empty({2, 0, 4})).sizes() == std::vector<std::int64_t>{3, 2, 5, 0});
  }
  CHECK(boxfeed::paired_box_iou(a, a, BoxFormat::kXYXY).sizes() == std::vector<std::int64_t>{3, 1, 5});
}

TEST_CASE("degenerate boxes have finite values and gradients") {
  auto boxes = torch::tensor({{3., 3., 3., 3.}, {3., 3., 3., 9.}, {5., 5., 2., 2.}, {0., 0., 0., 0.}, {1., 1., 1., 1.}},
                             torch::requires_grad());
  const auto others = torch::tensor({{3., 3., 3., 3.}, {3., 3., 3., 9.}, {0., 0., 9., 9.}, {7., 7., 7., 7.}});
  CHECK(torch::equal(boxfeed::box_iou(boxes, others), torch::zeros({5, 4})));
  auto sum = boxfeed::box_iou(boxes, others).sum();
  for (const auto& values : {boxfeed::generalized_box_iou(boxes, others), boxfeed::distance_box_iou(boxes, others),
                             boxfeed::complete_box_iou(boxes, others)}) {
    CHECK(values.isfinite().all().item<bool>());
    sum = sum + values.sum();
  }
  sum.backward();
  CHECK(boxes.grad().isfinite().all().item<bool>());
}

TEST_CASE("a single point has no aspect ratio to differ in") {
  const auto point = torch::tensor({{3., 3., 3., 3.}}), box = torch::tensor({{0., 0., 6., 6.}, {0., 2., 6., 4.}});
  CHECK(torch::equal(boxfeed::complete_box_iou(point, box), boxfeed::distance_box_iou(point, box)));
  CHECK(torch::equal(boxfeed::complete_box_iou(box, point), boxfeed::distance_box_iou(box, point)));
}

TEST_CASE("no boxes, integers and half precision are fine") {
  CHECK(boxfeed::box_iou(torch::empty({0, 4}), torch::ones({3, 4})).sizes() == std::vector<std::int64_t>{0, 3});
  CHECK(boxfeed::paired_box_iou(torch::empty({0, 4}), torch::empty({0, 4}), BoxFormat::kXYWH).numel() == 0);
  // 60000 x 60000 overflows 32-bit integers and half precision.
  const auto large = torch::tensor({{0, 0, 60000, 60000}});
  for (const auto type : {torch::kInt, torch::kLong, torch::kHalf, torch::kBFloat16}) {
    CHECK(boxfeed::paired_box_iou(large.to(type), large.to(type), BoxFormat::kXYXY).item<float>() == 1.F);
  }
}

TEST_CASE("other shapes are refused with the shape") {
  CHECK_THROWS_WITH(boxfeed::box_iou(torch::ones({3, 5}), torch::ones({3, 4})),
                    "boxes1: expected boxes of shape (..., N, 4), got [3, 5]");
  CHECK_THROWS_WITH(boxfeed::complete_box_iou(torch::ones({3, 4}), torch::ones({4})),
                    "boxes2: expected boxes of shape (..., N, 4), got [4]");
  CHECK_THROWS_WITH(boxfeed::paired_box_iou(torch::ones({3, 4}), torch::ones({1, 4}), BoxFormat::kXYXY),
                    "paired_box_iou: expected two sets of as many boxes, (..., 4) and (..., 4), got [3, 4] and [1, 4]");
  CHECK_THROWS_AS(boxfeed::paired_box_iou(torch::ones({3, 5}), torch::ones({3, 5}), BoxFormat::kXYXY),
                  std::invalid_argument);
  CHECK_THROWS_AS(boxfeed::paired_box_iou(torch::tensor(1.), torch::tensor(1.), BoxFormat::kXYXY),
                  std::invalid_argument);
}
