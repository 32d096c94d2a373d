#include <boxfeed/boxfeed.h>
#include <torch/torch.h>

#include <iostream>

int main() {
  const boxfeed::CsvDataset boxes(
      "data/data.csv", "data/images",
      boxfeed::DatasetOptions().image_size({96, 96}).box_units(boxfeed::BoxUnits::kFractions));
  auto data = boxfeed::make_data_loader(boxes, boxfeed::DataLoaderOptions(20).workers(2).seed(7));
  const auto first = (*data)[0];  // any batch, at any time
  std::cout << data->size() << " batches, " << first.data.sizes() << ' ' << first.target.sizes() << '\n';

  torch::nn::Sequential model(torch::nn::Conv2d(torch::nn::Conv2dOptions(3, 16, 3).stride(4)), torch::nn::ReLU(),
                              torch::nn::AvgPool2d(6), torch::nn::Flatten(), torch::nn::Linear(256, 4));
  torch::optim::Adam optimizer(model->parameters(), 1e-3);
  double sum = 0;
  data->on_epoch_end([&](std::uint64_t epoch) {
    std::cout << "epoch " << epoch << ": loss " << sum / static_cast<double>(data->size()) << '\n';
    sum = 0;
  });
  for (int epoch = 0; epoch < 3; ++epoch) {
    for (auto& batch : *data) {
      const auto loss = torch::huber_loss(torch::sigmoid(model->forward(batch.data)), batch.target);
      optimizer.zero_grad();
      loss.backward();
      optimizer.step();
      sum += loss.item<double>();
    }
  }
}
