#include <boxfeed/core/error.h>
#include <boxfeed/metrics/confusion_matrix.h>
#include <torch/types.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "metrics/parts.h"
#include "support/catch.h"

using boxfeed::ConfusionMatrix;
using boxfeed::DetectionPrediction;
using boxfeed::DetectionTruth;
using boxfeed::LabelMatchingOptions;
using boxfeed::matched_labels;

namespace {

using Pairs = std::vector<std::pair<std::int64_t, std::int64_t>>;

Pairs pairs(const std::pair<torch::Tensor, torch::Tensor>& labels) {
  Pairs out;
  for (std::int64_t i = 0; i < labels.first.numel(); ++i) {
    out.emplace_back(labels.first[i].item<std::int64_t>(), labels.second[i].item<std::int64_t>());
  }
  return out;
}

/// Two objects of classes 0 and 1 that overlap by a third, and one of class 2 elsewhere.
DetectionTruth three_objects() {
  return {torch::tensor({{0., 0., 10., 10.}, {5., 0., 15., 10.}, {50., 50., 60., 60.}}), torch::tensor({0, 1, 2})};
}

}  // namespace

TEST_CASE("labels are counted by true class and predicted class") {
  ConfusionMatrix metric(3);
  metric.update(torch::tensor({0, 1, 1, 2}), torch::tensor({0, 0, 1, 1}));
  metric.update(torch::tensor({1}, torch::kInt), torch::tensor({0}));
  CHECK(torch::equal(metric.compute(), torch::tensor({{1, 2, 0}, {0, 1, 1}, {0, 0, 0}})));
  CHECK(metric.accuracy() == 0.4);
  CHECK(std::isnan(ConfusionMatrix(2).accuracy()));
}

TEST_CASE("merged states of parts give the counts of the whole") {
  torch::manual_seed(7);
  std::vector<std::pair<torch::Tensor, torch::Tensor>> batches;
  for (int i = 0; i < 25; ++i) {
    batches.emplace_back(torch::randint(0, 4, {11}, torch::kLong), torch::randint(0, 4, {11}, torch::kLong));
  }
  boxfeed::testing::check_parts(
      batches.size(), [] { return ConfusionMatrix(4); },
      [&](auto& metric, std::size_t i) { metric.update(batches[i].first, batches[i].second); },
      [](const auto& whole, const auto& merged) {
        CHECK(torch::equal(merged.compute(), whole.compute()));
        CHECK(whole.compute().sum().template item<std::int64_t>() == 275);
      });
}

TEST_CASE("a detection takes the free object that it covers best, of any class, the best detection first") {
  const DetectionPrediction preds{
      torch::tensor({{0., 0., 10., 10.}, {1., 0., 11., 10.}, {6., 0., 16., 10.}, {80., 80., 90., 90.}}),
      torch::tensor({0.5, 0.9, 0.8, 0.7}), torch::tensor({0, 2, 1, 1})};
  // The second detection takes object 0, the third object 1, the fourth and then the first are left.
  CHECK(pairs(matched_labels(preds, three_objects(), 3)) == Pairs{{2, 0}, {1, 1}, {1, 3}, {0, 3}, {3, 2}});
  // At an IoU of 0.3 the first detection would do for object 1, too, but that is taken.
  CHECK(pairs(matched_labels(preds, three_objects(), 3, LabelMatchingOptions().iou_threshold(0.3))) ==
        Pairs{{2, 0}, {1, 1}, {1, 3}, {0, 3}, {3, 2}});
  CHECK(pairs(matched_labels(preds, three_objects(), 3, LabelMatchingOptions().score_threshold(0.8))) ==
        Pairs{{2, 0}, {1, 1}, {3, 2}});
}

TEST_CASE("an IoU at the threshold is enough") {
  const DetectionTruth truth{torch::tensor({{0., 0., 10., 10.}}), torch::tensor({0})};
  const DetectionPrediction preds{torch::tensor({{0., 0., 10., 5.}}), torch::tensor({0.25}), torch::tensor({0})};
  CHECK(pairs(matched_labels(preds, truth, 1)) == Pairs{{0, 0}});
  CHECK(pairs(matched_labels(preds, truth, 1, LabelMatchingOptions().iou_threshold(0.51))) == Pairs{{0, 1}, {1, 0}});
}

