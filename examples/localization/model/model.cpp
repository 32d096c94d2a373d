#include "model/model.h"

#include <utility>

namespace localization {
namespace {

namespace nn = torch::nn;

/// 3 × 3 convolution, batch normalization, ReLU.
class BlockImpl : public nn::Module {
 public:
  BlockImpl(std::int64_t in, std::int64_t out, std::int64_t stride, std::int64_t dilation = 1)
      : conv_(register_module(
            "conv",
            nn::Conv2d(nn::Conv2dOptions(in, out, 3).stride(stride).padding(dilation).dilation(dilation).bias(false)))),
        norm_(register_module("norm", nn::BatchNorm2d(out))) {}
  torch::Tensor forward(const torch::Tensor& x) { return norm_(conv_(x)).relu_(); }

 private:
  nn::Conv2d conv_;
  nn::BatchNorm2d norm_;
};
TORCH_MODULE(Block);

/// Two blocks whose result is added to their input.
class ResidualImpl : public nn::Module {
 public:
  ResidualImpl(std::int64_t width, std::int64_t dilation)
      : first_(register_module("first", Block(width, width, 1))),
        second_(register_module("second", Block(width, width, 1, dilation))) {}
  torch::Tensor forward(const torch::Tensor& x) { return x + second_(first_(x)); }

 private:
  Block first_;
  Block second_;
};
TORCH_MODULE(Residual);

/// The middles of `count` cells that divide 0 … 1. Shape: (count).
torch::Tensor cell_middles(std::int64_t count, const torch::TensorOptions& options) {
  return (torch::arange(count, options) + 0.5) / static_cast<double>(count);
}

}  // namespace

LocalizerImpl::LocalizerImpl(const LocalizerOptions& options)
    : options_(options),
      features_(register_module(
          "features", nn::Sequential(Block(options.channels, 16, 2), Block(16, 32, 2), Block(32, options.width, 2),
                                     Residual(options.width, 2), Residual(options.width, 3)))),
      head_(register_module("head", nn::Conv2d(nn::Conv2dOptions(options.width, 5, 1)))) {
  torch::NoGradGuard no_grad;
  head_->bias.zero_();
  head_->bias.narrow(0, 1, 4).fill_(-1.7);  // a box of about a third of the image, to begin with
}

Location LocalizerImpl::locate(const torch::Tensor& images) {
  const auto map = head_(features_->forward(images));  // (B, 5, h, w)
  const auto height = map.size(2), width = map.size(3);
  const auto weights = map.select(1, 0).flatten(1).softmax(1).view({-1, 1, height, width});
  const auto distances = map.narrow(1, 1, 4).sigmoid();  // to the left, upper, right and lower edge
  const auto x = cell_middles(width, map.options()).view({1, 1, width}).expand({1, height, width});
  const auto y = cell_middles(height, map.options()).view({1, height, 1}).expand({1, height, width});
  const auto middles = torch::cat({x, y}).unsqueeze(0);  // (1, 2, h, w)
  const auto boxes = torch::cat({middles - distances.narrow(1, 0, 2), middles + distances.narrow(1, 2, 2)}, 1);
  return {(weights * boxes).sum({2, 3}), weights.squeeze(1)};
}

std::int64_t LocalizerImpl::parameter_count() const {
  std::int64_t count = 0;
  for (const auto& parameter : parameters()) count += parameter.numel();
  return count;
}

}  // namespace localization
