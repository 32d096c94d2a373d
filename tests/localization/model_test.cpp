#include "model/model.h"

#include <cmath>
#include <vector>

#include "support/catch.h"

using localization::Localizer;
using localization::LocalizerOptions;

TEST_CASE("where every cell says the same, the box is around the middle") {
  Localizer network(LocalizerOptions{3, 8});
  {
    const torch::NoGradGuard no_grad;
    network->named_parameters()["head.weight"].zero_();
    network->named_parameters()["head.bias"].copy_(torch::tensor({0.F, -2.F, -1.F, 0.F, 1.F}));
  }
  // The mean of all cells' middles is (0.5, 0.5); the distances are the logistic function of the bias.
  const auto logistic = [](double x) { return 1 / (1 + std::exp(-x)); };
  const auto box = network(torch::rand({2, 3, 48, 64}));
  REQUIRE(box.sizes() == std::vector<std::int64_t>{2, 4});
  CHECK(box[1][0].item<double>() == Approx(0.5 - logistic(-2)).epsilon(1e-5));
  CHECK(box[1][1].item<double>() == Approx(0.5 - logistic(-1)).epsilon(1e-5));
  CHECK(box[1][2].item<double>() == Approx(0.5 + logistic(0)).epsilon(1e-5));
  CHECK(box[1][3].item<double>() == Approx(0.5 + logistic(1)).epsilon(1e-5));
}

TEST_CASE("a box is never inverted, for any size of image and of batch") {
  torch::manual_seed(2);
  Localizer network(LocalizerOptions{1, 16});
  network->eval();
  for (const auto& [height, width] : {std::pair{32, 32}, std::pair{33, 71}, std::pair{128, 96}}) {
    const auto boxes = network(10 * torch::randn({3, 1, height, width}));
    CHECK(boxes.isfinite().all().item<bool>());
    CHECK((boxes.narrow(1, 0, 2) < boxes.narrow(1, 2, 2)).all().item<bool>());
  }
}

TEST_CASE("the network has about 170 000 weights, and each gets a gradient") {
  Localizer network(LocalizerOptions{});
  CHECK(network->parameter_count() > 150000);
  CHECK(network->parameter_count() < 300000);
  network(torch::rand({2, 3, 32, 32})).square().sum().backward();
  for (const auto& item : network->named_parameters()) {
    INFO(item.key());
    CHECK(item.value().grad().abs().sum().item<double>() > 0);
  }
}
