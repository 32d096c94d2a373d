#include "model/network.h"

#include <cmath>
#include <vector>

#include "model/weights.h"
#include "support/catch.h"

using localization::Network;
using localization::NetworkOptions;
using localization::Outputs;

namespace {

using Sizes = std::vector<std::int64_t>;

/// Sets what the cells say: the weights of the last layer to 0 and its bias to these numbers.
void cells_say(const Network& network, const std::vector<float>& bias) {
  const torch::NoGradGuard no_grad;
  auto state = localization::state_dict(*network);
  state.at("head.cells.weight").zero_();
  state.at("head.cells.bias").copy_(torch::tensor(bias));
}

/// Lets one channel of the cells' answers rise with x, and another with y.
void rises(const Network& network, std::int64_t channel, std::int64_t axis, double slope) {
  const torch::NoGradGuard no_grad;
  auto weight = localization::state_dict(*network).at("head.cells.weight");
  weight[channel][weight.size(1) - 2 + axis].fill_(slope);
}

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

/// The mean of f over the middles of `count` cells, weighted by exp(slope · middle).
template <typename F>
double weighted_mean(int count, double slope, F f) {
  double sum = 0, weights = 0;
  for (int i = 0; i < count; ++i) {
    const double middle = (i + 0.5) / count, weight = std::exp(slope * middle);
    sum += weight * f(middle);
    weights += weight;
  }
  return sum / weights;
}

}  // namespace

TEST_CASE("network: where every cell says the same, the box is around the middle") {
  Network network(NetworkOptions{});
  cells_say(network, {0, -2, -1, 0, 1});
  const auto prediction = network(torch::rand({2, 3, 48, 64}));
  REQUIRE(prediction.boxes.sizes() == Sizes{2, 4});
  const double expected[] = {0.5 - logistic(-2), 0.5 - logistic(-1), 0.5 + logistic(0), 0.5 + logistic(1)};
  for (int i = 0; i < 4; ++i) CHECK(prediction.boxes[1][i].item<double>() == Approx(expected[i]).epsilon(1e-5));
  CHECK(prediction.weights.sizes() == Sizes{2, 1, 6, 8});
  CHECK(prediction.weights.sum({2, 3}).allclose(torch::ones({2, 1})));
  CHECK_FALSE(prediction.keypoints.defined());
  CHECK_FALSE(prediction.numbers.defined());
  CHECK_FALSE(prediction.classes.defined());
}

TEST_CASE("network: cells with a higher score draw the box, a keypoint and a number to them") {
  Network network(NetworkOptions{"small", 3, Outputs{true, 2, true, 1, 2}});
  // Box: score, four distances; keypoints: two scores, dx, dy, visibility each twice; number: score, value; two
  // classes.
  cells_say(network, {0, 0, 0, 0, 0, 0, 0, 0.1F, 0, 0, -0.2F, 3, 4, 0, 7, -1, 1});
  rises(network, 0, 0, 5);    // the box is found on the right
  rises(network, 5, 1, -9);   // the first keypoint above
  rises(network, 14, 0, 2);   // the number grows to the right,
  rises(network, 13, 0, -4);  // but what counts is on the left
  rises(network, 15, 0, 1);   // the first class on the right, where the box is looked for
  const auto prediction = network(torch::rand({1, 3, 48, 64}));
  const auto itself = [](double middle) { return middle; };
  const double x = weighted_mean(8, 5, itself), y = weighted_mean(6, -9, itself);
  CHECK(prediction.boxes[0][0].item<double>() == Approx(x - 0.5).epsilon(1e-4));
  CHECK(prediction.boxes[0][3].item<double>() == Approx(1.0).epsilon(1e-4));
  REQUIRE(prediction.keypoints.sizes() == Sizes{1, 2, 2});
  CHECK(prediction.keypoints[0][0][0].item<double>() == Approx(0.6).epsilon(1e-4));
  CHECK(prediction.keypoints[0][0][1].item<double>() == Approx(y).epsilon(1e-4));
  CHECK(prediction.keypoints[0][1][0].item<double>() == Approx(0.5).epsilon(1e-4));
  CHECK(prediction.keypoints[0][1][1].item<double>() == Approx(0.3).epsilon(1e-4));
  CHECK(torch::allclose(prediction.visibility, torch::tensor({{3.F, 4.F}})));
  CHECK(prediction.numbers.item<double>() == Approx(7 + 2 * weighted_mean(8, -4, itself)).epsilon(1e-4));
  CHECK(prediction.classes[0][0].item<double>() == Approx(x - 1).epsilon(1e-4));
  CHECK(prediction.classes[0][1].item<double>() == Approx(1).epsilon(1e-4));
  CHECK(prediction.weights.sizes() == Sizes{1, 3, 6, 8});
}

TEST_CASE("network: a class without a box looks for a place of its own") {
  Network network(NetworkOptions{"small", 1, Outputs{false, 0, false, 0, 3}});
  cells_say(network, {0, 1, 2, 3});
  rises(network, 0, 1, 6);
  rises(network, 2, 1, 1);
  const auto prediction = network(torch::rand({2, 1, 48, 64}));
  REQUIRE(prediction.classes.sizes() == Sizes{2, 3});
  CHECK(prediction.classes[1][1].item<double>() ==
        Approx(2 + weighted_mean(6, 6, [](double middle) { return middle; })).epsilon(1e-4));
  CHECK_FALSE(prediction.boxes.defined());
  CHECK_FALSE(prediction.weights.defined());
}