TEST_CASE("crowds are neither found nor missed, and boxes in them are left out") {
  auto truth = three_objects();
  truth.iscrowd = torch::tensor({0, 0, 1});
  const DetectionPrediction preds{torch::tensor({{51., 51., 53., 53.}, {54., 54., 56., 56.}, {0., 0., 10., 10.}}),
                                  torch::tensor({0.9, 0.8, 0.7}), torch::tensor({2, 2, 0})};
  CHECK(pairs(matched_labels(preds, truth, 3)) == Pairs{{0, 0}, {3, 1}});
}

TEST_CASE("nothing found, nothing there, another format") {
  const DetectionPrediction none{torch::empty({0, 4}), torch::empty(0), torch::empty(0, torch::kLong)};
  const DetectionTruth empty{torch::empty({0, 4}), torch::empty(0, torch::kLong)};
  CHECK(pairs(matched_labels(none, empty, 3)).empty());
  CHECK(pairs(matched_labels(none, three_objects(), 3)) == Pairs{{3, 0}, {3, 1}, {3, 2}});
  const DetectionPrediction one{torch::tensor({{5., 5., 10., 20.}}), torch::ones(1), torch::tensor({1})};
  CHECK(pairs(matched_labels(one, empty, 3)) == Pairs{{1, 3}});
  const DetectionTruth truth{torch::tensor({{5., 5., 10., 20.}}), torch::tensor({1})};
  CHECK(pairs(matched_labels(one, truth, 3, LabelMatchingOptions().box_format(boxfeed::BoxFormat::kXYHW))) ==
        Pairs{{1, 1}});
}

TEST_CASE("labels, classes and states that cannot be are refused, and change nothing") {
  ConfusionMatrix metric(3);
  metric.update(torch::tensor({0, 1}), torch::tensor({0, 0}));
  const std::string state = metric.state();
  CHECK_THROWS_WITH(metric.update(torch::tensor({0, 3}), torch::tensor({0, 0})),
                    "preds: expected labels from 0 to 2, got 3");
  CHECK_THROWS_WITH(metric.update(torch::tensor({0, 1}), torch::tensor({0, -1})),
                    "target: expected labels from 0 to 2, got -1");
  CHECK_THROWS_WITH(metric.update(torch::ones({2, 2}, torch::kLong), torch::ones({2, 2}, torch::kLong)),
                    "expected preds of shape (N), got [2, 2]");
  CHECK_THROWS_AS(metric.update(torch::tensor({0, 1}), torch::tensor({0})), std::invalid_argument);
  CHECK_THROWS_WITH(metric.update(torch::tensor({0.5}), torch::tensor({0})),
                    "preds: expected whole numbers, got Float");
  CHECK_THROWS_WITH(metric.merge(ConfusionMatrix(4)),
                    "ConfusionMatrix: expected to merge with one of 3 classes, got 4");
  CHECK_THROWS_AS(metric.load_state(ConfusionMatrix(4).state()), boxfeed::Error);
  auto damaged = state;
  damaged.replace(damaged.find("\"counts\":[1,"), 12, "\"counts\":[");
  CHECK_THROWS_AS(metric.load_state(damaged), boxfeed::Error);
  CHECK(metric.state() == state);
  CHECK_THROWS_WITH(ConfusionMatrix(0), "num_classes: expected 1 to 10000, got 0");
  CHECK_THROWS_AS(ConfusionMatrix(10001), std::invalid_argument);
  const DetectionPrediction preds{torch::ones({1, 4}), torch::ones(1), torch::tensor({3})};
  CHECK_THROWS_WITH(matched_labels(preds, three_objects(), 3), "preds.labels: expected labels from 0 to 2, got 3");
  CHECK_THROWS_WITH(
      matched_labels({torch::ones({0, 4}), torch::ones(0), torch::empty(0, torch::kLong)}, three_objects(), 2),
      "target.labels: expected labels from 0 to 1, got 2");
}
