#pragma once

#include <boxfeed/transforms/pipeline.h>

#include <cstdint>
#include <string>

#include "data/preprocessing.h"
#include "model/model.h"

namespace localization {

/// Everything beside the weights that is needed to use them as they were trained.
struct ModelDescription {
  LocalizerOptions model;
  Preprocessing preprocessing;
  boxfeed::transforms::Pipeline augmentation;  ///< in training
  double best_iou = 0;                         ///< on the validation set
  std::int64_t epoch = 0;                      ///< after which the weights were saved, counted from 1
};

/// A network in evaluation mode and its description.
struct TrainedModel {
  ModelDescription description;
  Localizer network{nullptr};
};

/// Saves the weights, so that at every moment the old or the new file is there.
///
/// The file is a magic word, the format's version, the length of a header and of the weights, the header (JSON), the
/// weights (LibTorch's archive) and a checksum (XXH3) of all of it.
/// Throws: `boxfeed::Error` with `kBadState` where a weight is not finite, `kNoSpace` or `kIoWrite`.
void save_checkpoint(const std::string& path, Localizer network, const ModelDescription& description);

/// Reads a file of `save_checkpoint`; nothing of it is used before its checksum was verified.
/// Throws: `boxfeed::Error` with `kFormatVersion` for a file of another program or version, `kChecksum` for a damaged
/// one, `kModelMismatch` where the network has other parameters than the file, listing names and shapes.
TrainedModel load_checkpoint(const std::string& path);

/// The same into a network that stands already.
void load_checkpoint(const std::string& path, Localizer network);

}  // namespace localization
