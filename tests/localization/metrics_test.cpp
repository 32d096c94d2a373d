#include "training/metrics.h"

#include <cmath>
#include <string>

#include "support/catch.h"

namespace metrics_test {

using localization::Labels;
using localization::Metric;
using localization::Target;

namespace {

using AllLabels = std::vector<Labels>;
using Sizes = std::vector<boxfeed::ImageSize>;

double value_of(const std::vector<Metric>& metrics, const std::string& name) {
  for (const auto& metric : metrics) {
    if (metric.name == name) return metric.value;
  }
  FAIL("no metric " + name);
  return 0;
}

Labels box(float xmin, float ymin, float xmax, float ymax, std::int64_t id = 0) {
  Labels labels;
  labels.box = boxfeed::Box{xmin, ymin, xmax, ymax};
  labels.class_id = id;
  return labels;
}

Labels points(std::vector<boxfeed::Keypoint> keypoints) {
  Labels labels;
  labels.keypoints = std::move(keypoints);
  return labels;
}

}  // namespace

TEST_CASE("boxes are judged by their IoU, and classes by how many are right") {
  Target target;
  target.box = true;
  target.classes = {"cat", "dog"};
  const AllLabels truth{box(0, 0, 10, 10, 0), box(0, 0, 10, 10, 1)},
      predicted{box(0, 0, 10, 10, 0), box(0, 0, 10, 4, 0)};
  const Sizes sizes(2, {20, 20});
  const auto metrics = localization::metrics_of(target, predicted, truth, sizes);
  CHECK(metrics.front().name == "mean_iou");
  CHECK(value_of(metrics, "mean_iou") == Approx(0.7));
  CHECK(value_of(metrics, "share_iou_50") == Approx(0.5));
  CHECK(value_of(metrics, "accuracy") == Approx(0.5));
  CHECK(localization::text_of(metrics) == "IoU 0.700, IoU>=0.5 0.500, accuracy 0.500");
  const auto scores = localization::scores_of(target, predicted, truth, sizes);
  CHECK(scores[1].text() == "IoU 0.400");
}

TEST_CASE("keypoints are judged by their distance as a share of the diagonal around the true ones that are there") {
  Target target;
  target.keypoints = {"a", "b", "c"};
  target.visibility = true;
  // A triangle in a box of 30 x 40, whose diagonal is 50; the third point of the second is not there, and then the
  // others span 30.
  const AllLabels truth{points({{0, 0, 2}, {30, 0, 2}, {0, 40, 2}}), points({{0, 0, 2}, {30, 0, 2}, {0, 0, 0}})};
  const AllLabels predicted{points({{0, 10, 2}, {30, 0, 2}, {0, 40, 0}}), points({{0, 0, 2}, {30, 9, 2}, {99, 99, 0}})};
  const auto metrics = localization::metrics_of(target, predicted, truth, Sizes(2, {100, 100}));
  CHECK(metrics.front().name == "nme");
  CHECK_FALSE(metrics.front().higher_is_better);
  CHECK(value_of(metrics, "nme") == Approx((0.2 / 3 + 0.3 / 2) / 2));
  CHECK(value_of(metrics, "pck_10") == Approx(3. / 5));
  CHECK(value_of(metrics, "presence") == Approx(5. / 6));
}

TEST_CASE("a photograph of whose keypoints one alone is there has no error, and does not count") {
  Target target;
  target.keypoints = {"a", "b", "c"};
  const auto alone = points({{5, 5, 2}, {0, 0, 0}, {0, 0, 0}}), all = points({{0, 0, 2}, {30, 0, 2}, {0, 40, 2}});
  const auto off = points({{9, 9, 2}, {9, 9, 2}, {9, 9, 2}});
  const Sizes sizes(2, {100, 100});
  const auto scores = localization::scores_of(target, {off, all}, {alone, all}, sizes);
  CHECK(scores[0].text() == "no NME");
  CHECK(scores[1].text() == "NME 0.000");
  CHECK(value_of(localization::metrics_of(target, {off, all}, {alone, all}, sizes), "nme") == 0);
}

TEST_CASE("a keypoint or two are measured by the photograph") {
  Target target;
  target.keypoints = {"a"};
  const auto metrics = localization::metrics_of(target, {points({{30, 40, 2}})}, {points({{0, 0, 2}})}, {{60, 80}});
  CHECK(value_of(metrics, "nme") == Approx(0.5));
}

TEST_CASE("numbers are judged by the share of the variance that is explained, and each in its own units") {
  Target target;
  target.numbers = {{"age", 0, 1}, {"weight", 0, 10}};
  AllLabels truth(2), predicted(2);
  truth[0].numbers = {1, 100};
  truth[1].numbers = {3, 300};
  predicted[0].numbers = {1, 200};
  predicted[1].numbers = {3, 200};
  const auto metrics = localization::metrics_of(target, predicted, truth, Sizes(2, {9, 9}));
  CHECK(metrics.front().name == "r2");
  CHECK(value_of(metrics, "r2") == Approx(0.5));  // 1 and 0
  CHECK(value_of(metrics, "mae_age") == 0);
  CHECK(value_of(metrics, "mae_weight") == Approx(100));
  CHECK(localization::text_of(metrics) == "R2 0.500, MAE age 0.000, MAE weight 100");
  CHECK(localization::scores_of(target, predicted, truth, Sizes(2, {9, 9}))[0].value == Approx(5));
}

}  // namespace metrics_test
