#pragma once

#include <boxfeed/transforms/pipeline.h>
#include <torch/torch.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "data/data_sets.h"
#include "report/console.h"
#include "report/run_folder.h"

namespace localization {

/// How the network is trained.
struct TrainOptions {
  std::int64_t epochs = 24;
  std::int64_t batch = 16;
  double lr = 2e-3;         ///< the highest; it rises in the first steps and then falls along a cosine
  std::size_t workers = 1;  ///< threads that load data beside the training
  int threads = 1;          ///< of LibTorch, for one operation
  std::uint64_t seed = 1;
  torch::Device device = torch::kCPU;
  boxfeed::transforms::Pipeline augmentation =
      boxfeed::transforms::augmentation_preset("light");  ///< what happens at random to each image
};

/// Trains on one set, validates on the other after each epoch, prints a line each, and fills the run folder: best.pt
/// (the best weights so far), results.csv, and at the end summary.json, curves.png and predictions.png.
///
/// `images` is the folder of the validation images.
/// Throws: `boxfeed::Error` for data that cannot be used, files that cannot be written and a loss that is not finite.
void train(const DataSets& data, const std::string& images, const Preprocessing& preprocessing,
           const TrainOptions& options, const RunFolder& folder, Console& console);

}  // namespace localization
