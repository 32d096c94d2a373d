// The dataset in LibTorch's own loader: mapped, stacked and sampled like any other. Usage: torch_loader CSV IMAGES
#include <boxfeed/data/csv_dataset.h>
#include <torch/torch.h>

#include <iostream>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: torch_loader CSV IMAGES\n";
    return 2;
  }
  try {
    auto dataset = boxfeed::CsvDataset(argv[1], argv[2]).map(torch::data::transforms::Stack<>());
    auto loader = torch::data::make_data_loader<torch::data::samplers::RandomSampler>(
        std::move(dataset), torch::data::DataLoaderOptions().batch_size(20).workers(2));
    torch::Tensor sum = torch::zeros({4});
    std::int64_t examples = 0;
    for (auto& batch : *loader) {
      sum += batch.target.sum(0);
      examples += batch.target.size(0);
    }
    std::cout << examples << " examples, mean target:\n" << sum / examples << '\n';
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 3;
  }
}
