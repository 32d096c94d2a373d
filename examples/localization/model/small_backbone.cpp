#include "model/small_backbone.h"

#include "model/batch_norm.h"

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
        norm_(register_module("norm", BatchNorm(out))) {}
  torch::Tensor forward(const torch::Tensor& x) { return norm_(conv_(x)).relu_(); }

 private:
  nn::Conv2d conv_;
  BatchNorm norm_;
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

}  // namespace

SmallBackbone::SmallBackbone(std::int64_t channels) {
  constexpr std::int64_t kWidth = 64, kCoarseWidth = 96;
  add_stage("block1", 0, register_module("block1", Block(channels, 16, 2)));
  add_stage("block2", 0, register_module("block2", Block(16, 32, 2)));
  add_stage("block3", 0, register_module("block3", Block(32, kWidth, 2)));
  add_stage("residual1", kWidth, register_module("residual1", Residual(kWidth, 2)));
  add_stage("block4", 0, register_module("block4", Block(kWidth, kCoarseWidth, 2)));
  add_stage("residual2", 0, register_module("residual2", Residual(kCoarseWidth, 1)));
  add_stage("residual3", kCoarseWidth, register_module("residual3", Residual(kCoarseWidth, 2)));
}

}  // namespace localization
