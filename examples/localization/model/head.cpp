#include "model/head.h"

#include <stdexcept>

#include "model/batch_norm.h"

namespace localization {
namespace {

namespace nn = torch::nn;

/// The middles of the cells of a map, in fractions. Shape: (1, 2, h, w), x and then y.
torch::Tensor cell_middles(const torch::Tensor& map) {
  const auto height = map.size(2), width = map.size(3);
  const auto middles = [&](std::int64_t count) {
    const auto options = torch::TensorOptions(map.device()).dtype(torch::kFloat32);
    return (torch::arange(count, options) + 0.5) / static_cast<double>(count);
  };
  const auto x = middles(width).view({1, 1, 1, width}).expand({1, 1, height, width});
  const auto y = middles(height).view({1, 1, height, 1}).expand({1, 1, height, width});
  return torch::cat({x, y}, 1);
}

nn::Sequential conv_norm(std::int64_t in, std::int64_t out, std::int64_t kernel) {
  return nn::Sequential(nn::Conv2d(nn::Conv2dOptions(in, out, kernel).padding(kernel / 2).bias(false)), BatchNorm(out));
}

/// The channels of a map, taken from the first to the last.
class Channels {
 public:
  explicit Channels(torch::Tensor map) : map_(std::move(map)) {}
  torch::Tensor take(std::int64_t count) {
    at_ += count;
    return map_.narrow(1, at_ - count, count);
  }

 private:
  torch::Tensor map_;
  std::int64_t at_ = 0;
};

/// Shape: (B, n, h, w) → the same, whose sum over the cells is 1.
torch::Tensor over_cells(const torch::Tensor& scores) { return scores.flatten(2).softmax(2).view_as(scores); }

/// The mean of the cells' answers. Shape: (B, 1 or n, h, w), (B, n, h, w) → (B, n).
torch::Tensor weighted(const torch::Tensor& weights, const torch::Tensor& answers) {
  return (weights * answers).sum({2, 3});
}

}  // namespace

HeadImpl::HeadImpl(const std::vector<std::int64_t>& channels, std::int64_t width, const Outputs& outputs)
    : outputs_(outputs) {
  const auto& [box, keypoints, visibility, numbers, classes] = outputs_;
  const std::int64_t cells =
      (box ? 5 : 0) + (visibility ? 4 : 3) * keypoints + 2 * numbers + classes + (classes > 0 && !box ? 1 : 0);
  if (cells == 0) throw std::invalid_argument("expected outputs of something, got none");
  if (channels.size() > 1) {
    for (std::size_t i = 0; i < channels.size(); ++i) {
      laterals_.emplace_back(register_module("lateral" + std::to_string(i + 1), conv_norm(channels[i], width, 1)));
    }
    join_ = register_module("join", conv_norm(width, width, 3));
  }
  const auto in = (join_ ? width : channels.front()) + 2;
  cells_ = register_module("cells", nn::Conv2d(nn::Conv2dOptions(in, cells, 1)));
  const torch::NoGradGuard no_grad;
  cells_->bias.zero_();
  if (box) cells_->bias.narrow(0, 1, 4).fill_(-1);  // half of the image wide and high, to begin with
}

torch::Tensor HeadImpl::joined(const std::vector<torch::Tensor>& maps) {
  if (!join_) return maps.front();
  torch::Tensor sum = laterals_[0]->forward(maps[0]);
  const auto size = nn::functional::InterpolateFuncOptions()
                        .size(std::vector<std::int64_t>{sum.size(2), sum.size(3)})
                        .mode(torch::kBilinear)
                        .align_corners(false);
  for (std::size_t i = 1; i < maps.size(); ++i) {
    sum = sum + nn::functional::interpolate(laterals_[i]->forward(maps[i]), size);
  }
  return join_->forward(sum.relu_()).relu_();
}

Prediction HeadImpl::forward(const std::vector<torch::Tensor>& maps) {
  const auto map = joined(maps);
  const auto middles = cell_middles(map);
  const auto batch = map.size(0), height = map.size(2), width = map.size(3);
  Channels cells(cells_(torch::cat({map, middles.expand({batch, 2, height, width})}, 1)).to(torch::kFloat32));
  Prediction prediction;
  std::vector<torch::Tensor> weights;
  if (outputs_.box) {
    weights.push_back(over_cells(cells.take(1)));
    const auto near = cells.take(2).sigmoid(),
               far = cells.take(2).sigmoid();  // to the left and upper, right and lower edge
    prediction.box_cells = torch::cat({middles - near, middles + far}, 1);
    prediction.boxes = weighted(weights[0], prediction.box_cells);
  }
  if (const auto count = outputs_.keypoints; count > 0) {
    weights.push_back(over_cells(cells.take(count)));
    const auto x = weighted(weights.back(), middles.narrow(1, 0, 1) + cells.take(count));
    const auto y = weighted(weights.back(), middles.narrow(1, 1, 1) + cells.take(count));
    prediction.keypoints = torch::stack({x, y}, 2);
    if (outputs_.visibility) prediction.visibility = weighted(weights.back(), cells.take(count));
  }
  if (!weights.empty()) prediction.weights = torch::cat(weights, 1);
  if (const auto count = outputs_.numbers; count > 0) {
    const auto where = over_cells(cells.take(count));
    prediction.numbers = weighted(where, cells.take(count));
  }
  if (const auto count = outputs_.classes; count > 0) {
    const auto where = outputs_.box ? weights[0] : over_cells(cells.take(1));
    prediction.classes = weighted(where, cells.take(count));
  }
  return prediction;
}

}  // namespace localization
