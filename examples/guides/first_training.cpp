// A training of one's own: learns where the object of a picture is, from data/data.csv (image, x, y, h, w).
#include <boxfeed/boxfeed.h>
#include <boxfeed/metrics/mean_iou.h>
#include <torch/torch.h>

#include <iostream>

/// Four convolutions that halve the sides, and a box: x, y, height and width as fractions of the picture's sides.
struct NetImpl : torch::nn::Module {
  NetImpl() {
    std::int64_t from = 3;
    for (const std::int64_t to : {16, 32, 64, 128}) {
      layers_->push_back(torch::nn::Conv2d(torch::nn::Conv2dOptions(from, to, 3).stride(2).padding(1)));
      layers_->push_back(torch::nn::BatchNorm2d(to));
      layers_->push_back(torch::nn::ReLU());
      from = to;
    }
    layers_->push_back(torch::nn::Flatten());
    layers_->push_back(torch::nn::Linear(128 * 6 * 6, 4));
    register_module("layers", layers_);
  }
  torch::Tensor forward(const torch::Tensor& images) { return torch::sigmoid(layers_->forward(images)); }

 private:
  torch::nn::Sequential layers_;
};
TORCH_MODULE(Net);

int main() {
  try {
    torch::manual_seed(1);
    const auto table = boxfeed::read_csv("data/data.csv");
    const auto split = boxfeed::split_by_hash(table, 0.2);
    const auto options = boxfeed::DatasetOptions().image_size({96, 96}).box_units(boxfeed::BoxUnits::kFractions);
    const auto augmented = boxfeed::DatasetOptions(options).pipeline(boxfeed::transforms::augmentation_preset("light"));
    auto training = boxfeed::make_data_loader(boxfeed::CsvDataset(table.subset(split.train), "data/images", augmented),
                                              boxfeed::DataLoaderOptions(20).seed(1));
    auto validation = boxfeed::make_data_loader<boxfeed::samplers::SequentialSampler>(
        boxfeed::CsvDataset(table.subset(split.validation), "data/images", options), boxfeed::DataLoaderOptions(20));

    Net net;
    torch::optim::AdamW optimizer(net->parameters(), torch::optim::AdamWOptions(1e-3));
    for (int epoch = 0; epoch < 12; ++epoch) {
      net->train();
      double sum = 0;
      for (auto& batch : *training) {  // batch.data (20, 3, 96, 96), batch.target (20, 4), both float32
        const auto loss = torch::smooth_l1_loss(net->forward(batch.data), batch.target);
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        sum += loss.item<double>();
      }
      net->eval();
      const torch::NoGradGuard no_grad;
      boxfeed::MeanIoU iou(boxfeed::MeanIoUOptions().box_format(boxfeed::BoxFormat::kXYHW));
      for (auto& batch : *validation) iou.update(net->forward(batch.data), batch.target);
      std::cout << "epoch " << epoch << ": loss " << sum / static_cast<double>(training->size()) << ", mean IoU "
                << iou.compute().iou << std::endl;
    }
    torch::save(net, "net.pt");
    std::cout << training->verdict() << '\n';
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
