#include <boxfeed/core/error.h>
#include <boxfeed/metrics/keypoints.h>
#include <torch/types.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "metrics/parts.h"
#include "support/catch.h"

using boxfeed::BoxFormat;
using boxfeed::KeypointNormalizer;
using boxfeed::KeypointOptions;
using boxfeed::NormalizedMeanError;
using boxfeed::PCK;

namespace {

/// Three points of one object: 5, 0 and 10 pixels off, in a box of 30 x 40; the first two are 50 apart.
const std::vector<double> kTarget{0, 0, 30, 40, 8, 8}, kPreds{3, 4, 30, 40, 8, 18};
torch::Tensor points(const std::vector<double>& values) {
  return torch::tensor(values, torch::kDouble).view({1, -1, 2});
}
torch::Tensor box() { return torch::tensor({{0., 0., 30., 40.}}); }

KeypointOptions by(KeypointNormalizer normalizer) { return KeypointOptions().normalizer(normalizer); }

double error_by(const KeypointOptions& options, const torch::Tensor& boxes) {
  NormalizedMeanError metric(options);
  metric.update(points(kPreds), points(kTarget), boxes);
  return metric.compute();
}

struct Batch {
  torch::Tensor preds, target, boxes, visible;
};

std::vector<Batch> batches() {
  torch::manual_seed(6);
  std::vector<Batch> out;
  for (int i = 0; i < 30; ++i) {
    const auto low = 100 * torch::rand({7, 2}), target = 100 * torch::rand({7, 5, 2});
    out.push_back({target + 5 * torch::randn({7, 5, 2}), target,
                   torch::cat({low, low + 20 + 50 * torch::rand({7, 2})}, 1), torch::rand({7, 5}) > 0.4});
  }
  return out;
}

}  // namespace

TEST_CASE("the normalized mean error by each measure") {
  CHECK(error_by(by(KeypointNormalizer::kBoxDiagonal), box()) == Approx(15. / 3 / 50));
  CHECK(error_by(by(KeypointNormalizer::kBoxSide), box()) == Approx(15. / 3 / 40));
  CHECK(error_by(by(KeypointNormalizer::kBoxSize), box()) == Approx(15. / 3 / std::sqrt(1200)));
  CHECK(error_by(by(KeypointNormalizer::kPoints), {}) == Approx(15. / 3 / 50));
  CHECK(error_by(by(KeypointNormalizer::kPoints).points({2, 0}), {}) == Approx(15. / 3 / std::sqrt(128)));
  const auto format = by(KeypointNormalizer::kBoxSide).box_format(BoxFormat::kXYHW);
  CHECK(error_by(format, torch::tensor({{90., 10., 20., 80.}})) == Approx(15. / 3 / 80));
}

TEST_CASE("PCK counts the points within each threshold, one at it included") {
  PCK metric({0.09, 0.1, 0.2}, by(KeypointNormalizer::kPoints));
  metric.update(points(kPreds), points(kTarget));
  const std::vector<double> shares = metric.compute();
  CHECK(shares == std::vector<double>{1. / 3, 2. / 3, 1});
  metric.update(points(kTarget), points(kTarget));
  CHECK(metric.compute() == std::vector<double>{4. / 6, 5. / 6, 1});
}

TEST_CASE("points that are not labeled do not count, whatever their coordinates are") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto target = torch::tensor({0., 0., nan, -1., 8., 8., 5., 5., 5., 5., 5., 5.}, torch::kDouble).view({2, 3, 2});
  const auto preds = torch::tensor({3., 4., nan, 1., 8., 8., 9., 9., 9., 9., 9., 9.}, torch::kDouble).view({2, 3, 2});
  const auto boxes = box().expand({2, 4}), visible = torch::tensor({1, 0, 1, 0, 0, 0}).view({2, 3});
  NormalizedMeanError error;
  error.update(preds, target, boxes, visible.to(torch::kBool));
  CHECK(error.compute() == Approx(5. / 2 / 50));  // the second object has no labeled point
  PCK share({0.05});
  share.update(preds, target, boxes, visible);
  CHECK(share.compute() == std::vector<double>{0.5});
}

TEST_CASE("the error of an object is averaged before those of all") {
  // Three points 6 off in one object, one point 12 off in another, both 50 across.
  const auto target = torch::zeros({2, 3, 2}), preds = target.clone();
  preds[0].select(1, 0).fill_(6);
  preds[1].select(1, 1).fill_(12);
  NormalizedMeanError metric;
  metric.update(preds, target, box().expand({2, 4}), torch::tensor({1, 1, 1, 0, 1, 0}).view({2, 3}));
  CHECK(metric.compute() == Approx((6. + 12.) / 2 / 50));
}

TEST_CASE("merged states of parts give the keypoint figures of the whole") {
  const auto all = batches();
  const auto update = [&](auto& metric, std::size_t i) {
    metric.update(all[i].preds, all[i].target, all[i].boxes, all[i].visible);
  };
  boxfeed::testing::check_parts(
      all.size(), [] { return NormalizedMeanError(); }, update,
      [](const auto& whole, const auto& merged) {
        CHECK(std::abs(merged.compute() - whole.compute()) <= 1e-12);
        CHECK(whole.compute() > 0.05);
      });
  boxfeed::testing::check_parts(
      all.size(),
      [] {
        return PCK({0.05, 0.1}, by(KeypointNormalizer::kBoxSide));
      },
      update, [](const auto& whole, const auto& merged) { CHECK(merged.compute() == whole.compute()); });
}

