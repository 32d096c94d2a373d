// Learns two numbers of a picture from numbers/data.csv (image, area, exposure), and shows the scale to learn them in.
#include <boxfeed/boxfeed.h>
#include <boxfeed/metrics/regression.h>
#include <torch/torch.h>

#include <cmath>
#include <iostream>

int main() {
  try {
    torch::manual_seed(1);
    const auto table = boxfeed::read_csv("numbers/data.csv");
    std::cout << table.label_layout().description() << '\n';
    const auto split = boxfeed::split_by_hash(table, 0.2);

    // Numbers are learned as (number - mean) / deviation, of the training set.
    std::array<double, 2> mean{}, deviation{};
    const auto n = static_cast<double>(split.train.size());
    for (const auto i : split.train) {
      for (std::size_t k = 0; k < 2; ++k) mean[k] += table.numbers(i)[k] / n;
    }
    for (const auto i : split.train) {
      for (std::size_t k = 0; k < 2; ++k) deviation[k] += std::pow(table.numbers(i)[k] - mean[k], 2) / n;
    }
    for (auto& value : deviation) value = std::sqrt(value);
    const auto scaled = [mean, deviation](const std::vector<float>& numbers) {
      std::vector<float> result;
      for (std::size_t k = 0; k < 2; ++k) result.push_back(static_cast<float>((numbers[k] - mean[k]) / deviation[k]));
      return result;
    };

    const auto options = boxfeed::DatasetOptions().image_size({64, 64}).target_transform(scaled);
    auto training = boxfeed::make_data_loader(boxfeed::CsvDataset(table.subset(split.train), "numbers/images", options),
                                              boxfeed::DataLoaderOptions(20).seed(1));
    auto validation = boxfeed::make_data_loader<boxfeed::samplers::SequentialSampler>(
        boxfeed::CsvDataset(table.subset(split.validation), "numbers/images", options), boxfeed::DataLoaderOptions(20));

    torch::nn::Sequential net;
    std::int64_t from = 3;
    for (const std::int64_t to : {16, 32, 64}) {
      net->push_back(torch::nn::Conv2d(torch::nn::Conv2dOptions(from, to, 3).stride(2).padding(1)));
      net->push_back(torch::nn::BatchNorm2d(to));
      net->push_back(torch::nn::ReLU());
      from = to;
    }
    net->push_back(torch::nn::AdaptiveAvgPool2d(2));
    net->push_back(torch::nn::Flatten());
    net->push_back(torch::nn::Linear(64 * 2 * 2, 2));
    torch::optim::AdamW optimizer(net->parameters(), torch::optim::AdamWOptions(1e-3));

    for (int epoch = 0; epoch < 12; ++epoch) {
      net->train();
      for (auto& batch : *training) {  // batch.target (20, 2)
        const auto loss = torch::mse_loss(net->forward(batch.data), batch.target);
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
      }
      net->eval();
      const torch::NoGradGuard no_grad;
      boxfeed::R2Score explained;
      boxfeed::MeanAbsoluteError off;
      for (auto& batch : *validation) {
        const auto output = net->forward(batch.data);
        explained.update(output, batch.target);
        off.update(output, batch.target);
      }
      std::cout << "epoch " << epoch << ": R2 of area " << explained.per_output()[0] << ", off by "
                << off.per_output()[0] * deviation[0] << "; of exposure " << explained.per_output()[1] << ", "
                << off.per_output()[1] * deviation[1] << std::endl;
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
