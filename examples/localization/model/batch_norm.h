#pragma once

#include <torch/torch.h>

#include <functional>
#include <utility>

namespace localization {

/// Makes a tensor its sum over all processes that train together.
using SumOverRanks = std::function<void(const torch::Tensor&)>;

/// Batch normalization as `torch::nn::BatchNorm2d`, which processes that train together can do over the batch of all.
class BatchNormImpl : public torch::nn::NormImplBase<2, BatchNormImpl, torch::nn::BatchNormOptions> {
 public:
  using NormImplBase::NormImplBase;

  /// Shape: (B, C, H, W), where B may be 0 if that of another rank is not.
  torch::Tensor forward(const torch::Tensor& x);

  /// From now on, in training, means and deviations are those of the batches of all ranks.
  void synchronize(SumOverRanks sum) { sum_ = std::move(sum); }

 protected:
  void _check_input_dim(const torch::Tensor& x) override;

 private:
  SumOverRanks sum_;
};
TORCH_MODULE(BatchNorm);

}  // namespace localization
