#include <boxfeed/boxfeed.h>
#include <torch/torch.h>

#include <iostream>

int main() {
  const boxfeed::CsvDataset rows(
      "data/data.csv", "data/images",
      boxfeed::DatasetOptions().image_size({96, 96}).box_units(boxfeed::BoxUnits::kFractions));
  auto data =
      boxfeed::make_data_loader(rows, boxfeed::DataLoaderOptions(20).seed(7).workers(2).drop_last(true).prefetch(4));

  torch::nn::Sequential model(torch::nn::Conv2d(torch::nn::Conv2dOptions(3, 16, 3).stride(4)), torch::nn::ReLU(),
                              torch::nn::AvgPool2d(6), torch::nn::Flatten(), torch::nn::Linear(256, 4));
  torch::optim::Adam optimizer(model->parameters(), 1e-3);
  for (int epoch = 0; epoch < 3; ++epoch) {
    double total = 0;
    for (auto& batch : *data) {
      const auto loss = torch::huber_loss(torch::sigmoid(model->forward(batch.data)), batch.target);
      optimizer.zero_grad();
      loss.backward();
      optimizer.step();
      total += loss.item<double>();
    }
    std::cout << "epoch " << epoch << ": loss " << total / static_cast<double>(data->size()) << '\n';
  }
}
