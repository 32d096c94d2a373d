#include "evaluation.h"

#include <boxfeed/losses/generalized_box_iou_loss.h>
#include <boxfeed/metrics/box_iou.h>

#include <cstdio>
#include <vector>

namespace localization {

torch::Tensor box_loss(const torch::Tensor& boxes, const torch::Tensor& target) {
  constexpr double kBeta = 0.05, kWeight = 2;
  return boxfeed::generalized_box_iou_loss(boxes, target) +
         kWeight * torch::smooth_l1_loss(boxes, target, torch::Reduction::Mean, kBeta);
}

Evaluation evaluate(Localizer network, const boxfeed::CsvDataset& dataset, std::int64_t batch, std::size_t workers,
                    torch::Device device) {
  const torch::NoGradGuard no_grad;
  const bool was_training = network->is_training();
  network->eval();
  auto loader = torch::data::make_data_loader<torch::data::samplers::SequentialSampler>(
      boxfeed::CsvDataset(dataset).map(torch::data::transforms::Stack<>()),
      torch::data::DataLoaderOptions(static_cast<std::size_t>(batch)).workers(workers));
  std::vector<torch::Tensor> boxes, targets;
  for (auto& example : *loader) {
    boxes.push_back(network(example.data.to(device)).cpu());
    targets.push_back(example.target);
  }
  network->train(was_training);
  Evaluation result;
  result.boxes = torch::cat(boxes);
  result.target = torch::cat(targets);
  result.iou = boxfeed::paired_box_iou(result.boxes, result.target);
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
