#include <boxfeed/ops/nms.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include "ops/reference_random.h"
#include "support/catch.h"

using boxfeed::batched_nms;
using boxfeed::nms;
using boxfeed::soft_nms;
using boxfeed::SoftNmsDecay;
using boxfeed::SoftNmsOptions;

namespace {

std::vector<std::int64_t> list(const torch::Tensor& indices) {
  return {indices.data_ptr<std::int64_t>(), indices.data_ptr<std::int64_t>() + indices.numel()};
}

using Indices = std::vector<std::int64_t>;

double iou(const torch::Tensor& boxes, std::int64_t i, std::int64_t j) {
  const auto at = [&](std::int64_t row, std::int64_t column) { return boxes[row][column].item<double>(); };
  const double w = std::min(at(i, 2), at(j, 2)) - std::max(at(i, 0), at(j, 0));
  const double h = std::min(at(i, 3), at(j, 3)) - std::max(at(i, 1), at(j, 1));
  if (w <= 0 || h <= 0) return 0;
  const auto area = [&](std::int64_t k) { return (at(k, 2) - at(k, 0)) * (at(k, 3) - at(k, 1)); };
  return w * h / (area(i) + area(j) - w * h);
}

/// Random boxes that overlap a good deal.
torch::Tensor crowd(std::int64_t count, std::uint64_t seed) {
  boxfeed::testing::ReferenceRandom random(seed);
  auto boxes = torch::empty({count, 4}, torch::kDouble);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto x = random.below(60), y = random.below(60);
    boxes[i] = torch::tensor({x, y, x + 5 + random.below(30), y + 5 + random.below(30)}, torch::kDouble);
  }
  return boxes;
}

/// The paper's algorithm, one box at a time.
std::pair<Indices, std::vector<double>> reference(const torch::Tensor& boxes, std::vector<double> scores,
                                                  const SoftNmsOptions& options) {
  Indices kept;
  std::vector<double> lowered;
  std::vector<bool> done(scores.size());
  for (;;) {
    std::int64_t best = -1;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if (done[i] || scores[i] < options.score_threshold()) continue;
      if (best < 0 || scores[i] > scores[static_cast<std::size_t>(best)]) best = static_cast<std::int64_t>(i);
    }
    if (best < 0) return {kept, lowered};
    done[static_cast<std::size_t>(best)] = true;
    kept.push_back(best);
    lowered.push_back(scores[static_cast<std::size_t>(best)]);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const double overlap = iou(boxes, best, static_cast<std::int64_t>(i));
      if (options.decay() == SoftNmsDecay::kGaussian) {
        scores[i] *= std::exp(-overlap * overlap / options.sigma());
      } else if (overlap >= options.iou_threshold()) {
        scores[i] *= 1 - overlap;
      }
    }
  }
}

}  // namespace

TEST_CASE("the better of two boxes that overlap is kept, from the best to the worst") {
  const auto boxes = torch::tensor({{0., 0., 10., 10.}, {20., 0., 30., 10.}, {1., 0., 11., 10.}, {20., 5., 30., 15.}});
  const auto scores = torch::tensor({0.5, 0.7, 0.6, 0.9});
  CHECK(list(nms(boxes, scores, 0.5)) == Indices{3, 1, 2});
  CHECK(list(nms(boxes, scores, 0.3)) == Indices{3, 2});
}

TEST_CASE("an IoU at the threshold is kept, in either precision") {
  // IoUs of 1/2 and 1/3, and thresholds of the numbers around them.
  const auto boxes = torch::tensor({{0., 0., 4., 4.}, {0., 0., 4., 2.}, {0., 0., 12., 4.}}, torch::kDouble);
  const auto scores = torch::tensor({0.9, 0.8, 0.7}, torch::kDouble);
  const double third = 1.0 / 3;
  CHECK(list(nms(boxes, scores, 0.5)) == Indices{0, 1, 2});
  CHECK(list(nms(boxes, scores, std::nextafter(0.5, 0.0))) == Indices{0, 2});
  CHECK(list(nms(boxes, scores, third)) == Indices{0, 2});
  CHECK(list(nms(boxes, scores, std::nextafter(third, 0.0))) == Indices{0});
  // 1 / 3 is larger in single precision than in double.
  CHECK(list(nms(boxes.to(torch::kFloat), scores, third)) == Indices{0});
  CHECK(list(nms(boxes.to(torch::kFloat), scores, static_cast<double>(1.F / 3))) == Indices{0, 2});
}