TEST_CASE("network: outputs of nothing are refused") {
  CHECK_THROWS_WITH(Network(NetworkOptions{"small", 3, Outputs{false, 0, false, 0, 0}}),
                    "expected outputs of something, got none");
}

TEST_CASE("network: a box is never inverted, for any size of image and of batch") {
  torch::manual_seed(2);
  for (const std::string backbone : {"small", "resnet18", "tf_efficientnet_lite0"}) {
    CAPTURE(backbone);
    Network network(NetworkOptions{backbone, 1});
    network->eval();
    for (const auto& [height, width] : {std::pair{32, 32}, std::pair{33, 71}, std::pair{128, 96}}) {
      const auto boxes = network(10 * torch::randn({3, 1, height, width})).boxes;
      CHECK(boxes.sizes() == Sizes{3, 4});
      CHECK(boxes.isfinite().all().item<bool>());
      CHECK((boxes.narrow(1, 0, 2) < boxes.narrow(1, 2, 2)).all().item<bool>());
    }
  }
}

TEST_CASE("network: every weight gets a gradient, whatever is asked for") {
  torch::manual_seed(3);
  for (const std::string backbone : {"small", "resnet18", "efficientnet_lite0"}) {
    Network network(NetworkOptions{backbone, 3, Outputs{true, 2, true, 3, 4}});
    const auto prediction = network(torch::rand({2, 3, 64, 64}));
    (prediction.boxes.square().sum() + prediction.keypoints.square().sum() + prediction.visibility.square().sum() +
     prediction.numbers.square().sum() + prediction.classes.square().sum())
        .backward();
    for (const auto& item : network->named_parameters()) {
      CAPTURE(backbone, item.key());
      CHECK(item.value().grad().abs().sum().item<double>() > 0);
    }
  }
}

TEST_CASE("network: a frozen backbone keeps its weights and its averages") {
  torch::manual_seed(4);
  Network network(NetworkOptions{"resnet18"});
  network->freeze_backbone();
  network->train();
  std::map<std::string, torch::Tensor> before;
  for (const auto& [name, tensor] : localization::state_dict(*network)) before[name] = tensor.clone();
  torch::optim::AdamW optimizer(network->parameter_groups(0.1, 0.1, 0.1), torch::optim::AdamWOptions(0.1));
  network(torch::rand({2, 3, 64, 64})).boxes.square().sum().backward();
  optimizer.step();
  for (const auto& [name, tensor] : localization::state_dict(*network)) {
    CAPTURE(name);
    CHECK(torch::equal(tensor, before.at(name)) == (name.compare(0, 9, "backbone.") == 0));
  }
}

TEST_CASE("network: the backbone and the head learn at their own rates, and norms and biases do not decay") {
  Network network(NetworkOptions{"small"});
  const auto groups = network->parameter_groups(1e-2, 1e-3, 0.5);
  std::size_t parameters = 0;
  for (const auto& group : groups) {
    const auto& options = static_cast<const torch::optim::AdamWOptions&>(group.options());
    parameters += group.params().size();
    for (const auto& parameter : group.params()) CHECK(options.weight_decay() == (parameter.dim() > 1 ? 0.5 : 0));
  }
  CHECK(parameters == network->parameters().size());
  REQUIRE(groups.size() == 4);
  const auto rate = [&](std::size_t i) {
    return static_cast<const torch::optim::AdamWOptions&>(groups[i].options()).lr();
  };
  CHECK(rate(0) == 1e-3);
  CHECK(rate(1) == 1e-3);
  CHECK(rate(2) == 1e-2);
  CHECK(rate(3) == 1e-2);
}

TEST_CASE("network: its table lists each part with its output and its weights") {
  Network network(NetworkOptions{"resnet18", 3, Outputs{true, 0, false, 0, 5}});
  const auto layers = network->summary({96, 128});
  std::vector<std::string> names;
  std::int64_t parameters = 0;
  for (const auto& layer : layers) {
    names.push_back(layer.name);
    parameters += layer.parameters;
  }
  CHECK(names == std::vector<std::string>{"images", "backbone.conv1", "backbone.maxpool", "backbone.layer1",
                                          "backbone.layer2", "backbone.layer3", "backbone.layer4", "head", "boxes",
                                          "classes"});
  CHECK(layers[0].output == Sizes{3, 96, 128});
  CHECK(layers[1].output == Sizes{64, 48, 64});
  CHECK(layers[1].parameters == 64 * 3 * 7 * 7 + 2 * 64);
  CHECK(layers[5].output == Sizes{256, 6, 8});
  CHECK(layers[6].output == Sizes{512, 3, 4});
  CHECK(layers[7].output == Sizes{1, 6, 8});
  CHECK(layers[8].output == Sizes{4});
  CHECK(layers[9].output == Sizes{5});
  CHECK(parameters == localization::parameter_count(*network));
  CHECK(network->is_training());
}
