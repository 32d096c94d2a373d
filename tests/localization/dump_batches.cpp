// Writes what a training sees, for pytorch_twin.py: the first weights, each epoch's images and boxes in order, and the
// validation set.
//
// dump_batches CSV IMAGES FOLDER EPOCHS SEED

#include <boxfeed/data/samplers.h>
#include <boxfeed/loader/make_data_loader.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "data/data_sets.h"
#include "model/network.h"
#include "model/saved_model.h"
#include "model/weights.h"

namespace {

template <typename Loader>
void write_batches(Loader& loader, const std::string& path) {
  std::vector<torch::Tensor> images, targets;
  for (auto& batch : loader) {
    images.push_back(batch.data.contiguous());
    targets.push_back(batch.target);
  }
  localization::write_weights(path, {{{"images", torch::cat(images)}, {"targets", torch::cat(targets)}}, {}});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "expected CSV IMAGES FOLDER EPOCHS SEED\n");
    return 2;
  }
  const std::string folder = argv[3];
  const auto seed = std::strtoull(argv[5], nullptr, 10);
  localization::DataFiles files;
  files.annotations.csv = argv[1];
  files.annotations.images = argv[2];
  localization::DataSetOptions options;
  options.augment = "light";
  options.bytes = true;
  const auto data = localization::load_data_sets(files, options);
  torch::manual_seed(seed);
  const localization::Network network(localization::NetworkOptions{"small", 3, localization::outputs_of(data.target)});
  localization::write_weights(folder + "/first.safetensors", {localization::state_dict(*network), {}});
  auto train = boxfeed::make_data_loader<boxfeed::samplers::RandomSampler>(
      data.train.dataset, boxfeed::DataLoaderOptions(16).workers(1).seed(seed));
  for (int epoch = 0; epoch < std::atoi(argv[4]); ++epoch) {
    write_batches(*train, folder + "/epoch-" + std::to_string(epoch) + ".safetensors");
  }
  auto validation = boxfeed::make_data_loader<boxfeed::samplers::SequentialSampler>(
      data.validation.dataset, boxfeed::DataLoaderOptions(64).workers(1));
  write_batches(*validation, folder + "/validation.safetensors");
}
