#include "distributed/gradient_sum.h"

#include <utility>

namespace localization {
namespace {

/// A part of a bucket in the shape of a parameter, and where that has no gaps, in its memory order.
torch::Tensor view_for(const torch::Tensor& parameter, const torch::Tensor& part) {
  if (!parameter.is_non_overlapping_and_dense()) return part.view(parameter.sizes());
  return part.as_strided(parameter.sizes(), parameter.strides());
}

}  // namespace

GradientSum::GradientSum(ProcessGroup group, const std::vector<torch::Tensor>& parameters, std::size_t bucket_bytes)
    : group_(std::move(group)) {
  if (group_.size() == 1) return;
  for (auto parameter = parameters.rbegin(); parameter != parameters.rend(); ++parameter) {
    if (parameter->requires_grad()) parameters_.push_back({*parameter, {}, 0, false, 0});
  }
  std::vector<std::int64_t> sizes;
  for (auto& parameter : parameters_) {
    const auto most = static_cast<std::int64_t>(bucket_bytes / sizeof(float));
    if (sizes.empty() || sizes.back() + parameter.tensor.numel() > most) {
      sizes.push_back(0);
      buckets_.emplace_back();
    }
    sizes.back() += parameter.tensor.numel();
    parameter.bucket = buckets_.size() - 1;
    ++buckets_.back().parameters;
  }
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    buckets_[i].values = torch::zeros({sizes[i]}, parameters_.front().tensor.options());
  }
  std::int64_t at = 0;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    auto& parameter = parameters_[i];
    if (i > 0 && parameter.bucket != parameters_[i - 1].bucket) at = 0;
    const auto count = parameter.tensor.numel();
    parameter.gradient = view_for(parameter.tensor, buckets_[parameter.bucket].values.narrow(0, at, count));
    at += count;
    parameter.hook = parameter.tensor.register_hook(
        [this, &parameter](const torch::Tensor& gradient) { arrived(parameter, gradient); });
  }
  begin();
}

GradientSum::~GradientSum() {
  for (auto& parameter : parameters_) parameter.tensor.remove_hook(parameter.hook);
}

void GradientSum::begin() {
  for (auto& parameter : parameters_) {
    parameter.tensor.mutable_grad() = torch::Tensor();  // else what is summed would be added to it once more
    parameter.arrived = false;
  }
  for (auto& bucket : buckets_) bucket.missing = bucket.parameters;
  sent_ = 0;
}

void GradientSum::arrived(Parameter& parameter, const torch::Tensor& gradient) {
  const torch::NoGradGuard no_grad;
  parameter.gradient.copy_(gradient);
  parameter.arrived = true;
  --buckets_[parameter.bucket].missing;
  send_complete();
}

/// In the order of the buckets, which is that of every rank.
void GradientSum::send_complete() {
  for (; sent_ < buckets_.size() && buckets_[sent_].missing == 0; ++sent_) {
    buckets_[sent_].end = group_.begin_sum(buckets_[sent_].values);
  }
}

void GradientSum::finish() {
  const torch::NoGradGuard no_grad;
  for (auto& parameter : parameters_) {
    if (parameter.arrived) continue;
    parameter.gradient.zero_();
    --buckets_[parameter.bucket].missing;
  }
  send_complete();
  for (auto& bucket : buckets_) bucket.end();
  for (auto& parameter : parameters_) parameter.tensor.mutable_grad() = parameter.gradient;
}

}  // namespace localization
