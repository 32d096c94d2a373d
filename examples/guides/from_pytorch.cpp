#include <boxfeed/boxfeed.h>
#include <boxfeed/ops/boxes.h>
#include <torch/torch.h>

#include <iostream>

int main() {
  using namespace boxfeed::transforms;
  const Pipeline transform({RandomHorizontalFlip(), Resize({96, 96}), ColorJitter(0.2, 0.2)});
  const boxfeed::CsvDataset data("data/data.csv", "data/images",
                                 boxfeed::DatasetOptions().image_size({96, 96}).pipeline(transform));
  auto loader = boxfeed::make_data_loader(data, boxfeed::DataLoaderOptions(20).workers(2).seed(7));

  torch::nn::Sequential model(torch::nn::Conv2d(torch::nn::Conv2dOptions(3, 16, 3).stride(4)), torch::nn::ReLU(),
                              torch::nn::AvgPool2d(6), torch::nn::Flatten(), torch::nn::Linear(256, 4));
  torch::optim::Adam optimizer(model->parameters(), 1e-3);
  for (int epoch = 0; epoch < 3; ++epoch) {
    double total = 0;
    for (auto& batch : *loader) {
      const auto corners = boxfeed::box_convert(batch.target, boxfeed::BoxFormat::kXYHW, boxfeed::BoxFormat::kXYXY);
      const auto loss = torch::smooth_l1_loss(96 * torch::sigmoid(model->forward(batch.data)), corners);
      optimizer.zero_grad();
      loss.backward();
      optimizer.step();
      total += loss.item<double>();
    }
    std::cout << "epoch " << epoch << ": loss " << total / static_cast<double>(loader->size()) << '\n';
  }
}
