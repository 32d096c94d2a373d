// A training whose batches are on the GPU when the loop gets them; on the CPU where there is none.
#include <boxfeed/boxfeed.h>
#include <torch/torch.h>

#include <iostream>

int main() {
  try {
    const torch::Device device(torch::cuda::is_available() ? torch::kCUDA : torch::kCPU);
    // Bytes are a quarter of what floats are, on the way, too; the GPU makes floats of them.
    const boxfeed::CsvDataset data("data/data.csv", "data/images",
                                   boxfeed::DatasetOptions()
                                       .image_size({128, 128})
                                       .box_units(boxfeed::BoxUnits::kFractions)
                                       .dtype(torch::kUInt8)
                                       .memory_format(torch::MemoryFormat::ChannelsLast));
    auto loader = boxfeed::make_data_loader(data, boxfeed::DataLoaderOptions(20).seed(1).device(device));

    const auto mean = torch::tensor({0.485, 0.456, 0.406}, device).view({1, 3, 1, 1}) * 255;
    const auto deviation = torch::tensor({0.229, 0.224, 0.225}, device).view({1, 3, 1, 1}) * 255;
    torch::nn::Sequential net(torch::nn::Conv2d(torch::nn::Conv2dOptions(3, 32, 7).stride(4)), torch::nn::ReLU(),
                              torch::nn::AdaptiveAvgPool2d(4), torch::nn::Flatten(), torch::nn::Linear(512, 4));
    net->to(device);
    torch::optim::AdamW optimizer(net->parameters(), torch::optim::AdamWOptions(1e-3));
    for (int epoch = 0; epoch < 3; ++epoch) {
      // The loss is summed on the device: asking for its number in each step would make the CPU wait for the GPU.
      auto sum = torch::zeros({}, device);
      for (auto& batch : *loader) {  // batch.data and batch.target are on the device
        const auto images = (batch.data.to(torch::kFloat) - mean) / deviation;
        const auto loss = torch::smooth_l1_loss(torch::sigmoid(net->forward(images)), batch.target);
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        sum += loss.detach();
      }
      std::cout << "epoch " << epoch << " on " << device << ": loss "
                << sum.item<double>() / static_cast<double>(loader->size()) << '\n';
    }
    std::cout << loader->verdict() << '\n';
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
