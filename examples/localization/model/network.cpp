#include "model/network.h"

#include <boxfeed/core/error.h>

#include <memory>
#include <utility>

#include "model/weights.h"

namespace localization {

NetworkImpl::NetworkImpl(const NetworkOptions& options)
    : options_(options),
      backbone_(register_module("backbone", backbone_kind(options.backbone).make(options.channels))),
      head_(register_module(
          "head", Head(backbone_->channels(), backbone_kind(options.backbone).head_width, options.outputs))) {}

Prediction NetworkImpl::forward(const torch::Tensor& images) {
  return head_(backbone_->forward(images.contiguous(torch::MemoryFormat::ChannelsLast)));
}

void NetworkImpl::load_backbone(const std::string& path) {
  const auto weights = read_weights(path);
  const auto architecture = weights.metadata.find("architecture");
  if (architecture != weights.metadata.end() && architecture->second != options_.backbone) {
    throw boxfeed::Error(boxfeed::Reason::kModelMismatch,
                         boxfeed::quoted(path) + ": expected weights of " + options_.backbone + ", got those of " +
                             boxfeed::quoted(architecture->second),
                         path);
  }
  load_weights(*backbone_, weights.tensors, path, backbone_kind(options_.backbone).classifier);
}

void NetworkImpl::freeze_backbone() {
  frozen_ = true;
  for (auto& parameter : backbone_->parameters()) parameter.set_requires_grad(false);
  train(is_training());
}

void NetworkImpl::synchronize_norms(const SumOverRanks& sum) {
  apply([&](torch::nn::Module& module) {
    if (auto* const norm = module.as<BatchNormImpl>()) norm->synchronize(sum);
  });
}

void NetworkImpl::train(bool on) {
  torch::nn::Module::train(on);
  if (frozen_) backbone_->eval();
}

std::vector<torch::optim::OptimizerParamGroup> NetworkImpl::parameter_groups(double lr, double backbone_lr,
                                                                             double weight_decay) {
  std::vector<torch::optim::OptimizerParamGroup> groups;
  const auto add = [&](const torch::nn::Module& module, double rate) {
    std::vector<torch::Tensor> decaying, others;
    for (const auto& parameter : module.parameters()) {
      if (parameter.requires_grad()) (parameter.dim() > 1 ? decaying : others).push_back(parameter);
    }
    for (const auto& [parameters, decay] : {std::pair(decaying, weight_decay), std::pair(others, 0.0)}) {
      if (parameters.empty()) continue;
      groups.emplace_back(parameters, std::make_unique<torch::optim::AdamWOptions>(
                                          torch::optim::AdamWOptions(rate).weight_decay(decay)));
    }
  };
  add(*backbone_, backbone_lr);
  add(*head_, lr);
  return groups;
}

std::vector<LayerSummary> NetworkImpl::summary(boxfeed::ImageSize size) {
  const torch::NoGradGuard no_grad;
  const bool was_training = is_training();
  eval();
  std::vector<LayerSummary> layers;
  const auto add = [&](const std::string& name, const torch::Tensor& output, std::int64_t parameters) {
    if (output.defined()) layers.push_back({name, output.sizes().slice(1).vec(), parameters});
  };
  const auto device = parameters().front().device();
  torch::Tensor x = torch::zeros({1, options_.channels, size.height, size.width}, device);
  add("images", x, 0);
  std::vector<torch::Tensor> maps;
  for (const auto& stage : backbone_->stages()) {
    x = stage.run(x);
    if (stage.feature > 0) maps.push_back(x);
    add("backbone." + stage.name, x, stage.parameters);
  }
  const auto prediction = head_(maps);
  add("head", prediction.weights, parameter_count(*head_));
  add("boxes", prediction.boxes, 0);
  add("keypoints", prediction.keypoints, 0);
  add("visibility", prediction.visibility, 0);
  add("numbers", prediction.numbers, 0);
  add("classes", prediction.classes, 0);
  train(was_training);
  return layers;
}

}  // namespace localization