TEST_CASE("of equal boxes with equal scores the first is kept") {
  const auto boxes = torch::ones({50, 4}) * torch::tensor({1.F, 1.F, 5.F, 5.F});
  CHECK(list(nms(boxes, torch::ones(50), 0.5)) == Indices{0});
  CHECK(list(nms(boxes, torch::ones(50), 1)).size() == 50);
}

TEST_CASE("boxes without area cover nothing, not even each other, unless the threshold is below 0") {
  const auto boxes = torch::tensor({{3., 3., 3., 3.}, {3., 3., 3., 3.}, {0., 0., 9., 9.}});
  CHECK(list(nms(boxes, torch::ones(3), 0.1)) == Indices{0, 1, 2});
  CHECK(list(nms(boxes, torch::ones(3), 0)) == Indices{0, 1, 2});
  CHECK(list(nms(boxes, torch::ones(3), -0.5)) == Indices{0, 1});  // 0 / 0 is above no threshold
}

TEST_CASE("batched_nms compares the boxes of a class only") {
  const auto boxes = torch::tensor({{0., 0., 10., 10.}, {0., 0., 10., 10.}, {1., 0., 11., 10.}, {1., 0., 11., 10.}});
  const auto scores = torch::tensor({0.5, 0.7, 0.6, 0.9});
  CHECK(list(batched_nms(boxes, scores, torch::tensor({-1, 2, 2, -1}), 0.5)) == Indices{3, 1});
  CHECK(list(batched_nms(boxes, scores, torch::tensor({4, 3, 2, 1}), 0.5)) == Indices{3, 1, 2, 0});
  CHECK(list(batched_nms(boxes, scores, torch::zeros(4, torch::kLong), 0.5)) == list(nms(boxes, scores, 0.5)));
}

TEST_CASE("soft_nms by hand in both forms") {
  const auto boxes = torch::tensor({{0., 0., 10., 10.}, {0., 0., 10., 5.}, {20., 20., 30., 30.}}, torch::kDouble);
  const auto scores = torch::tensor({0.9, 0.8, 0.3}, torch::kDouble);
  const auto [linear, lowered] = soft_nms(boxes, scores, SoftNmsOptions().decay(SoftNmsDecay::kLinear));
  CHECK(list(linear) == Indices{0, 1, 2});
  CHECK(torch::allclose(lowered, torch::tensor({0.9, 0.4, 0.3}, torch::kDouble), 1e-12));
  const auto [gaussian, weighed] = soft_nms(boxes, scores);
  CHECK(list(gaussian) == Indices{0, 1, 2});
  CHECK(weighed[1].item<double>() == Approx(0.8 * std::exp(-0.25 / 0.5)));
  // An IoU at the threshold is lowered, one below is not.
  const auto at = soft_nms(boxes, scores, SoftNmsOptions().decay(SoftNmsDecay::kLinear).iou_threshold(0.5));
  CHECK(std::get<1>(at)[1].item<double>() == Approx(0.4));
  const auto above = soft_nms(boxes, scores, SoftNmsOptions().decay(SoftNmsDecay::kLinear).iou_threshold(0.51));
  CHECK(std::get<1>(above)[1].item<double>() == 0.8);
}

