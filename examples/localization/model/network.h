#pragma once

#include <boxfeed/core/image_size.h>
#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/backbone.h"
#include "model/batch_norm.h"
#include "model/head.h"

namespace localization {

/// The shape of a `Network`; saved with its weights.
struct NetworkOptions {
  std::string backbone = "small";  ///< a name of `backbone_kind`
  std::int64_t channels = 3;       ///< of the image
  Outputs outputs{};
};

/// A line of a network's table.
struct LayerSummary {
  std::string name;
  std::vector<std::int64_t> output;  ///< the shape for one image: (C, H, W) or (N)
  std::int64_t parameters = 0;       ///< how many numbers are learned
};

/// A backbone and a head.
class NetworkImpl : public torch::nn::Module {
 public:
  /// Throws: `std::invalid_argument` for an unknown backbone and for outputs of nothing.
  explicit NetworkImpl(const NetworkOptions& options);

  /// Shape: (B, C, H, W).
  Prediction forward(const torch::Tensor& images);

  const NetworkOptions& options() const noexcept { return options_; }

  /// Loads the backbone's weights from a safetensors file as torchvision and timm publish them.
  /// Throws: what `load_weights` throws; `boxfeed::Error` with `kModelMismatch` for the weights of another backbone.
  void load_backbone(const std::string& path);

  /// From now on the backbone is not learned: no gradients, and its norms use and keep the averages that they have.
  void freeze_backbone();

  /// From now on batch normalization is over the batches of all processes that train together.
  void synchronize_norms(const SumOverRanks& sum);

  void train(bool on = true) override;

  /// What is learned, for `torch::optim::AdamW`: the weights of the backbone and those of the head, each with its own
  /// rate, and apart from them biases and norms, which do not decay.
  std::vector<torch::optim::OptimizerParamGroup> parameter_groups(double lr, double backbone_lr, double weight_decay);

  /// The network's table for images of one size, from the input to the outputs.
  std::vector<LayerSummary> summary(boxfeed::ImageSize size);

 private:
  NetworkOptions options_;
  std::shared_ptr<Backbone> backbone_;
  Head head_;
  bool frozen_ = false;
};
TORCH_MODULE(Network);

}  // namespace localization
