#include "training/metrics.h"

#include <boxfeed/metrics/confusion_matrix.h>
#include <boxfeed/metrics/keypoints.h>
#include <boxfeed/metrics/mean_iou.h>
#include <boxfeed/metrics/regression.h>
#include <boxfeed/ops/box_iou.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>

namespace localization {
namespace {

using boxfeed::Box;
using Sizes = std::vector<boxfeed::ImageSize>;
using AllLabels = std::vector<Labels>;

constexpr std::size_t kFewPoints = 3;
const auto kDiagonal = boxfeed::KeypointOptions().normalizer(boxfeed::KeypointNormalizer::kBoxDiagonal);

torch::Tensor rows(const std::vector<float>& values, std::int64_t count, std::int64_t width) {
  return torch::tensor(values).view({count, width});
}

torch::Tensor boxes_of(const std::vector<Box>& boxes) {
  std::vector<float> values;
  for (const auto& box : boxes) values.insert(values.end(), {box.xmin, box.ymin, box.xmax, box.ymax});
  return rows(values, static_cast<std::int64_t>(boxes.size()), 4);
}

torch::Tensor boxes_of(const AllLabels& labels) {
  std::vector<Box> boxes;
  for (const auto& one : labels) boxes.push_back(one.box.value_or(Box{}));
  return boxes_of(boxes);
}

torch::Tensor classes_of(const AllLabels& labels) {
  std::vector<std::int64_t> ids;
  for (const auto& one : labels) ids.push_back(one.class_id.value_or(0));
  return torch::tensor(ids);
}

torch::Tensor numbers_of(const AllLabels& labels) {
  std::vector<double> values;
  for (const auto& one : labels) values.insert(values.end(), one.numbers.begin(), one.numbers.end());
  return torch::tensor(values, torch::kFloat64).view({static_cast<std::int64_t>(labels.size()), -1});
}

/// Shape: (N, K, 2).
torch::Tensor points_of(const AllLabels& labels) {
  std::vector<float> values;
  for (const auto& one : labels) {
    for (const auto& point : one.keypoints) values.insert(values.end(), {point.x, point.y});
  }
  const auto count = static_cast<std::int64_t>(labels.size());
  return torch::tensor(values).view({count, -1, 2});
}

/// Shape: (N, K) bool.
torch::Tensor present_of(const AllLabels& labels) {
  std::vector<std::int64_t> values;
  for (const auto& one : labels) {
    for (const auto& point : one.keypoints) values.push_back(point.visibility > 0 ? 1 : 0);
  }
  return torch::tensor(values).view({static_cast<std::int64_t>(labels.size()), -1}).to(torch::kBool);
}

/// What the distances of keypoints are measured by.
Box measure_of(const Labels& truth, boxfeed::ImageSize size) {
  if (truth.box) return *truth.box;
  const Box all{0, 0, static_cast<float>(size.width), static_cast<float>(size.height)};
  if (truth.keypoints.size() < kFewPoints) return all;
  constexpr float kFar = 1e9F;
  Box box{kFar, kFar, -kFar, -kFar};
  for (const auto& point : truth.keypoints) {
    if (!(point.visibility > 0)) continue;
    box = {std::min(box.xmin, point.x), std::min(box.ymin, point.y), std::max(box.xmax, point.x),
           std::max(box.ymax, point.y)};
  }
  return box;
}

/// Keypoints of several photographs, without those that cannot be measured.
struct Points {
  torch::Tensor predicted, truth, measures, present;