TEST_CASE("soft_nms on crowds agrees with the paper's algorithm") {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const auto boxes = crowd(60, seed);
    boxfeed::testing::ReferenceRandom random(seed + 10);
    std::vector<double> scores;
    for (int i = 0; i < 60; ++i) scores.push_back(static_cast<double>(random.below(40)) / 40);
    for (const auto& options : {SoftNmsOptions(), SoftNmsOptions().sigma(0.1).score_threshold(0.2),
                                SoftNmsOptions().decay(SoftNmsDecay::kLinear),
                                SoftNmsOptions().decay(SoftNmsDecay::kLinear).iou_threshold(0)}) {
      const auto [expected_kept, expected_scores] = reference(boxes, scores, options);
      const auto [kept, lowered] = soft_nms(boxes, torch::tensor(scores, torch::kDouble), options);
      CHECK(list(kept) == expected_kept);
      CHECK(torch::allclose(lowered, torch::tensor(expected_scores, torch::kDouble), 1e-12));
    }
  }
}

TEST_CASE("no boxes, other types and layouts are fine") {
  CHECK(list(nms(torch::empty({0, 4}), torch::empty(0), 0.5)).empty());
  CHECK(list(batched_nms(torch::empty({0, 4}), torch::empty(0), torch::empty(0, torch::kLong), 0.5)).empty());
  const auto [kept, scores] = soft_nms(torch::empty({0, 4}), torch::empty(0));
  CHECK(list(kept).empty());
  CHECK(scores.scalar_type() == torch::kFloat);
  const auto boxes = torch::tensor({{0, 0, 10, 10}, {20, 0, 30, 10}, {1, 0, 11, 10}});
  CHECK(list(nms(boxes, torch::tensor({3, 2, 1}), 0.5)) == Indices{0, 1});
  CHECK(list(nms(boxes.to(torch::kHalf), torch::tensor({1, 2, 3}).to(torch::kBFloat16), 0.5)) == Indices{2, 1});
  const auto wide = torch::cat({boxes, boxes}, 1).to(torch::kFloat);
  CHECK(list(nms(wide.narrow(1, 4, 4).requires_grad_(), torch::ones({3, 2}).select(1, 0), 0.5)) == Indices{0, 1});
}

TEST_CASE("a score of minus infinity is the worst") {
  const double none = -std::numeric_limits<double>::infinity();
  CHECK(list(nms(torch::tensor({{0., 0., 1., 1.}, {5., 5., 6., 6.}}), torch::tensor({none, 0.}), 0.5)) ==
        Indices{1, 0});
}

TEST_CASE("shapes, values and options that cannot be are refused") {
  const auto boxes = torch::tensor({{0., 0., 1., 1.}, {0., 0., 1., 2.}});
  const double nan = std::nan("");
  CHECK_THROWS_WITH(nms(torch::ones({2, 5}), torch::ones(2), 0.5), "boxes: expected boxes of shape (N, 4), got [2, 5]");
  CHECK_THROWS_AS(nms(torch::ones({1, 2, 4}), torch::ones(2), 0.5), std::invalid_argument);
  CHECK_THROWS_WITH(nms(boxes, torch::ones(3), 0.5), "scores: expected shape (2), one for each box, got [3]");
  CHECK_THROWS_AS(nms(boxes, torch::ones({2, 1}), 0.5), std::invalid_argument);
  CHECK_THROWS_WITH(batched_nms(boxes, torch::ones(2), torch::ones(1), 0.5),
                    "idxs: expected shape (2), one for each box, got [1]");
  CHECK_THROWS_WITH(nms(boxes * nan, torch::ones(2), 0.5), "boxes: expected numbers, got NaN");
  CHECK_THROWS_WITH(nms(boxes, torch::ones(2) * nan, 0.5), "scores: expected numbers, got NaN");
  CHECK_THROWS_WITH(nms(boxes, torch::ones(2), nan), "iou_threshold: expected a number, got NaN");
  CHECK_THROWS_AS(soft_nms(boxes, torch::ones(2), SoftNmsOptions().sigma(0)), std::invalid_argument);
  CHECK_THROWS_AS(soft_nms(boxes, torch::ones(2), SoftNmsOptions().iou_threshold(nan)), std::invalid_argument);
  CHECK_THROWS_AS(soft_nms(boxes, torch::ones(2), SoftNmsOptions().score_threshold(nan)), std::invalid_argument);
}
