#include "model/backbone.h"

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "model/weights.h"
#include "support/catch.h"

using localization::backbone_kind;

namespace {

/// Numbers in [-0.5, 0.5) that follow from a name: the same in backbone_reference.py.
torch::Tensor numbers(const std::string& name, const torch::IntArrayRef& sizes) {
  std::uint32_t key = 0x811C9DC5U;
  for (const char c : name) key = (key ^ static_cast<unsigned char>(c)) * 0x01000193U;
  auto result = torch::empty(sizes, torch::kFloat64);
  auto* out = result.data_ptr<double>();
  for (std::int64_t i = 0; i < result.numel(); ++i) {
    std::uint32_t x = static_cast<std::uint32_t>(i + 1) * 2654435761U + key;
    x = (x >> 15U ^ x) * 40503U;
    out[i] = static_cast<double>((x >> 13U ^ x) & 0xFFFFFFU) / 16777216 - 0.5;
  }
  return result;
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

void fill(torch::nn::Module& module) {
  const torch::NoGradGuard no_grad;
  for (auto& [name, tensor] : localization::state_dict(module)) {
    if (!tensor.is_floating_point()) continue;
    const auto u = numbers(name, tensor.sizes());
    if (tensor.dim() == 4) {
      tensor.copy_(u * std::sqrt(12.0 / static_cast<double>(tensor[0].numel())));
    } else if (ends_with(name, "running_var")) {
      tensor.copy_(1 + u);
    } else {
      tensor.copy_(u * 0.5 + (ends_with(name, "weight") ? 1 : 0));
    }
  }
}

nlohmann::json reference_of(const std::string& name) {
  std::ifstream file(BOXFEED_TEST_DATA "/backbones/" + name + ".json");
  return nlohmann::json::parse(file);
}

/// Compares maps with the reference; `tolerance` is a part of the map's standard deviation.
void compare(const std::vector<torch::Tensor>& maps, const nlohmann::json& reference, double tolerance) {
  REQUIRE(maps.size() == reference.size());
  for (std::size_t i = 0; i < maps.size(); ++i) {
    const auto& expected = reference[i];
    const double margin = tolerance * expected["std"].get<double>();
    REQUIRE(maps[i].sizes().vec() == expected["shape"].get<std::vector<std::int64_t>>());
    CHECK(maps[i].mean().item<double>() == Approx(expected["mean"].get<double>()).margin(margin));
    CHECK(maps[i].std().item<double>() == Approx(expected["std"].get<double>()).margin(margin));
    const auto flat = maps[i].contiguous().flatten();
    const auto step = expected["step"].get<std::int64_t>();
    for (std::size_t s = 0; s < expected["samples"].size(); ++s) {
      CHECK(flat[static_cast<std::int64_t>(s) * step].item<double>() ==
            Approx(expected["samples"][s].get<double>()).epsilon(0).margin(margin));
    }
  }
}

}  // namespace

TEST_CASE("a backbone's features are those of torchvision or timm with the same weights") {
  const torch::NoGradGuard no_grad;
  for (const std::string name : {"resnet18", "resnet34", "efficientnet_lite0", "tf_efficientnet_lite0"}) {
    CAPTURE(name);
    const auto reference = reference_of(name)["maps"];
    auto backbone = backbone_kind(name).make(3);
    backbone->eval();
    fill(*backbone);
    const auto images = 4 * numbers("images", {2, 3, 71, 100});
    compare(backbone->forward(images.to(torch::kFloat32)), reference, 1e-5);
    compare(backbone->forward(images.to(torch::kFloat32).contiguous(torch::MemoryFormat::ChannelsLast)), reference,
            1e-5);
    backbone->to(torch::kFloat64);
    fill(*backbone);  // to the last bit
    compare(backbone->forward(images), reference, 1e-12);
  }
}

TEST_CASE("a backbone's state has the names of torchvision or timm, but for the classifier's") {
  for (const std::string name : {"resnet18", "resnet34", "efficientnet_lite0", "tf_efficientnet_lite0"}) {
    CAPTURE(name);
    const auto& kind = backbone_kind(name);
    std::set<std::string> names;
    for (const auto& item : localization::state_dict(*kind.make(3))) names.insert(item.first);
    std::set<std::string> expected;
    const auto reference = reference_of(name);
    for (const std::string tensor : reference["tensors"]) {
      bool classifier = false;
      for (const auto& module : kind.classifier) classifier |= tensor.substr(0, module.size() + 1) == module + ".";
      if (!classifier) expected.insert(tensor);
    }
    CHECK(names == expected);
  }
}

TEST_CASE("each backbone takes gray images and names the channels of its maps") {
  for (const auto& name : localization::backbone_names()) {
    CAPTURE(name);
    auto backbone = backbone_kind(name).make(1);
    backbone->eval();
    const auto maps = backbone->forward(torch::zeros({1, 1, 64, 96}));
    const auto channels = backbone->channels();
    REQUIRE(maps.size() == channels.size());
    for (std::size_t i = 0; i < maps.size(); ++i) CHECK(maps[i].size(1) == channels[i]);
    std::int64_t parameters = 0;
    for (const auto& stage : backbone->stages()) parameters += stage.parameters;
    CHECK(parameters == localization::parameter_count(*backbone));
  }
}

TEST_CASE("an unknown backbone is refused with the names that there are") {
  CHECK_THROWS_WITH(backbone_kind("resnet50"),
                    "backbone: expected one of small, resnet18, resnet34, efficientnet_lite0, tf_efficientnet_lite0, "
                    "got \"resnet50\"");
}
