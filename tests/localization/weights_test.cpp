#include "model/weights.h"

#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "model/network.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"

using boxfeed::Reason;
using boxfeed::testing::error_of;
using boxfeed::testing::TemporaryFolder;
using Catch::Matchers::ContainsSubstring;
using localization::load_weights;
using localization::Network;
using localization::NetworkOptions;
using localization::read_weights;
using localization::state_dict;
using localization::Weights;
using localization::write_weights;

namespace {

/// What torchvision or timm would publish of a network: the backbone's state of `network` and its classifier.
Weights published(const Network& network, const std::string& name) {
  Weights weights;
  weights.metadata = {{"format", "pt"}};
  const auto state = state_dict(*network);
  std::ifstream file(std::string(BOXFEED_TEST_DATA) + "/backbones/" + name + ".json");
  const auto reference = nlohmann::json::parse(file);
  for (const std::string tensor : reference["tensors"]) {
    const auto found = state.find("backbone." + tensor);
    weights.tensors[tensor] = found == state.end() ? torch::ones({3}) : found->second;
  }
  return weights;
}

bool same_state(const torch::nn::Module& a, const torch::nn::Module& b, const std::string& prefix) {
  const auto other = state_dict(b);
  for (const auto& [name, tensor] : state_dict(a)) {
    if (name.compare(0, prefix.size(), prefix) == 0 && !torch::equal(tensor, other.at(name))) return false;
  }
  return true;
}

torch::nn::Linear linear() { return torch::nn::Linear(2, 1); }

}  // namespace

TEST_CASE("weights of every type are written and read again") {
  const TemporaryFolder folder;
  Weights weights;
  weights.metadata = {{"a", "b"}};
  for (const auto type : {torch::kBool, torch::kUInt8, torch::kInt32, torch::kInt64, torch::kFloat16, torch::kBFloat16,
                          torch::kFloat32, torch::kFloat64}) {
    weights.tensors[torch::toString(type)] = (4 * torch::rand({3, 2})).to(type);
  }
  weights.tensors["scalar"] = torch::tensor(std::int64_t{-5});
  weights.tensors["turned"] = torch::arange(6).view({2, 3}).t();
  weights.tensors["none"] = torch::zeros({0, 4});
  write_weights(folder / "w.safetensors", weights);
  const auto again = read_weights(folder / "w.safetensors");
  CHECK(again.metadata == weights.metadata);
  REQUIRE(again.tensors.size() == weights.tensors.size());
  for (const auto& [name, tensor] : weights.tensors) {
    CAPTURE(name);
    CHECK(again.tensors.at(name).scalar_type() == tensor.scalar_type());
    CHECK(torch::equal(again.tensors.at(name), tensor));
  }
  CHECK_THROWS_AS(write_weights(folder / "w.safetensors", {{{"c", torch::zeros(1, torch::kComplexFloat)}}, {}}),
                  std::invalid_argument);
}

TEST_CASE("weights that torchvision and timm publish load as they are") {
  const TemporaryFolder folder;
  for (const std::string name : {"resnet18", "efficientnet_lite0", "tf_efficientnet_lite0"}) {
    CAPTURE(name);
    Network from(NetworkOptions{name}), to(NetworkOptions{name});
    write_weights(folder / name, published(from, name));
    to->load_backbone(folder / name);
    CHECK(same_state(*from, *to, "backbone."));
    CHECK_FALSE(same_state(*from, *to, "head.lateral1.0."));
  }
}

TEST_CASE("old files without num_batches_tracked load, too") {
  const TemporaryFolder folder;
  Network from(NetworkOptions{"resnet18"}), to(NetworkOptions{"resnet18"});
  auto weights = published(from, "resnet18");
  for (auto at = weights.tensors.begin(); at != weights.tensors.end();) {
    at = at->first.find("num_batches_tracked") == std::string::npos ? std::next(at) : weights.tensors.erase(at);
  }
  CHECK(weights.tensors.size() == 102);
  write_weights(folder / "w", weights);
  to->load_backbone(folder / "w");
  CHECK(same_state(*from, *to, "backbone."));
}

