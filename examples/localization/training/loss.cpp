#include "training/loss.h"

#include <boxfeed/ops/losses.h>

namespace localization {
namespace {

namespace F = torch::nn::functional;

constexpr double kDistanceWeight = 2, kCellsWeight = 0.5, kPlaceWeight = 0.1, kBeta = 0.05;

torch::Tensor smooth_l1(const torch::Tensor& input, const torch::Tensor& target, double beta) {
  return torch::smooth_l1_loss(input, target, at::Reduction::None, beta);
}

/// The cells whose middles lie between `low` and `high`, and half a cell around, so that the smallest box has a cell.
/// Shape: weights (B, M, h, w), low and high (B, M, 2) as x and y → (B, M, h, w) bool.
torch::Tensor cells_between(const torch::Tensor& weights, const torch::Tensor& low, const torch::Tensor& high) {
  const auto inside = [&](std::int64_t axis, std::int64_t count) {
    const auto middles = (torch::arange(count, weights.options()) + 0.5) / static_cast<double>(count);
    const double half_cell = 0.5 / static_cast<double>(count);
    return (middles > low.narrow(2, axis, 1) - half_cell).logical_and(middles < high.narrow(2, axis, 1) + half_cell);
  };
  const auto columns = inside(0, weights.size(3)).unsqueeze(2), rows = inside(1, weights.size(2)).unsqueeze(3);
  return rows.logical_and(columns);
}

/// -log(the weight of these cells). Shape: (B, M, h, w), (B, M, h, w) bool → (B, M).
torch::Tensor place_loss(const torch::Tensor& weights, const torch::Tensor& cells) {
  return -((weights * cells).sum({2, 3}) + 1e-6).log();
}

torch::Tensor box_loss(const Prediction& prediction, const torch::Tensor& boxes) {
  const auto weights = prediction.weights.narrow(1, 0, 1);
  const auto cells = cells_between(weights, boxes.narrow(1, 0, 2).unsqueeze(1), boxes.narrow(1, 2, 2).unsqueeze(1));
  const auto shares = cells / cells.sum({2, 3}, /*keepdim=*/true);
  const auto each = boxes.view({-1, 4, 1, 1}).expand_as(prediction.box_cells);
  return boxfeed::generalized_box_iou_loss(prediction.boxes, boxes) +
         kDistanceWeight * smooth_l1(prediction.boxes, boxes, kBeta).mean(1) +
         kCellsWeight * (smooth_l1(prediction.box_cells, each, kBeta) * shares).sum({2, 3}).mean(1) +
         kPlaceWeight * place_loss(weights, cells).squeeze(1);
}

torch::Tensor keypoint_loss(const Prediction& prediction, const Truth& truth) {
  const auto count = truth.keypoints.size(1), maps = prediction.weights.size(1);
  const auto present = truth.present, weights = prediction.weights.narrow(1, maps - count, count);
  // What a point that is not there has for coordinates means nothing.
  const auto points = torch::where(present.unsqueeze(2) > 0, truth.keypoints, torch::zeros_like(truth.keypoints));
  const auto cell = torch::tensor(
      {1. / static_cast<double>(weights.size(3)), 1. / static_cast<double>(weights.size(2))}, points.options());
  const auto each = kDistanceWeight * 2 * smooth_l1(prediction.keypoints, points, kBeta).mean(2) +
                    kPlaceWeight * place_loss(weights, cells_between(weights, points - cell / 2, points + cell / 2));
  auto loss = (each * present).sum(1) / present.sum(1).clamp_min(1);
  if (prediction.visibility.defined()) {
    loss = loss +
           torch::binary_cross_entropy_with_logits(prediction.visibility, present, {}, {}, at::Reduction::None).mean(1);
  }
  return loss;
}

}  // namespace

torch::Tensor loss_of(const Prediction& prediction, const Truth& truth) {
  torch::Tensor loss;
  const auto add = [&](const torch::Tensor& part) { loss = loss.defined() ? loss + part : part; };
  if (truth.boxes.defined()) add(box_loss(prediction, truth.boxes));
  if (truth.keypoints.defined()) add(keypoint_loss(prediction, truth));
  if (truth.classes.defined()) {
    add(F::cross_entropy(prediction.classes, truth.classes, F::CrossEntropyFuncOptions().reduction(torch::kNone)));
  }
  if (truth.numbers.defined()) add(smooth_l1(prediction.numbers, truth.numbers, 1).mean(1));
  return loss;
}

}  // namespace localization
