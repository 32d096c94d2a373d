// What loading costs a training: epochs of the trainer's network with the loader, and beside each the same steps on one
// batch that is kept on the device. On a GPU, where there is one, with images as bytes and in mixed precision.
// Usage: training_bench CSV DIR AUGMENT EPOCHS [BACKBONE WORKERS BATCH HEIGHT WIDTH]
#include <boxfeed/data/samplers.h>
#include <boxfeed/loader/make_data_loader.h>
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "data/data_sets.h"
#include "model/network.h"
#include "model/saved_model.h"
#include "training/device.h"
#include "training/loss.h"
#include "training/truth.h"

namespace {

using namespace localization;  // NOLINT
using Clock = std::chrono::steady_clock;

class Training {
 public:
  Training(const NetworkOptions& options, Target target, Preprocessing preprocessing)
      : target_(std::move(target)), preprocessing_(std::move(preprocessing)), network_(options) {
    network_->to(device_.where);
  }

  void step(const torch::data::Example<>& batch) {
    optimizer_.zero_grad();
    const auto prediction = [&] {
      const Autocast mixed(device_);
      return network_(to_input(batch.data, preprocessing_, device_));
    }();
    const auto loss = loss_of(prediction, truth_of(batch.target, target_)).mean();
    loss.backward();
    optimizer_.step();
    loss.item<float>();  // as the trainer looks at each loss
  }

 private:
  Device device_ = parse_device("auto");
  Target target_;
  Preprocessing preprocessing_;
  Network network_;
  torch::optim::AdamW optimizer_{network_->parameters(), torch::optim::AdamWOptions(1e-3)};
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5)
    return std::fprintf(stderr, "usage: training_bench CSV DIR AUGMENT EPOCHS [BACKBONE WORKERS BATCH H W]\n"), 2;
  try {
    const auto number = [&](int i, std::int64_t otherwise) { return argc > i ? std::atoll(argv[i]) : otherwise; };
    const std::string backbone = argc > 5 ? argv[5] : "small";
    torch::set_num_threads(1);
    DataFiles files;
    files.annotations.csv = argv[1];
    files.annotations.images = argv[2];
    DataSetOptions options;
    options.augment = argv[3];
    options.bytes = parse_device("auto").is_gpu();
    options.preprocessing.image_size = {number(8, 96), number(9, 128)};
    options.preprocessing.pipeline = fitting(options.preprocessing.image_size);
    const auto data = load_data_sets(files, options);
    auto loader = boxfeed::make_data_loader<boxfeed::samplers::RandomSampler>(
        data.train.dataset, boxfeed::DataLoaderOptions(static_cast<std::size_t>(number(7, 16)))
                                .workers(static_cast<std::size_t>(number(6, 1)))
                                .seed(1)
                                .device(parse_device("auto").where)
                                .drop_last(true));
    Training training({backbone, 3, outputs_of(data.target)}, data.target, options.preprocessing);
    const auto kept = (*loader)[0];
    training.step(kept);
    std::vector<double> ratios;
    for (int epoch = 0; epoch < std::atoi(argv[4]); ++epoch) {
      loader->reset_stats();
      const auto start = Clock::now();
      for (auto& batch : *loader) training.step(batch);
      const auto middle = Clock::now();
      for (std::size_t i = 0; i < loader->size(); ++i) training.step(kept);
      const auto end = Clock::now();
      const std::chrono::duration<double> loaded = middle - start, same = end - middle;
      const auto images = static_cast<double>(loader->stats().examples);
      ratios.push_back(loaded / same);
      std::printf(
          "with the loader %.2f s (%.0f images/s, waiting %.1f %%), on one batch %.2f s (%.0f images/s): %.3f\n",
          loaded.count(), images / loaded.count(), 100 * loader->stats().wait_share(), same.count(),
          images / same.count(), ratios.back());
    }
    std::printf("boxfeed training: %.3f times the time on one batch (median)\n", median(ratios));
  } catch (const std::exception& error) {
    return std::fprintf(stderr, "%s\n", error.what()), 1;
  }
}
