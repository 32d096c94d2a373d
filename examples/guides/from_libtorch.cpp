// The same training by boxfeed's dataset and loader.
#include <boxfeed/boxfeed.h>
#include <torch/torch.h>

#include <iostream>

int main() {
  boxfeed::CsvDataset dataset("data/data.csv", "data/images",
                              boxfeed::DatasetOptions().image_size({96, 96}).box_units(boxfeed::BoxUnits::kFractions));
  auto loader = boxfeed::make_data_loader<torch::data::samplers::RandomSampler>(
      std::move(dataset), boxfeed::DataLoaderOptions().batch_size(20).workers(2));

  torch::nn::Sequential net(torch::nn::Conv2d(torch::nn::Conv2dOptions(3, 16, 3).stride(4)), torch::nn::ReLU(),
                            torch::nn::AdaptiveAvgPool2d(4), torch::nn::Flatten(), torch::nn::Linear(256, 4));
  torch::optim::Adam optimizer(net->parameters(), 1e-3);
  for (int epoch = 0; epoch < 3; ++epoch) {
    double sum = 0;
    for (auto& batch : *loader) {
      auto loss = torch::smooth_l1_loss(torch::sigmoid(net->forward(batch.data)), batch.target);
      optimizer.zero_grad();
      loss.backward();
      optimizer.step();
      sum += loss.item<double>();
    }
    std::cout << "epoch " << epoch << ": loss " << sum / static_cast<double>(loader->size()) << '\n';
  }
}
