#pragma once

#include <boxfeed/data/csv_dataset.h>
#include <torch/torch.h>

#include <cstdint>
#include <string>

#include "model/model.h"

namespace localization {

/// How well boxes fit.
struct Evaluation {
  double loss = 0;
  double mean_iou = 0;
  double share_50 = 0;   ///< the share of boxes with an IoU of at least 0.5
  torch::Tensor boxes;   ///< (N, 4) corners in fractions of the image, in the data set's order
  torch::Tensor target;  ///< (N, 4)
  torch::Tensor iou;     ///< (N)
};

/// How badly boxes fit: the mean over a batch of the GIoU loss and of smooth L1.
/// Shape: (B, 4), (B, 4) → (). Units: fractions of the image.
torch::Tensor box_loss(const torch::Tensor& boxes, const torch::Tensor& target);

/// How much of the weight lies beside the object: the mean over a batch of -log(the sum of the weights of the cells
/// whose middles are in the box), which leads the network to the object before it can measure it. Shape: (B, h, w), (B,
/// 4) → ().
torch::Tensor place_loss(const torch::Tensor& weights, const torch::Tensor& target);

/// Runs the network over all examples in order.
Evaluation evaluate(Localizer network, const boxfeed::CsvDataset& dataset, std::int64_t batch, std::size_t workers,
                    torch::Device device);

/// "IoU 0.873, 98.3 % of 240 boxes with IoU >= 0.5".
std::string describe(const Evaluation& evaluation);

}  // namespace localization
