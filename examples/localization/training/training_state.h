#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>
#include <vector>

#include "distributed/process_group.h"
#include "report/results.h"
#include "report/run_folder.h"

namespace localization {

/// Where a training stands, apart from its weights.
struct TrainingState {
  std::int64_t epoch = 0;  ///< under way, counted from 0
  std::int64_t step = 0;   ///< taken in all
  std::int64_t seen = 0;   ///< examples of this epoch
  double loss_sum = 0;     ///< over these
  double rate = 0;         ///< of learning, in the last step
  std::string loader;      ///< where it stands within the epoch; empty at its beginning and at its end
  double seconds = 0;      ///< of training so far
  std::vector<EpochResult> results;
  std::string data;  ///< fingerprints of the data sets
};

/// What changes in a training.
struct Trained {
  torch::nn::Module& network;
  torch::nn::Module& average;
  torch::optim::AdamW& optimizer;
};

/// Saves all of a training as last.safetensors in its folder, by way of which the one before becomes
/// previous.safetensors: at every moment one of them is whole. Throws: what `write_checked` throws.
void save_training(const RunFolder& folder, const Trained& trained, const TrainingState& state);

/// Makes a training of several processes that of rank 0, in every one: all that would be saved.
void share_training(const ProcessGroup& group, const Trained& trained, TrainingState& state);

/// Whether there is something to load.
bool has_training(const RunFolder& folder);

/// Reads what `save_training` wrote last; where that is damaged, the one before, and puts a line about it in `remarks`.
/// Throws: `CheckpointError`.
TrainingState load_training(const RunFolder& folder, const Trained& trained, std::vector<std::string>& remarks);

}  // namespace localization
