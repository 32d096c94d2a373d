#include "model/batch_norm.h"

#include <algorithm>
#include <utility>

namespace localization {
namespace {

namespace autograd = torch::autograd;

/// Of each channel over the batches of all ranks.
struct Moments {
  torch::Tensor mean, variance;
  double count = 0;
};

torch::Tensor of_channels(const torch::Tensor& values) { return values.to(torch::kFloat32).view({1, -1, 1, 1}); }

torch::Tensor sum_of_channels(const torch::Tensor& x) { return x.sum({0, 2, 3}).to(torch::kFloat64); }

/// The sum as a value that autograd can keep until the backward pass.
struct HeldSum : torch::CustomClassHolder {
  explicit HeldSum(SumOverRanks the_sum) : sum(std::move(the_sum)) {}
  SumOverRanks sum;
};

/// The normalization, whose gradient goes through the moments of all ranks, too.
class Synchronized : public autograd::Function<Synchronized> {
 public:
  static torch::Tensor forward(autograd::AutogradContext* context, const torch::Tensor& x, const torch::Tensor& weight,
                               const torch::Tensor& bias, double eps, const SumOverRanks* sum, Moments* moments) {
    const auto channels = x.size(1);
    const auto values = x.to(torch::kFloat32);
    const std::int64_t each = x.numel() / channels;
    const auto own = static_cast<double>(each);
    // Squares are added in double precision, where the mean can be taken off again.
    auto sums = torch::zeros({2 * channels + 1}, torch::TensorOptions(x.device()).dtype(torch::kFloat64));
    if (own > 0) {
      const auto [variance, mean] = torch::var_mean(values, {0, 2, 3}, /*unbiased=*/false);
      const auto first = mean.to(torch::kFloat64);
      sums.narrow(0, 0, channels).copy_(first * own);
      sums.narrow(0, channels, channels).copy_((variance.to(torch::kFloat64) + first.square()) * own);
    }
    sums[2 * channels].fill_(own);
    (*sum)(sums);
    const auto count = sums[2 * channels].item<double>();
    const auto mean = sums.narrow(0, 0, channels) / count;
    const auto variance = (sums.narrow(0, channels, channels) / count - mean.square()).clamp_min(0);
    const auto inverse = (variance + eps).rsqrt();
    *moments = {mean, variance, count};
    const auto centered = values - of_channels(mean);
    context->save_for_backward({centered, weight, inverse});
    context->saved_data["sum"] = c10::IValue::make_capsule(c10::make_intrusive<HeldSum>(*sum));
    context->saved_data["count"] = count;
    return (centered * of_channels(weight * inverse) + of_channels(bias)).to(x.scalar_type());
  }

  static autograd::variable_list backward(autograd::AutogradContext* context, autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto& centered = saved[0];
    const auto& weight = saved[1];
    const auto& inverse = saved[2];
    const auto held = context->saved_data["sum"].toCapsule();
    const double count = context->saved_data["count"].toDouble();
    const auto gradient = gradients[0].to(torch::kFloat32);
    const auto normalized = centered * of_channels(inverse);
    const auto of_bias = sum_of_channels(gradient), of_weight = sum_of_channels(gradient * normalized);
    const auto sums = torch::stack({of_bias, of_weight});
    static_cast<const HeldSum&>(*held).sum(sums);
    const auto of_x = of_channels(weight * inverse) *
                      (gradient - of_channels(sums[0] / count) - normalized * of_channels(sums[1] / count));
    return {of_x.to(gradients[0].scalar_type()),
            of_weight.to(weight.scalar_type()),
            of_bias.to(weight.scalar_type()),
            {},
            {},
            {}};
  }
};

}  // namespace

torch::Tensor BatchNormImpl::forward(const torch::Tensor& x) {
  _check_input_dim(x);
  const double momentum = options.momentum().value_or(0.1);
  if (is_training()) num_batches_tracked += 1;
  if (!sum_ || !is_training()) {
    return torch::batch_norm(x, weight, bias, running_mean, running_var, is_training(), momentum, options.eps(),
                             at::globalContext().userEnabledCuDNN());
  }
  Moments moments;
  auto y = Synchronized::apply(x, weight, bias, options.eps(), &sum_, &moments);
  const torch::NoGradGuard no_grad;
  const auto move = [&](torch::Tensor& running, const torch::Tensor& to) {
    running.lerp_(to.to(running.scalar_type()), momentum);
  };
  move(running_mean, moments.mean);
  move(running_var, moments.variance * (moments.count / std::max(moments.count - 1, 1.0)));
  return y;
}

void BatchNormImpl::_check_input_dim(const torch::Tensor& x) {
  TORCH_CHECK(x.dim() == 4, "expected (B, C, H, W), got ", x.dim(), " dimensions");
}

}  // namespace localization
