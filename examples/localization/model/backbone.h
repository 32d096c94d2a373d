#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace localization {

/// A part of a backbone that has a line in the network's table.
struct Stage {
  std::string name;
  std::function<torch::Tensor(const torch::Tensor&)> run;
  std::int64_t parameters = 0;  ///< how many numbers are learned
  std::int64_t feature = 0;     ///< the channels of the output where the head sees it, else 0
};

/// Modules that run in turn, and that can stand in another such list.
class ChainImpl : public torch::nn::SequentialImpl {
 public:
  using torch::nn::SequentialImpl::SequentialImpl;
  torch::Tensor forward(const torch::Tensor& x) { return torch::nn::SequentialImpl::forward(x); }
};
TORCH_MODULE(Chain);

/// What makes feature maps of images: stages, one after the other, some of whose outputs the head sees.
///
/// The modules of a backbone have the names that torchvision or timm give them, so that its state is theirs.
class Backbone : public torch::nn::Module {
 public:
  /// Shape: (B, C, H, W) → maps of (B, channels, H / stride, W / stride), the finest first.
  std::vector<torch::Tensor> forward(const torch::Tensor& images);

  const std::vector<Stage>& stages() const noexcept { return stages_; }
  /// The channels of each map of `forward`.
  std::vector<std::int64_t> channels() const;

 protected:
  /// Adds a stage that runs `modules` in turn.
  template <typename... Modules>
  void add_stage(const std::string& name, std::int64_t feature, Modules... modules);

 private:
  std::vector<Stage> stages_;
};

/// A backbone by name.
struct BackboneKind {
  std::string name;
  std::vector<float> mean, std;         ///< of the channels of its images, whose values are in [0, 1]
  std::int64_t head_width = 128;        ///< channels to which its maps are joined
  std::vector<std::string> classifier;  ///< modules of the published network that are not in the backbone
  std::function<std::shared_ptr<Backbone>(std::int64_t channels)> make;
};

/// "small", "resnet18", "resnet34", "efficientnet_lite0" and "tf_efficientnet_lite0".
/// Throws: `std::invalid_argument` for another name.
const BackboneKind& backbone_kind(const std::string& name);

/// All names of `backbone_kind`.
std::vector<std::string> backbone_names();

/// How many numbers of a module are learned.
std::int64_t parameter_count(const torch::nn::Module& module);

template <typename... Modules>
void Backbone::add_stage(const std::string& name, std::int64_t feature, Modules... modules) {
  stages_.push_back({name,
                     [modules...](torch::Tensor x) mutable {
                       ((x = modules->forward(x)), ...);
                       return x;
                     },
                     (std::int64_t{0} + ... + parameter_count(*modules)), feature});
}

}  // namespace localization
