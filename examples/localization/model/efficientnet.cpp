#include "model/efficientnet.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "model/batch_norm.h"

namespace localization {
namespace {

namespace nn = torch::nn;

/// What depends on where the network was trained.
struct Style {
  bool tensorflow;

  BatchNorm norm(std::int64_t channels) const {
    return BatchNorm(nn::BatchNormOptions(channels).eps(tensorflow ? 1e-3 : 1e-5));
  }
};

/// A convolution whose output is the input's size divided by the stride, rounded up.
class SameConvImpl : public nn::Conv2dImpl {
 public:
  SameConvImpl(Style style, std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride = 1,
               std::int64_t groups = 1)
      : nn::Conv2dImpl(nn::Conv2dOptions(in, out, kernel)
                           .stride(stride)
                           .groups(groups)
                           .padding(style.tensorflow && stride > 1 ? 0 : kernel / 2)
                           .bias(false)),
        kernel_(kernel),
        stride_(stride),
        pads_(style.tensorflow && stride > 1) {
    nn::init::kaiming_normal_(weight, 0, torch::kFanOut, torch::kReLU);
    if (groups > 1) weight.data().mul_(std::sqrt(static_cast<double>(groups)));  // the fan is that of one group
  }

  torch::Tensor forward(const torch::Tensor& x) {
    // With one thread and fewer than 16 images LibTorch hands convolutions of 1 × 1 to BLAS, which is slow in Debian,
    // rather than to oneDNN, unless they are dilated, which means nothing for them.
    const std::int64_t dilation = kernel_ == 1 && x.is_cpu() ? 2 : 1;
    return torch::conv2d(pads_ ? torch::constant_pad_nd(x, padding(x)) : x, weight, {}, stride_,
                         pads_ ? 0 : kernel_ / 2, dilation, options.groups());
  }

 private:
  /// On the left, right, top and bottom.
  std::array<std::int64_t, 4> padding(const torch::Tensor& x) const {
    const auto total = [&](std::int64_t size) {
      return std::max<std::int64_t>(((size + stride_ - 1) / stride_ - 1) * stride_ + kernel_ - size, 0);
    };
    const auto wide = total(x.size(3)), high = total(x.size(2));
    return {wide / 2, wide - wide / 2, high / 2, high - high / 2};
  }

  std::int64_t kernel_;
  std::int64_t stride_;
  bool pads_;
};
TORCH_MODULE(SameConv);

torch::Tensor in_place_relu6(torch::Tensor x) { return torch::relu6_(x); }

/// A depthwise and a pointwise convolution.
class DepthwiseSeparableImpl : public nn::Module {
 public:
  DepthwiseSeparableImpl(Style style, std::int64_t in, std::int64_t out)
      : conv_dw_(register_module("conv_dw", SameConv(style, in, in, 3, 1, in))),
        bn1_(register_module("bn1", style.norm(in))),
        conv_pw_(register_module("conv_pw", SameConv(style, in, out, 1))),
        bn2_(register_module("bn2", style.norm(out))) {}

  torch::Tensor forward(const torch::Tensor& x) { return bn2_(conv_pw_(in_place_relu6(bn1_(conv_dw_(x))))); }

 private:
  SameConv conv_dw_;
  BatchNorm bn1_;
  SameConv conv_pw_;
  BatchNorm bn2_;
};
TORCH_MODULE(DepthwiseSeparable);

/// Six times as many channels, a depthwise convolution, and back; added to the input where the shapes allow it.
class InvertedResidualImpl : public nn::Module {
 public:
  InvertedResidualImpl(Style style, std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride)
      : conv_pw_(register_module("conv_pw", SameConv(style, in, 6 * in, 1))),
        bn1_(register_module("bn1", style.norm(6 * in))),
        conv_dw_(register_module("conv_dw", SameConv(style, 6 * in, 6 * in, kernel, stride, 6 * in))),
        bn2_(register_module("bn2", style.norm(6 * in))),
        conv_pwl_(register_module("conv_pwl", SameConv(style, 6 * in, out, 1))),
        bn3_(register_module("bn3", style.norm(out))),
        adds_(in == out && stride == 1) {}

  torch::Tensor forward(const torch::Tensor& x) {
    const auto y = bn3_(conv_pwl_(in_place_relu6(bn2_(conv_dw_(in_place_relu6(bn1_(conv_pw_(x))))))));
    return adds_ ? x + y : y;
  }

 private:
  SameConv conv_pw_;
  BatchNorm bn1_;
  SameConv conv_dw_;
  BatchNorm bn2_;
  SameConv conv_pwl_;
  BatchNorm bn3_;
  bool adds_;
};
TORCH_MODULE(InvertedResidual);

/// Blocks of one width, of which the first has the stride.
struct Group {
  int repeats;
  std::int64_t out, kernel, stride;
};

constexpr std::array<Group, 6> kGroups{
    {{2, 24, 3, 2}, {2, 40, 5, 2}, {3, 80, 3, 2}, {3, 112, 5, 1}, {4, 192, 5, 2}, {1, 320, 3, 1}}};

}  // namespace

EfficientNetLite::EfficientNetLite(std::int64_t channels, bool tensorflow) {
  constexpr std::int64_t kStem = 32, kFirst = 16;
  const Style style{tensorflow};
  add_stage("conv_stem", 0, register_module("conv_stem", SameConv(style, channels, kStem, 3, 2)),
            register_module("bn1", style.norm(kStem)), nn::ReLU6(nn::ReLU6Options(true)));
  auto blocks = register_module("blocks", nn::Sequential());
  const auto add = [&](const Chain& group, std::int64_t feature) {
    blocks->push_back(group);
    add_stage("blocks." + std::to_string(blocks->size() - 1), feature, group);
  };
  add(Chain(DepthwiseSeparable(style, kStem, kFirst)), 0);
  std::int64_t width = kFirst;
  for (const auto& [repeats, out, kernel, stride] : kGroups) {
    Chain group;
    for (int i = 0; i < repeats; ++i) {
      group->push_back(InvertedResidual(style, width, out, kernel, i == 0 ? stride : 1));
      width = out;
    }
    add(group, out == 112 || out == 320 ? out : 0);
  }
}

}  // namespace localization
