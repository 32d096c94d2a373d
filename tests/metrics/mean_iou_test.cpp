#include <boxfeed/core/error.h>
#include <boxfeed/metrics/mean_iou.h>
#include <torch/types.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "metrics/parts.h"
#include "support/catch.h"

using boxfeed::BoxFormat;
using boxfeed::MeanIoU;
using boxfeed::MeanIoUOptions;

namespace {

/// IoUs of 1, 1/2, 1/4 and 0.
std::pair<torch::Tensor, torch::Tensor> four_pairs() {
  return {torch::tensor({{0., 0., 4., 4.}, {0., 0., 4., 2.}, {0., 0., 2., 2.}, {9., 9., 12., 12.}}),
          torch::tensor({{0., 0., 4., 4.}}).expand({4, 4})};
}

}  // namespace

TEST_CASE("the mean IoU and the shares at thresholds by hand") {
  const auto [preds, target] = four_pairs();
  MeanIoU metric(MeanIoUOptions().thresholds({0.25, 0.5, 0.51, 1}));
  metric.update(preds.narrow(0, 0, 1), target.narrow(0, 0, 1));
  metric.update(preds.narrow(0, 1, 3), target.narrow(0, 1, 3));
  const auto result = metric.compute();
  CHECK(result.iou == 1.75 / 4);
  CHECK(result.shares == std::vector<double>{0.75, 0.5, 0.25, 0.25});
  CHECK(result.count == 4);
  CHECK(MeanIoU().compute().shares.size() == 2);
}

TEST_CASE("the mean IoU is the same in every format, and of inverted predictions") {
  MeanIoU metric(MeanIoUOptions().box_format(BoxFormat::kXYHW));
  metric.update(torch::tensor({{1., 2., 10., 30.}}), torch::tensor({{1., 2., 20., 30.}}));
  CHECK(metric.compute().iou == 0.5);
  metric.update(torch::tensor({{1., 2., -10., 30.}}, torch::kDouble), torch::tensor({{1, 2, 20, 30}}));
  CHECK(metric.compute().iou == 0.25);
}

TEST_CASE("merged states of parts give the mean IoU of the whole") {
  torch::manual_seed(3);
  std::vector<std::pair<torch::Tensor, torch::Tensor>> batches;
  for (int i = 0; i < 60; ++i) {
    const auto low = torch::rand({20, 2}), target = torch::cat({low, low + torch::rand({20, 2})}, 1);
    batches.emplace_back(target + 0.05 * torch::randn({20, 4}), target);
  }
  boxfeed::testing::check_parts(
      batches.size(), [] { return MeanIoU(); },
      [&](auto& metric, std::size_t i) { metric.update(batches[i].first, batches[i].second); },
      [](const auto& whole, const auto& merged) {
        const auto expected = whole.compute(), found = merged.compute();
        CHECK(std::abs(found.iou - expected.iou) <= 1e-12);
        CHECK(found.shares == expected.shares);
        CHECK(found.count == 1200);
        CHECK(found.shares[0] > 0.3);
        CHECK(found.shares[1] < 0.9);
      });
}

TEST_CASE("of no boxes there is no mean IoU") {
  MeanIoU metric;
  metric.update(torch::empty({0, 4}), torch::empty({0, 4}));
  CHECK(std::isnan(metric.compute().iou));
  CHECK(std::isnan(metric.compute().shares[0]));
  CHECK(metric.compute().count == 0);
}

TEST_CASE("boxes, options and states that cannot be are refused, and change nothing") {
  const auto [preds, target] = four_pairs();
  MeanIoU metric;
  metric.update(preds, target);
  const std::string state = metric.state();
  CHECK_THROWS_WITH(metric.update(preds, target.narrow(0, 0, 3)),
                    "expected preds and target of equal shape, got [4, 4] and [3, 4]");
  CHECK_THROWS_WITH(metric.update(torch::ones({2, 1, 4}), torch::ones({2, 1, 4})),
                    "target: expected boxes of shape (N, 4), got [2, 1, 4]");
  CHECK_THROWS_WITH(metric.update(preds / 0., target), "preds: expected finite numbers, got nan in row 0");
  CHECK_THROWS_WITH(
      metric.update(preds, torch::tensor({{1., 1., 2., 2.}, {1., 5., 2., 2.}, {0., 0., 1., 1.}, {0., 0., 1., 1.}})),
      "target: expected xmin <= xmax and ymin <= ymax, got an inverted box in row 1: 1 5 2 2 (the option "
      "box_format names another format)");
  CHECK_THROWS_WITH(MeanIoU(MeanIoUOptions().thresholds({0})),
                    "thresholds: expected numbers above 0 up to 1, got 0.000000");
  CHECK_THROWS_AS(MeanIoU(MeanIoUOptions().thresholds({1.01})), std::invalid_argument);
  MeanIoU other(MeanIoUOptions().thresholds({0.5}));
  CHECK_THROWS_AS(metric.merge(other), std::invalid_argument);
  CHECK_THROWS_WITH(other.load_state(state),
                    "saved state of MeanIoU: thresholds was [0.5,0.75] when it was saved, is [0.5]");
  auto damaged = state;
  damaged.replace(damaged.find("\"above\":[2"), 10, "\"above\":[-");
  CHECK_THROWS_AS(metric.load_state(damaged), boxfeed::Error);
  damaged = state;
  damaged.replace(damaged.find("\"above\":[2,"), 11, "\"above\":[");
  CHECK_THROWS_AS(metric.load_state(damaged), boxfeed::Error);
  CHECK(metric.state() == state);
}