  Points(const AllLabels& predictions, const AllLabels& truths, const Sizes& sizes)
      : predicted(points_of(predictions)), truth(points_of(truths)), present(present_of(truths)) {
    std::vector<Box> boxes;
    for (std::size_t i = 0; i < truths.size(); ++i) {
      const auto box = measure_of(truths[i], sizes[i]);
      const bool measurable = box.xmax > box.xmin || box.ymax > box.ymin;
      if (!measurable) present[static_cast<std::int64_t>(i)].fill_(false);
      boxes.push_back(measurable ? box : Box{0, 0, 1, 1});
    }
    measures = boxes_of(boxes);
    truth = torch::where(present.unsqueeze(2), truth, torch::zeros_like(truth));
  }
};

boxfeed::NormalizedMeanError mean_error(const Points& points) {
  boxfeed::NormalizedMeanError error(kDiagonal);
  error.update(points.predicted, points.truth, points.measures, points.present);
  return error;
}

/// What all processes have gathered, if there are several.
template <typename Gathered>
Gathered merged(Gathered own, const Gather& gather) {
  if (!gather) return own;
  Gathered all = own;
  all.reset();
  for (const auto& state : gather(own.state())) {
    own.load_state(state);
    all.merge(own);
  }
  return all;
}

AllLabels one(const AllLabels& all, std::size_t i) { return {all[i]}; }

}  // namespace

std::vector<Metric> metrics_of(const Target& target, const AllLabels& predicted, const AllLabels& truth,
                               const Sizes& sizes, const Gather& gather) {
  const bool any = !truth.empty();  // one of several processes may have no photograph
  std::vector<Metric> metrics;
  if (target.box) {
    boxfeed::MeanIoU iou(boxfeed::MeanIoUOptions().thresholds({0.5}));
    if (any) iou.update(boxes_of(predicted), boxes_of(truth));
    const auto result = merged(iou, gather).compute();
    metrics.push_back({"mean_iou", "IoU", result.iou});
    metrics.push_back({"share_iou_50", "IoU>=0.5", result.shares[0]});
  }
  if (!target.keypoints.empty()) {
    boxfeed::NormalizedMeanError error(kDiagonal);
    boxfeed::PCK correct({0.1}, kDiagonal);
    boxfeed::ConfusionMatrix presence(2);
    if (any) {
      const Points points(predicted, truth, sizes);
      error = mean_error(points);
      correct.update(points.predicted, points.truth, points.measures, points.present);
      const auto numbers = [](const torch::Tensor& present) { return present.flatten().to(torch::kInt64); };
      presence.update(numbers(present_of(predicted)), numbers(present_of(truth)));
    }
    metrics.push_back({"nme", "NME", merged(error, gather).compute(), false});
    metrics.push_back({"pck_10", "PCK@0.1", merged(correct, gather).compute()[0]});
    if (target.visibility) metrics.push_back({"presence", "presence", merged(presence, gather).accuracy()});
  }
  if (!target.classes.empty()) {
    boxfeed::ConfusionMatrix matrix(static_cast<std::int64_t>(target.classes.size()));
    if (any) matrix.update(classes_of(predicted), classes_of(truth));
    metrics.push_back({"accuracy", "accuracy", merged(matrix, gather).accuracy()});
  }
  if (!target.numbers.empty()) {
    boxfeed::R2Score r2;
    boxfeed::MeanAbsoluteError error;
    if (any) {
      r2.update(numbers_of(predicted), numbers_of(truth));
      error.update(numbers_of(predicted), numbers_of(truth));
    }
    metrics.push_back({"r2", "R2", merged(r2, gather).compute()});
    const auto errors = merged(error, gather).per_output();
    for (std::size_t i = 0; i < errors.size(); ++i) {
      metrics.push_back({"mae_" + target.numbers[i].name, "MAE " + target.numbers[i].name, errors[i], false});
    }
  }
  return metrics;
}

std::vector<Metric> scores_of(const Target& target, const AllLabels& predicted, const AllLabels& truth,
                              const Sizes& sizes) {
  std::vector<Metric> scores;
  const auto iou = target.box ? boxfeed::paired_box_iou(boxes_of(predicted), boxes_of(truth), boxfeed::BoxFormat::kXYXY)
                              : torch::Tensor();
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (target.box) {
      scores.push_back({"iou", "IoU", iou[static_cast<std::int64_t>(i)].item<double>()});
    } else if (!target.keypoints.empty()) {
      scores.push_back(
          {"nme", "NME", mean_error(Points(one(predicted, i), one(truth, i), {sizes[i]})).compute(), false});
    } else if (!target.classes.empty()) {
      const bool right = predicted[i].class_id == truth[i].class_id;
      scores.push_back({"share", "class", right ? predicted[i].class_share : -predicted[i].class_share});
    } else {
      double error = 0;
      for (std::size_t n = 0; n < target.numbers.size(); ++n) {
        error += std::abs(predicted[i].numbers[n] - truth[i].numbers[n]) / target.numbers[n].std;
      }
      scores.push_back({"error", "error", error / static_cast<double>(target.numbers.size()), false});
    }
  }
  return scores;
}

}  // namespace localization