TEST_CASE("weights of another network are refused, and the network stays as it was") {
  const TemporaryFolder folder;
  Network network(NetworkOptions{"resnet18"});
  Network before(NetworkOptions{"resnet18"});
  load_weights(*before, state_dict(*network), "copy");
  auto weights = published(Network(NetworkOptions{"resnet34"}), "resnet34");
  write_weights(folder / "r34", weights);
  auto error = error_of([&] { network->load_backbone(folder / "r34"); });
  CHECK(error.reason() == Reason::kModelMismatch);
  CHECK(error.path() == folder / "r34");
  CHECK_THAT(error.what(), ContainsSubstring("the weights are another network's; 96 left over: layer1.2.bn1.bias F32 "
                                             "(64), layer1.2.bn1.num_batches_tracked I64 (), "));
  CHECK_THAT(error.what(), ContainsSubstring(" and 88 more"));

  weights = published(network, "resnet18");
  weights.tensors.erase("layer4.1.conv2.weight");
  weights.tensors["conv1.weight"] = torch::zeros({64, 1, 7, 7});
  weights.tensors["bn1.weight"] = torch::zeros({64}, torch::kFloat64);
  weights.tensors["fc2.weight"] = torch::zeros({1});
  write_weights(folder / "other", weights);
  error = error_of([&] { network->load_backbone(folder / "other"); });
  CHECK_THAT(error.what(),
             ContainsSubstring("; 1 missing: layer4.1.conv2.weight F32 (512, 512, 3, 3); 1 left over: fc2.weight F32 "
                               "(1); 2 of another shape or type: bn1.weight (expected F32 (64), got F64 (64)), "
                               "conv1.weight (expected F32 (64, 3, 7, 7), got F32 (64, 1, 7, 7))"));
  CHECK(same_state(*network, *before, ""));

  weights = published(network, "resnet18");
  weights.metadata["architecture"] = "resnet26";
  write_weights(folder / "named", weights);
  error = error_of([&] { network->load_backbone(folder / "named"); });
  CHECK(error.reason() == Reason::kModelMismatch);
  CHECK_THAT(error.what(), ContainsSubstring("expected weights of resnet18, got those of \"resnet26\""));
}

TEST_CASE("halves widen, and weights that are not finite are refused") {
  auto module = linear();
  load_weights(
      *module,
      {{"weight", torch::tensor({{0.5, -2.0}}, torch::kFloat16)}, {"bias", torch::tensor({3.F}).to(torch::kBFloat16)}},
      "w");
  CHECK(torch::equal(module->weight, torch::tensor({{0.5F, -2.F}})));
  CHECK(module->weight.scalar_type() == torch::kFloat32);
  CHECK(torch::equal(module->bias, torch::tensor({3.F})));
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    const auto error = error_of([&] {
      load_weights(*module, {{"weight", torch::tensor({{1.F, bad}})}, {"bias", torch::tensor({7.F})}}, "w");
    });
    CHECK(error.reason() == Reason::kNonFinite);
    CHECK_THAT(error.what(), ContainsSubstring("\"w\": expected finite weights, got NaN or infinity in weight"));
    CHECK(module->bias.item<float>() == 3);
  }
}

TEST_CASE("a file of weights with a flipped bit loads other numbers or is refused, but never harms") {
  const TemporaryFolder folder;
  write_weights(folder / "w", {{{"weight", torch::ones({1, 2})}, {"bias", torch::ones(1)}}, {}});
  std::ifstream file(folder / "w", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::size_t refused = 0;
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const auto path = folder.write("flipped", flipped);
    auto module = linear();
    try {
      load_weights(*module, read_weights(path).tensors, path);
    } catch (const boxfeed::Error&) {
      ++refused;
    }
  }
  CHECK(refused > 8 * (bytes.size() - 12) * 8 / 10);  // of the header's bits, all but those of spaces
}
