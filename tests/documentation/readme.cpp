//! [use]
#include <boxfeed/boxfeed.h>
//! [use]
#include <torch/torch.h>

#include <iostream>

namespace {

void use() {
  torch::nn::Sequential model(torch::nn::AdaptiveAvgPool2d(8), torch::nn::Flatten(), torch::nn::Linear(3 * 8 * 8, 4));
  //! [use]
  boxfeed::CsvDataset dataset("data.csv", "images", boxfeed::DatasetOptions().image_size({244, 244}).channels(3));
  auto loader = boxfeed::make_data_loader<boxfeed::samplers::RandomSampler>(
      dataset, boxfeed::DataLoaderOptions(20).workers(2).seed(7));
  for (auto& batch : *loader) {  // batch.data (20, 3, 244, 244) float32, batch.target (20, 4) float32
    auto loss = torch::smooth_l1_loss(model->forward(batch.data), batch.target);
  }
  (*loader)[0];         // one batch
  loader->slice(3, 5);  // batches 3 and 4
  loader->size();       // the number of batches
  //! [use]
}

void samplers() {
  const std::size_t num_replicas = 2, rank = 1;
  boxfeed::DetectionDataset dataset("data.csv", "images", boxfeed::DatasetOptions().image_size({32, 32}));
  //! [samplers]
  using namespace boxfeed::samplers;
  const RepeatFactorSampler rare_more_often(repeat_factors(classes_of(dataset.table()), 0.01));
  auto loader = boxfeed::make_data_loader(dataset, DistributedSampler(rare_more_often, num_replicas, rank),
                                          boxfeed::DataLoaderOptions(20).seed(7));
  //! [samplers]
}

void cache() {
  const boxfeed::DatasetOptions options;
  //! [cache]
  auto in_memory = boxfeed::DatasetOptions(options).cache(boxfeed::CacheOptions());
  auto in_a_file = boxfeed::DatasetOptions(options).cache(boxfeed::CacheOptions().path("images.pixels"));

  boxfeed::CsvDataset dataset("data.csv", "images", in_memory);
  dataset.cache_stats();  // how many images it holds, how many came from it, and a remark where it does not work
  //! [cache]
}

}  // namespace

int main() {
  use();
  samplers();
  cache();
}
