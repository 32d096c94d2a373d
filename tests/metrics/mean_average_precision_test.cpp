#include <boxfeed/core/error.h>
#include <boxfeed/metrics/mean_average_precision.h>

#include <array>
#include <cmath>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "metrics/coco_scenes.h"
#include "metrics/parts.h"
#include "support/catch.h"

using boxfeed::DetectionPrediction;
using boxfeed::DetectionTruth;
using boxfeed::MeanAveragePrecision;
using boxfeed::MeanAveragePrecisionResult;
using boxfeed::testing::CocoImage;
using boxfeed::testing::CocoScene;

namespace {

MeanAveragePrecision metric_of(const CocoScene& scene) {
  MeanAveragePrecision metric;
  for (const auto& image : scene.images()) metric.update(image.preds, image.target, image.id);
  return metric;
}

/// In COCO's order.
std::vector<double> figures(const MeanAveragePrecisionResult& r) {
  return {r.map,   r.map_50, r.map_75,  r.map_small, r.map_medium, r.map_large,
          r.mar_1, r.mar_10, r.mar_100, r.mar_small, r.mar_medium, r.mar_large};
}

double map_of_class(const MeanAveragePrecisionResult& result, std::int64_t label) {
  for (std::size_t k = 0; k < result.classes.size(); ++k) {
    if (result.classes[k] == label) return result.map_per_class[k];
  }
  return -1;
}

DetectionPrediction detections(const std::vector<std::array<double, 5>>& boxes_and_scores) {
  const auto rows = torch::empty({static_cast<std::int64_t>(boxes_and_scores.size()), 5}, torch::kDouble);
  for (std::size_t i = 0; i < boxes_and_scores.size(); ++i) {
    rows[static_cast<std::int64_t>(i)] = torch::tensor(torch::ArrayRef<double>(boxes_and_scores[i]), torch::kDouble);
  }
  return {rows.narrow(1, 0, 4), rows.select(1, 4), torch::ones(rows.size(0), torch::kLong)};
}

DetectionTruth one_object() {
  return {torch::tensor({{0., 0., 10., 10.}}, torch::kDouble), torch::ones(1, torch::kLong)};
}

}  // namespace

TEST_CASE("all twelve figures, and those of each class, are pycocotools' on 200 random scenes and on edge cases") {
  std::ifstream file(BOXFEED_TEST_DATA "/coco.txt");
  int scenes = 0;
  for (std::string line; std::getline(file, line); ++scenes) {
    std::istringstream numbers(line);
    const auto result = metric_of(CocoScene(scenes)).compute();
    auto found = figures(result);
    for (const std::int64_t label : {1, 2, 3}) found.push_back(map_of_class(result, label));
    for (std::size_t i = 0; i < found.size(); ++i) {
      double expected = 0;
      numbers >> expected;
      CAPTURE(scenes, i);
      CHECK(std::abs(found[i] - expected) < 1e-6);
    }
  }
  CHECK(scenes == boxfeed::testing::kScenes);
}

TEST_CASE("merged states of parts give the figures of the whole to the bit, ties across images included") {
  std::vector<CocoImage> images;  // of ten scenes, with other ids
  for (int index = 0; index < 10; ++index) {
    const CocoScene scene(index);
    for (const auto& image : scene.images()) {
      images.push_back(image);
      images.back().id = static_cast<std::int64_t>(images.size() * 37 % 101);
    }
  }
  boxfeed::testing::check_parts(
      images.size(), [] { return MeanAveragePrecision(); },
      [&](auto& metric, std::size_t i) { metric.update(images[i].preds, images[i].target, images[i].id); },
      [](const auto& whole, const auto& merged) {
        CHECK(merged.state() == whole.state());
        CHECK(figures(merged.compute()) == figures(whole.compute()));
        CHECK(merged.compute().map_per_class == whole.compute().map_per_class);
        CHECK(merged.compute().mar_100_per_class == whole.compute().mar_100_per_class);
      });
}

