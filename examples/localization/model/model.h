#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace localization {

/// The shape of a `Localizer`; saved with its weights.
struct LocalizerOptions {
  std::int64_t channels = 3;  ///< of the image
  std::int64_t width = 64;    ///< channels of the coarse map
};

/// What the network says about a batch.
struct Location {
  torch::Tensor boxes;    ///< (B, 4)
  torch::Tensor weights;  ///< (B, h, w), of the cells of the coarse map; the sum over an image is 1
};

/// A convolutional network that puts one box around the one object of an image.
///
/// A coarse map, an eighth of the image's size, gives each of its cells a score and a box: the four distances from the
/// middle of the cell. The result is the mean of all boxes, weighted by the softmax of the scores.
class LocalizerImpl : public torch::nn::Module {
 public:
  explicit LocalizerImpl(const LocalizerOptions& options);

  /// Shape: (B, C, H, W) → (B, 4) as (xmin, ymin, xmax, ymax). Units: fractions of the image's width and height.
  torch::Tensor forward(const torch::Tensor& images) { return locate(images).boxes; }

  /// The boxes together with the weights of the cells.
  Location locate(const torch::Tensor& images);

  const LocalizerOptions& options() const noexcept { return options_; }
  std::int64_t parameter_count() const;

 private:
  LocalizerOptions options_;
  torch::nn::Sequential features_;
  torch::nn::Conv2d head_;
};
TORCH_MODULE(Localizer);

}  // namespace localization
