#include <ATen/TensorOperators.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/tensor.h>
#include <boxfeed/visual/to_image.h>

#include <sstream>
#include <stdexcept>

namespace boxfeed {
namespace {

/// Values for the channels as (C or 1, 1, 1).
at::Tensor per_channel(const std::vector<float>& values, std::int64_t channels, const char* name) {
  if (values.size() != 1 && static_cast<std::int64_t>(values.size()) != channels) {
    throw std::invalid_argument(std::string(name) + ": expected 1 or " + std::to_string(channels) + " values, got " +
                                std::to_string(values.size()));
  }
  return at::tensor(at::ArrayRef<float>(values)).view({-1, 1, 1});
}

}  // namespace

cv::Mat to_image(const at::Tensor& data, const std::vector<float>& mean, const std::vector<float>& std) {
  if (data.dim() != 3 || (data.size(0) != 1 && data.size(0) != 3)) {
    std::ostringstream message;
    message << "expected an image of shape (1, H, W) or (3, H, W), got " << data.sizes();
    throw std::invalid_argument(message.str());
  }
  at::Tensor pixels = data.detach().cpu();
  if (pixels.scalar_type() != at::kByte) {
    pixels = pixels.to(at::kFloat);
    if (!std.empty()) pixels = pixels * per_channel(std, data.size(0), "std");
    if (!mean.empty()) pixels = pixels + per_channel(mean, data.size(0), "mean");
    pixels = (pixels * 255).round().nan_to_num(0).clamp(0, 255).to(at::kByte);
  }
  cv::Mat image(static_cast<int>(data.size(1)), static_cast<int>(data.size(2)), CV_8UC(static_cast<int>(data.size(0))));
  at::from_blob(image.data, {data.size(1), data.size(2), data.size(0)}, at::TensorOptions().dtype(at::kByte))
      .copy_(pixels.permute({1, 2, 0}));
  return image;
}

}  // namespace boxfeed