TEST_CASE("one image by hand: a hit, a false alarm above it, a miss") {
  MeanAveragePrecision metric;
  // IoU 0.8 with a score of 0.6, nothing with 0.9: precision 1/2 at recalls up to 1/2, at thresholds up to 0.8.
  metric.update(detections({{50, 50, 60, 60, 0.9}, {0, 0, 10, 8, 0.6}}),
                {torch::tensor({{0., 0., 10., 10.}, {20., 20., 40., 40.}}, torch::kDouble), torch::tensor({1, 1})}, 5);
  const auto result = metric.compute();
  CHECK(result.map_50 == Approx(51. / 101 / 2));
  CHECK(result.map == Approx(0.7 * 51. / 101 / 2));
  CHECK(result.mar_1 == 0);
  CHECK(result.mar_10 == Approx(0.7 / 2));
  CHECK(result.map_large == -1);
  CHECK(result.classes == std::vector<std::int64_t>{1});
  CHECK(result.mar_100_per_class[0] == Approx(0.35));
  const auto curve = metric.curve(1, 0.5);
  CHECK(curve.scores == std::vector<double>{0.9, 0.6});
  CHECK(curve.precision == std::vector<double>{0, 0.5});
  CHECK(curve.recall == std::vector<double>{0, 0.5});
  CHECK(metric.curve({}, 0.8).recall.back() == 0.5);
  CHECK(metric.curve({}, 0.85).recall.back() == 0);
  CHECK(metric.curve(2).scores.empty());
}

TEST_CASE("detections of one score are one point of the curve, and those of a crowd are in none") {
  MeanAveragePrecision metric;
  auto truth = one_object();
  truth.boxes = torch::cat({truth.boxes, torch::tensor({{100., 100., 200., 200.}}, torch::kDouble)});
  truth.labels = torch::ones(2, torch::kLong);
  truth.iscrowd = torch::tensor({false, true});
  metric.update(detections({{0, 0, 10, 10, 0.5}, {50, 50, 60, 60, 0.5}, {120, 120, 140, 140, 0.5}, {0, 0, 5, 5, 0.25}}),
                truth, 1);
  const auto curve = metric.curve();
  CHECK(curve.scores == std::vector<double>{0.5, 0.25});
  CHECK(curve.precision == std::vector<double>{0.5, 1. / 3});
  CHECK(curve.recall == std::vector<double>{1, 1});
}

TEST_CASE("boxes of another format and type are the same boxes") {
  using boxfeed::BoxFormat;
  const CocoScene scene(9);
  const auto whole = metric_of(scene);
  for (const auto fmt : {BoxFormat::kXYWH, BoxFormat::kXYHW, BoxFormat::kCXCYWH}) {
    MeanAveragePrecision metric(boxfeed::MeanAveragePrecisionOptions().box_format(fmt));
    const auto converted = [&](const torch::Tensor& boxes) {
      const auto low = boxes.narrow(1, 0, 2), size = boxes.narrow(1, 2, 2) - low;
      const auto start = fmt == BoxFormat::kCXCYWH ? low + size / 2 : low;
      return torch::cat({start, fmt == BoxFormat::kXYHW ? size.flip(1) : size}, 1).to(torch::kFloat);
    };
    for (auto image : scene.images()) {
      image.preds.boxes = converted(image.preds.boxes);
      image.target.boxes = converted(image.target.boxes);
      image.target.iscrowd = image.target.iscrowd.to(torch::kBool);
      image.preds.labels = image.preds.labels.to(torch::kInt);
      metric.update(image.preds, image.target, image.id);
    }
    CHECK(metric.state() == whole.state());
  }
}

TEST_CASE("the area is the box's where none is given") {
  MeanAveragePrecision metric, with_area;
  auto truth = one_object();
  metric.update(detections({{0, 0, 10, 10, 0.5}}), truth, 1);
  CHECK(metric.compute().map_small == Approx(1));
  CHECK(metric.compute().map_medium == -1);
  truth.area = torch::tensor({2000.});
  with_area.update(detections({{0, 0, 10, 10, 0.5}}), truth, 1);
  CHECK(with_area.compute().map_small == -1);
  CHECK(with_area.compute().map_medium == Approx(1));
}

TEST_CASE("without images and without objects all figures are -1") {
  CHECK(figures(MeanAveragePrecision().compute()) == std::vector<double>(12, -1));
  CHECK(MeanAveragePrecision().compute().classes.empty());
  MeanAveragePrecision metric;
  metric.update(detections({{0, 0, 10, 10, 0.5}}), {torch::empty({0, 4}), torch::empty(0, torch::kLong)}, 1);
  CHECK(figures(metric.compute()) == std::vector<double>(12, -1));
  const auto result = metric.compute();
  CHECK(result.map_per_class == std::vector<double>{-1});
  CHECK(result.mar_100_per_class == std::vector<double>{-1});
  CHECK(metric.curve().scores.empty());
}

