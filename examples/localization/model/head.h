#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace localization {

/// What a network says about an image.
struct Outputs {
  bool box = true;
  std::int64_t keypoints = 0;
  bool visibility = false;  ///< of each keypoint
  std::int64_t numbers = 0;
  std::int64_t classes = 0;
};

/// What a network says about a batch; what it was not asked for is not defined.
struct Prediction {
  torch::Tensor boxes;       ///< (B, 4) as (xmin, ymin, xmax, ymax), in fractions of the image's width and height
  torch::Tensor keypoints;   ///< (B, K, 2) as (x, y), in fractions of the image's width and height
  torch::Tensor visibility;  ///< (B, K), logits
  torch::Tensor numbers;     ///< (B, N)
  torch::Tensor classes;     ///< (B, C), logits
  torch::Tensor box_cells;   ///< (B, 4, h, w), the box that each cell gives by itself
  torch::Tensor weights;     ///< (B, M, h, w), of the cells for the box, then each keypoint; the sum over a map is 1
};

/// Reads the outputs from feature maps.
///
/// Each cell of the finest map gives, for each thing that is asked for, an answer and a score; the result is the mean
/// of the answers, weighted by the softmax of the scores. An answer is measured from the middle of its cell: a box by
/// the distances to its four edges, a keypoint by where it lies from there. A class looks where the box looks.
class HeadImpl : public torch::nn::Module {
 public:
  /// Several maps are joined: each becomes `width` channels, the coarser ones are interpolated and added.
  HeadImpl(const std::vector<std::int64_t>& channels, std::int64_t width, const Outputs& outputs);

  /// Shape: maps of (B, channels, h, w), the finest first.
  Prediction forward(const std::vector<torch::Tensor>& maps);

 private:
  torch::Tensor joined(const std::vector<torch::Tensor>& maps);

  Outputs outputs_;
  std::vector<torch::nn::Sequential> laterals_;
  torch::nn::Sequential join_{nullptr};
  torch::nn::Conv2d cells_{nullptr};
};
TORCH_MODULE(Head);

}  // namespace localization
