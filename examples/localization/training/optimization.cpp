#include "training/optimization.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <type_traits>

#include "model/weights.h"

namespace localization {
namespace {

using torch::optim::AdamWParamState;

/// Under what LibTorch's optimizer keeps the state of a parameter: until 2.0 its address as a text, since then itself.
template <typename Key>
Key key_of(const torch::Tensor& parameter) {
  if constexpr (std::is_pointer_v<Key>) {
    return parameter.unsafeGetTensorImpl();
  } else {
    std::ostringstream text;
    text << parameter.unsafeGetTensorImpl();
    return text.str();
  }
}

/// Calls `visit` with each parameter and a name for it.
template <typename Visit>
void for_each_parameter(torch::optim::AdamW& optimizer, Visit visit) {
  std::size_t number = 0;
  for (auto& group : optimizer.param_groups()) {
    for (auto& parameter : group.params()) visit(parameter, std::to_string(number++));
  }
}

}  // namespace

double learning_rate_share(double progress) {
  constexpr double kWarmUp = 0.05, kLeast = 0.01, kPi = 3.141592653589793;
  if (progress < kWarmUp) return std::max(progress / kWarmUp, kLeast);
  const double rest = std::min((progress - kWarmUp) / (1 - kWarmUp), 1.0);
  return kLeast + (1 - kLeast) * 0.5 * (1 + std::cos(kPi * rest));
}

void update_average(torch::nn::Module& average, const torch::nn::Module& module, double decay, std::int64_t updates) {
  const torch::NoGradGuard no_grad;
  const auto count = static_cast<double>(updates);
  const double weight = 1 - std::min(decay, (1 + count) / (10 + count));
  const auto from = state_dict(module);
  for (auto& [name, to] : state_dict(average)) {
    auto moved = to;
    if (moved.is_floating_point()) {
      moved.lerp_(from.at(name), weight);
    } else {
      moved.copy_(from.at(name));
    }
  }
}

void copy_state(const torch::nn::Module& from, torch::nn::Module& to) {
  const torch::NoGradGuard no_grad;
  const auto state = state_dict(from);
  for (auto& [name, tensor] : state_dict(to)) torch::Tensor(tensor).copy_(state.at(name));
}

std::map<std::string, torch::Tensor> optimizer_state(torch::optim::AdamW& optimizer) {
  using Key = std::decay_t<decltype(optimizer.state().begin()->first)>;
  std::map<std::string, torch::Tensor> state;
  for_each_parameter(optimizer, [&](const torch::Tensor& parameter, const std::string& name) {
    const auto found = optimizer.state().find(key_of<Key>(parameter));
    if (found == optimizer.state().end()) return;  // it was never stepped
    const auto& of = static_cast<const AdamWParamState&>(*found->second);
    state[name + ".step"] = torch::tensor(of.step(), torch::kInt64);
    state[name + ".exp_avg"] = of.exp_avg();
    state[name + ".exp_avg_sq"] = of.exp_avg_sq();
  });
  return state;
}

void load_optimizer_state(torch::optim::AdamW& optimizer, const std::map<std::string, torch::Tensor>& state) {
  using Key = std::decay_t<decltype(optimizer.state().begin()->first)>;
  std::size_t used = 0;
  for_each_parameter(optimizer, [&](const torch::Tensor& parameter, const std::string& name) {
    const auto step = state.find(name + ".step");
    if (step == state.end()) return;
    const auto moment = [&](const char* which) {
      const auto& saved = state.at(name + which);
      if (saved.sizes() != parameter.sizes()) throw std::invalid_argument("the optimizer's state is another network's");
      return saved.to(parameter.device()).clone();
    };
    auto of = std::make_unique<AdamWParamState>();
    of->step(step->second.item<std::int64_t>());
    of->exp_avg(moment(".exp_avg"));
    of->exp_avg_sq(moment(".exp_avg_sq"));
    optimizer.state()[key_of<Key>(parameter)] = std::move(of);
    used += 3;
  });
  if (used != state.size()) throw std::invalid_argument("the optimizer's state has other parameters");
}

}  // namespace localization