TEST_CASE("an image that comes twice counts once, and never with two results") {
  MeanAveragePrecision metric, other;
  metric.update(detections({{0, 0, 10, 10, 0.5}}), one_object(), 7);
  const std::string before = metric.state();
  metric.update(detections({{0, 0, 10, 10, 0.5}}), one_object(), 7);
  CHECK(metric.state() == before);
  CHECK_THROWS_WITH(metric.update(detections({{0, 0, 10, 10, 0.6}}), one_object(), 7),
                    "image 7 is there already, with other results");
  CHECK(metric.state() == before);
  other.update(detections({}), one_object(), 7);
  CHECK_THROWS_AS(metric.merge(other), std::invalid_argument);
}

TEST_CASE("shapes and values that cannot be are refused") {
  MeanAveragePrecision metric;
  const auto good = detections({{0, 0, 10, 10, 0.5}});
  const auto update = [&](const DetectionPrediction& preds, const DetectionTruth& target) {
    metric.update(preds, target, 1);
  };
  auto preds = good;
  preds.boxes = torch::ones({1, 5});
  CHECK_THROWS_WITH(update(preds, one_object()), "preds.boxes: expected boxes of shape (N, 4), got [1, 5]");
  preds = good;
  preds.scores = torch::ones(2);
  CHECK_THROWS_WITH(update(preds, one_object()), "preds.scores: expected shape (1), one for each box, got [2]");
  preds.scores = torch::full({1}, std::nan(""));
  CHECK_THROWS_WITH(update(preds, one_object()), "preds.scores: expected finite numbers, got nan in row 0");
  preds = good;
  preds.labels = torch::ones({1, 1}, torch::kLong);
  CHECK_THROWS_AS(update(preds, one_object()), std::invalid_argument);
  preds.labels = torch::ones(1);
  CHECK_THROWS_WITH(update(preds, one_object()), "preds.labels: expected whole numbers, got Float");
  auto truth = one_object();
  truth.boxes = torch::tensor({{120., 40., 30., 60.}});
  CHECK_THROWS_WITH(update(good, truth),
                    "target.boxes: expected xmin <= xmax and ymin <= ymax, got an inverted box in row 0: 120 40 30 60 "
                    "(the option box_format names another format)");
  truth = one_object();
  truth.labels = torch::ones(2, torch::kLong);
  CHECK_THROWS_AS(update(good, truth), std::invalid_argument);
  truth = one_object();
  truth.iscrowd = torch::ones(2, torch::kLong);
  CHECK_THROWS_AS(update(good, truth), std::invalid_argument);
  truth = one_object();
  truth.area = torch::ones(2);
  CHECK_THROWS_AS(update(good, truth), std::invalid_argument);
  CHECK_THROWS_WITH(metric.curve({}, 0.52), "iou_threshold: expected 0.50, 0.55 to 0.95, got 0.520000");
  CHECK(metric.state() == MeanAveragePrecision().state());
}

TEST_CASE("a state that is damaged or another metric's is refused, and changes nothing") {
  MeanAveragePrecision metric;
  metric.update(detections({{0, 0, 10, 10, 0.5}, {3, 0, 10, 10, 0.25}}), one_object(), 7);
  const std::string state = metric.state();
  const auto refused = [&](const std::string& text) {
    CAPTURE(text);
    CHECK_THROWS_AS(metric.load_state(text), boxfeed::Error);
    CHECK(metric.state() == state);
  };
  const auto with = [&](const std::string& from, const std::string& to) {
    auto text = state;
    REQUIRE(text.find(from) != std::string::npos);
    return text.replace(text.find(from), from.size(), to);
  };
  refused("");
  refused("[]");
  refused(state.substr(0, state.size() / 2));
  refused(with("\"format\":1", "\"format\":2"));
  refused(with("MeanAveragePrecision", "MeanIoU"));
  refused(with("[0.5,0.25]", "[0.25,0.5]"));
  refused(with("[0.5,0.25]", "[0.5]"));
  refused(with("[0.5,0.25]", "[0.5,\"x\"]"));
  refused(with("[1,1,0,0]", "[1,-1,0,0]"));
  refused(with("[1,1,0,0]", "[1,1,0]"));
  refused(with("[[7,", "[[null,"));
  refused(with("\"images\"", "\"pictures\""));
  CHECK_THROWS_WITH(
      metric.load_state(with("MeanAveragePrecision", "MeanIoU")),
      Catch::Matchers::ContainsSubstring("saved state of MeanAveragePrecision: it is one of \"\\\"MeanIoU\\\"\""));
}