TEST_CASE("of no points there is no figure") {
  CHECK(std::isnan(NormalizedMeanError().compute()));
  CHECK(std::isnan(PCK().compute()[0]));
  NormalizedMeanError metric;
  metric.update(torch::empty({0, 3, 2}), torch::empty({0, 3, 2}), torch::empty({0, 4}));
  CHECK(std::isnan(metric.compute()));
}

TEST_CASE("points, boxes and measures that cannot be are refused, and change nothing") {
  NormalizedMeanError metric;
  metric.update(points(kPreds), points(kTarget), box());
  const std::string state = metric.state();
  const auto preds = points(kPreds), target = points(kTarget);
  CHECK_THROWS_WITH(metric.update(preds, target.narrow(1, 0, 2), box()),
                    "expected preds and target of equal shape, got [1, 3, 2] and [1, 2, 2]");
  CHECK_THROWS_WITH(metric.update(preds[0], target[0], box()), "expected preds of shape (N, K, 2), got [3, 2]");
  CHECK_THROWS_AS(metric.update(torch::ones({1, 3, 3}), torch::ones({1, 3, 3}), box()), std::invalid_argument);
  CHECK_THROWS_WITH(metric.update(preds, target), "boxes: expected those of the objects, to measure by, got none");
  CHECK_THROWS_WITH(metric.update(preds, target, box().expand({2, 4})), "boxes: expected shape (1, 4), got [2, 4]");
  CHECK_THROWS_AS(metric.update(preds, target, torch::ones({1, 5})), std::invalid_argument);
  CHECK_THROWS_AS(metric.update(preds, target, torch::ones(4)), std::invalid_argument);
  CHECK_THROWS_WITH(metric.update(preds, target, torch::ones({1, 4})),
                    "expected objects with a size to measure by, got none in row 0");
  CHECK_THROWS_AS(metric.update(preds, target, torch::tensor({{5., 5., 2., 9.}})), std::invalid_argument);
  CHECK_THROWS_WITH(metric.update(preds / 0., target, box()), "preds: expected finite numbers, got inf in row 0");
  CHECK_THROWS_WITH(metric.update(preds, target / 0., box()), "target: expected finite numbers, got nan in row 0");
  CHECK_THROWS_WITH(metric.update(preds, target, box(), torch::ones({1, 2})),
                    "visible: expected shape (N, K) for target [1, 3, 2], got [1, 2]");
  CHECK(metric.state() == state);
  NormalizedMeanError eyes(by(KeypointNormalizer::kPoints).points({0, 3}));
  CHECK_THROWS_WITH(eyes.update(preds, target), "points: expected 0 to 2, got 3");
  NormalizedMeanError before(by(KeypointNormalizer::kPoints).points({-1, 0}));
  CHECK_THROWS_AS(before.update(preds, target), std::invalid_argument);
  NormalizedMeanError hidden(by(KeypointNormalizer::kPoints));
  CHECK_THROWS_WITH(hidden.update(preds, target, {}, torch::tensor({{1, 0, 1}})),
                    "visible: expected point 1 labeled, to measure by, but it is not in row 0");
  CHECK_THROWS_WITH(PCK({0}), "thresholds: expected numbers above 0, got 0.000000");
  CHECK_THROWS_AS(PCK({std::numeric_limits<double>::infinity()}), std::invalid_argument);
}

TEST_CASE("keypoint metrics of other options do not mix") {
  NormalizedMeanError diagonal, side(by(KeypointNormalizer::kBoxSide)), size(by(KeypointNormalizer::kBoxSize)),
      eyes(by(KeypointNormalizer::kPoints)), ears(by(KeypointNormalizer::kPoints).points({0, 2}));
  CHECK_THROWS_WITH(diagonal.merge(side),
                    "NormalizedMeanError: expected to merge with one of {\"normalizer\":\"box_diagonal\"}, got "
                    "{\"normalizer\":\"box_side\"}");
  CHECK_THROWS_AS(side.merge(size), std::invalid_argument);
  CHECK_THROWS_AS(eyes.merge(ears), std::invalid_argument);
  CHECK_THROWS_AS(eyes.load_state(ears.state()), boxfeed::Error);
  CHECK_THROWS_AS(PCK({0.1}).merge(PCK({0.2})), std::invalid_argument);
  CHECK_THROWS_AS(PCK({0.1}).merge(PCK({0.1}, by(KeypointNormalizer::kBoxSide))), std::invalid_argument);
  CHECK_THROWS_AS(PCK({0.1}).load_state(PCK({0.2}).state()), boxfeed::Error);
  CHECK_THROWS_AS(PCK({0.1}).load_state(PCK({0.1}, by(KeypointNormalizer::kBoxSide)).state()), boxfeed::Error);
  CHECK_THROWS_AS(PCK().load_state(diagonal.state()), boxfeed::Error);
  CHECK_NOTHROW(PCK().load_state(PCK().state()));
}
