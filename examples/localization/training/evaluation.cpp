#include "training/evaluation.h"

#include <boxfeed/data/sequential_sampler.h>
#include <boxfeed/loader/make_data_loader.h>
#include <boxfeed/ops/box_iou.h>
#include <boxfeed/ops/losses.h>

#include <cstdio>
#include <vector>

namespace localization {

torch::Tensor box_loss(const torch::Tensor& boxes, const torch::Tensor& target) {
  constexpr double kBeta = 0.05, kWeight = 2;
  return boxfeed::generalized_box_iou_loss(boxes, target, torch::Reduction::Mean) +
         kWeight * torch::smooth_l1_loss(boxes, target, torch::Reduction::Mean, kBeta);
}

torch::Tensor place_loss(const torch::Tensor& weights, const torch::Tensor& target) {
  const auto inside = [&](std::int64_t low, std::int64_t high, std::int64_t count) {
    const auto middles = (torch::arange(count, target.options()) + 0.5) / static_cast<double>(count);  // (count)
    const auto half_cell = 0.5 / static_cast<double>(count);  // so that the smallest box has a cell
    return (middles > target.narrow(1, low, 1) - half_cell)
        .logical_and(middles < target.narrow(1, high, 1) + half_cell);
  };
  const auto rows = inside(1, 3, weights.size(1)).unsqueeze(2), columns = inside(0, 2, weights.size(2)).unsqueeze(1);
  return -((weights * rows.logical_and(columns)).sum({1, 2}) + 1e-6).log().mean();
}

Evaluation evaluate(Localizer network, const boxfeed::CsvDataset& dataset, std::int64_t batch, std::size_t workers,
                    torch::Device device) {
  const torch::NoGradGuard no_grad;
  const bool was_training = network->is_training();
  network->eval();
  auto loader = boxfeed::make_data_loader<boxfeed::samplers::SequentialSampler>(
      dataset, boxfeed::DataLoaderOptions(static_cast<std::size_t>(batch)).workers(workers).prefetch_next_epoch(false));
  std::vector<torch::Tensor> boxes, targets;
  for (auto& example : *loader) {
    boxes.push_back(network(example.data.to(device)).cpu());
    targets.push_back(example.target);
  }
  network->train(was_training);
  Evaluation result;
  result.boxes = torch::cat(boxes);
  result.target = torch::cat(targets);
  result.iou = boxfeed::paired_box_iou(result.boxes, result.target, boxfeed::BoxFormat::kXYXY);
  result.loss = box_loss(result.boxes, result.target).item<double>();
  result.mean_iou = result.iou.mean().item<double>();
  result.share_50 = (result.iou >= 0.5).to(torch::kDouble).mean().item<double>();
  return result;
}

std::string describe(const Evaluation& evaluation) {
  char text[128];
  std::snprintf(text, sizeof text, "IoU %.3f, %.1f %% of %lld boxes with IoU >= 0.5", evaluation.mean_iou,
                100 * evaluation.share_50, static_cast<long long>(evaluation.iou.numel()));
  return text;
}

}  // namespace localization
