#include "model/resnet.h"

#include <string>

#include "model/batch_norm.h"

namespace localization {
namespace {

namespace nn = torch::nn;

nn::Conv2d conv(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride) {
  nn::Conv2d layer(nn::Conv2dOptions(in, out, kernel).stride(stride).padding(kernel / 2).bias(false));
  nn::init::kaiming_normal_(layer->weight, 0, torch::kFanOut, torch::kReLU);
  return layer;
}

class BasicBlockImpl : public nn::Module {
 public:
  BasicBlockImpl(std::int64_t in, std::int64_t out, std::int64_t stride)
      : conv1_(register_module("conv1", conv(in, out, 3, stride))),
        bn1_(register_module("bn1", BatchNorm(out))),
        conv2_(register_module("conv2", conv(out, out, 3, 1))),
        bn2_(register_module("bn2", BatchNorm(out))) {
    if (in != out || stride != 1) {
      downsample_ = register_module("downsample", nn::Sequential(conv(in, out, 1, stride), BatchNorm(out)));
    }
  }

  torch::Tensor forward(const torch::Tensor& x) {
    const auto y = bn2_(conv2_(bn1_(conv1_(x)).relu_()));
    return (y + (downsample_ ? downsample_->forward(x) : x)).relu_();
  }

 private:
  nn::Conv2d conv1_;
  BatchNorm bn1_;
  nn::Conv2d conv2_;
  BatchNorm bn2_;
  nn::Sequential downsample_{nullptr};
};
TORCH_MODULE(BasicBlock);

}  // namespace

ResNet::ResNet(std::int64_t channels, std::array<int, 4> blocks) {
  std::int64_t width = 64;
  add_stage("conv1", 0, register_module("conv1", conv(channels, width, 7, 2)), register_module("bn1", BatchNorm(width)),
            nn::ReLU(nn::ReLUOptions(true)));
  add_stage("maxpool", 0, nn::MaxPool2d(nn::MaxPool2dOptions(3).stride(2).padding(1)));
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const std::int64_t out = std::int64_t{64} << i;
    Chain layer;
    for (int block = 0; block < blocks[i]; ++block) {
      layer->push_back(BasicBlock(width, out, block == 0 && i > 0 ? 2 : 1));
      width = out;
    }
    const std::string name = "layer" + std::to_string(i + 1);
    add_stage(name, i >= 2 ? out : 0, register_module(name, layer));
  }
}

}  // namespace localization
