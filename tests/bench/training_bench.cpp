// What loading costs a training: epochs of the trainer's network with the loader, and beside each the same steps on one
// batch that is kept. Usage: training_bench CSV DIR PRESET EPOCHS
#include <boxfeed/data/csv_dataset.h>
#include <boxfeed/data/random_sampler.h>
#include <boxfeed/loader/make_data_loader.h>
#include <boxfeed/transforms/pipeline.h>
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <vector>

#include "evaluation.h"
#include "model.h"

namespace {

using Clock = std::chrono::steady_clock;

class Training {
 public:
  void step(const torch::data::Example<>& batch) {
    optimizer_.zero_grad();
    const auto location = network_->locate(batch.data);
    (localization::box_loss(location.boxes, batch.target) + localization::place_loss(location.weights, batch.target))
        .backward();
    optimizer_.step();
  }

 private:
  localization::Localizer network_{localization::LocalizerOptions{}};
  torch::optim::Adam optimizer_{network_->parameters(), torch::optim::AdamOptions(1e-3)};
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return std::fprintf(stderr, "usage: training_bench CSV DIR PRESET EPOCHS\n"), 2;
  try {
    torch::set_num_threads(1);
    const boxfeed::CsvDataset dataset(argv[1], argv[2],
                                      boxfeed::DatasetOptions()
                                          .image_size({96, 128})
                                          .box_units(boxfeed::BoxUnits::kFractions)
                                          .pipeline(boxfeed::transforms::augmentation_preset(argv[3])));
    auto loader = boxfeed::make_data_loader<boxfeed::samplers::RandomSampler>(
        dataset, boxfeed::DataLoaderOptions(16).workers(1).drop_last(true));
    Training training;
    const auto kept = (*loader)[0];
    training.step(kept);
    std::vector<double> ratios;
    for (int epoch = 0; epoch < std::atoi(argv[4]); ++epoch) {
      const auto start = Clock::now();
      for (auto& batch : *loader) training.step(batch);
      const auto middle = Clock::now();
      for (std::size_t i = 0; i < loader->size(); ++i) training.step(kept);
      const auto end = Clock::now();
      const std::chrono::duration<double> loaded = middle - start, same = end - middle;
      ratios.push_back(loaded / same);
      std::printf("with the loader %.2f s, on one batch %.2f s: %.3f\n", loaded.count(), same.count(), ratios.back());
    }
    std::printf("boxfeed training: %.3f times the time on one batch (median)\n", median(ratios));
  } catch (const std::exception& error) {
    return std::fprintf(stderr, "%s\n", error.what()), 1;
  }
}
