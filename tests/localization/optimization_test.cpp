#include "training/optimization.h"

#include <cmath>

#include "model/weights.h"
#include "support/catch.h"

namespace optimization_test {

using namespace localization;

namespace {

torch::nn::Sequential small_network() {
  return torch::nn::Sequential(torch::nn::Linear(3, 2), torch::nn::BatchNorm1d(2));
}

torch::optim::AdamW optimizer_of(torch::nn::Sequential& network) {
  return torch::optim::AdamW(network->parameters(), torch::optim::AdamWOptions(0.1));
}

/// A step whose gradients follow from `number`.
void step(torch::nn::Sequential& network, torch::optim::AdamW& optimizer, double number) {
  optimizer.zero_grad();
  network->forward(torch::arange(12).view({4, 3}) * number).square().sum().backward();
  optimizer.step();
}

}  // namespace

TEST_CASE("the learning rate rises for a twentieth of the training and falls along a cosine") {
  CHECK(learning_rate_share(0) == Approx(0.01));
  CHECK(learning_rate_share(0.025) == Approx(0.5));
  CHECK(learning_rate_share(0.05) == Approx(1));
  CHECK(learning_rate_share(0.525) == Approx(0.01 + 0.99 / 2));
  CHECK(learning_rate_share(1) == Approx(0.01));
  CHECK(learning_rate_share(7) == Approx(0.01));
}

TEST_CASE("an average moves towards the weights, faster in the beginning, and takes counts as they are") {
  torch::manual_seed(3);
  auto network = small_network(), average = small_network();
  copy_state(*network, *average);
  const auto before = network->named_parameters()["0.weight"].detach().clone();
  {
    const torch::NoGradGuard no_grad;
    network->named_parameters()["0.weight"].add_(1);
    network->named_buffers()["1.num_batches_tracked"].fill_(7);
  }
  update_average(*average, *network, 0.9, 0);  // the decay is (1 + 0) / (10 + 0)
  CHECK(average->named_parameters()["0.weight"].allclose(before + 0.9));
  CHECK(average->named_buffers()["1.num_batches_tracked"].item<std::int64_t>() == 7);
  copy_state(*network, *average);
  average->named_parameters()["0.weight"].detach().copy_(before);
  update_average(*average, *network, 0.9, 1000);
  CHECK(average->named_parameters()["0.weight"].allclose(before + 0.1, 1e-4));
}

TEST_CASE("an optimizer whose state was saved goes on as if nothing had happened") {
  torch::manual_seed(4);
  auto network = small_network(), other = small_network();
  auto optimizer = optimizer_of(network), late = optimizer_of(other);
  CHECK(optimizer_state(optimizer).empty());
  for (const double number : {1., -2., 0.5}) step(network, optimizer, number);
  std::map<std::string, torch::Tensor> saved;
  for (const auto& [name, tensor] : optimizer_state(optimizer)) saved[name] = tensor.clone();
  CHECK(saved.size() == 12);  // three tensors for each of four parameters
  copy_state(*network, *other);
  load_optimizer_state(late, saved);
  for (const double number : {3., -1.}) {
    step(network, optimizer, number);
    step(other, late, number);
  }
  for (const auto& [name, tensor] : state_dict(*network)) CHECK(torch::equal(tensor, state_dict(*other).at(name)));
}

TEST_CASE("the state of another optimizer is refused") {
  auto network = small_network();
  auto optimizer = optimizer_of(network);
  step(network, optimizer, 1);
  auto saved = optimizer_state(optimizer);
  saved["9.step"] = torch::tensor(1);
  CHECK_THROWS_AS(load_optimizer_state(optimizer, saved), std::invalid_argument);
  saved = optimizer_state(optimizer);
  saved["0.exp_avg"] = torch::zeros({7});
  CHECK_THROWS_AS(load_optimizer_state(optimizer, saved), std::invalid_argument);
}

}  // namespace optimization_test
