#include "model/backbone.h"

#include <boxfeed/core/error.h>

#include <stdexcept>

#include "model/efficientnet.h"
#include "model/resnet.h"
#include "model/small_backbone.h"

namespace localization {
namespace {

template <typename Impl, typename... Arguments>
std::function<std::shared_ptr<Backbone>(std::int64_t)> maker(Arguments... arguments) {
  return [arguments...](std::int64_t channels) { return std::make_shared<Impl>(channels, arguments...); };
}

/// Sources of means and deviations: torchvision's and timm's descriptions of the weights that they publish.
const std::vector<BackboneKind>& kinds() {
  static const std::vector<float> imagenet_mean{0.485F, 0.456F, 0.406F}, imagenet_std{0.229F, 0.224F, 0.225F};
  static const std::vector<std::string> efficientnet_classifier{"conv_head", "bn2", "classifier"};
  static const std::vector<BackboneKind> all{
      {"small", {0.5F}, {0.25F}, 64, {}, maker<SmallBackbone>()},
      {"resnet18", imagenet_mean, imagenet_std, 128, {"fc"}, maker<ResNet>(std::array<int, 4>{2, 2, 2, 2})},
      {"resnet34", imagenet_mean, imagenet_std, 128, {"fc"}, maker<ResNet>(std::array<int, 4>{3, 4, 6, 3})},
      {"efficientnet_lite0", imagenet_mean, imagenet_std, 128, efficientnet_classifier, maker<EfficientNetLite>(false)},
      {"tf_efficientnet_lite0",
       {0.5F, 0.5F, 0.5F},
       {0.5F, 0.5F, 0.5F},
       128,
       efficientnet_classifier,
       maker<EfficientNetLite>(true)}};
  return all;
}

}  // namespace

std::vector<torch::Tensor> Backbone::forward(const torch::Tensor& images) {
  std::vector<torch::Tensor> maps;
  torch::Tensor x = images;
  for (const auto& stage : stages_) {
    x = stage.run(x);
    if (stage.feature > 0) maps.push_back(x);
  }
  return maps;
}

std::vector<std::int64_t> Backbone::channels() const {
  std::vector<std::int64_t> channels;
  for (const auto& stage : stages_) {
    if (stage.feature > 0) channels.push_back(stage.feature);
  }
  return channels;
}

const BackboneKind& backbone_kind(const std::string& name) {
  std::string names;
  for (const auto& kind : kinds()) {
    if (kind.name == name) return kind;
    names += (names.empty() ? "" : ", ") + kind.name;
  }
  throw std::invalid_argument("backbone: expected one of " + names + ", got " + boxfeed::quoted(name));
}

std::vector<std::string> backbone_names() {
  std::vector<std::string> names;
  for (const auto& kind : kinds()) names.push_back(kind.name);
  return names;
}

std::int64_t parameter_count(const torch::nn::Module& module) {
  std::int64_t count = 0;
  for (const auto& parameter : module.parameters()) count += parameter.numel();
  return count;
}

}  // namespace localization
