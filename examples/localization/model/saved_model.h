#pragma once

#include <boxfeed/transforms/pipeline.h>

#include <cstdint>
#include <string>

#include "data/preprocessing.h"
#include "data/target.h"
#include "model/checked_weights.h"
#include "model/network.h"

namespace localization {

/// Everything beside the weights that is needed to use them as they were trained.
struct ModelDescription {
  NetworkOptions network;
  Target target;
  Preprocessing preprocessing;
  boxfeed::transforms::Pipeline augmentation;  ///< in training
  std::string metric;                          ///< on the validation set: "IoU 0.873"
  std::int64_t epoch = 0;                      ///< after which the weights were saved, counted from 1
};

/// A network in evaluation mode and its description.
struct SavedModel {
  ModelDescription description;
  Network network{nullptr};
};

/// What a network for this target says.
Outputs outputs_of(const Target& target);

/// Saves the weights as `write_checked` does: a safetensors file, in whose metadata the description stands as JSON.
void save_model(const std::string& path, const Network& network, const ModelDescription& description);

/// Throws: `CheckpointError`.
SavedModel load_model(const std::string& path);

}  // namespace localization
