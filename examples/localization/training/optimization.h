#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <map>
#include <string>

namespace localization {

/// The learning rate's share of the highest after a part of the training, in [0, 1]: rising for the first 5 %, then
/// falling along a cosine to 1 %.
double learning_rate_share(double progress);

/// Moves `average`, a copy of `module`, towards it: an exponential moving average of all parameters and buffers, with
/// this decay, or a lower one in the first of the `updates` so far.
void update_average(torch::nn::Module& average, const torch::nn::Module& module, double decay, std::int64_t updates);

/// Copies the parameters and buffers of a module into another one of the same kind.
void copy_state(const torch::nn::Module& from, torch::nn::Module& to);

/// What the optimizer remembers of each parameter, by names that stay the same in other processes.
std::map<std::string, torch::Tensor> optimizer_state(torch::optim::AdamW& optimizer);

/// Throws: `std::invalid_argument` for the state of another optimizer.
void load_optimizer_state(torch::optim::AdamW& optimizer, const std::map<std::string, torch::Tensor>& state);

}  // namespace localization
