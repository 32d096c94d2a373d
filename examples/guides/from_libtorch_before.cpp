// A dataset by hand, in LibTorch's loader.
#include <torch/torch.h>

#include <array>
#include <fstream>
#include <iostream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <sstream>

class CustomDataset : public torch::data::datasets::Dataset<CustomDataset> {
 public:
  CustomDataset(const std::string& csv, std::string folder) : folder_(std::move(folder)) {
    std::ifstream file(csv);
    std::string line, cell;
    std::getline(file, line);
    while (std::getline(file, line)) {
      std::stringstream cells(line);
      Row row;
      std::getline(cells, row.name, ',');
      for (auto& value : row.box) {
        std::getline(cells, cell, ',');
        value = std::stof(cell);
      }
      rows_.push_back(row);
    }
  }

  torch::data::Example<> get(std::size_t index) override {
    const Row& row = rows_[index];
    cv::Mat image = cv::imread(folder_ + "/" + row.name);
    if (image.empty()) throw std::runtime_error(row.name);
    const auto width = static_cast<float>(image.cols), height = static_cast<float>(image.rows);
    cv::cvtColor(image, image, cv::COLOR_BGR2RGB);
    cv::resize(image, image, {96, 96});
    const auto pixels = torch::from_blob(image.data, {96, 96, 3}, torch::kByte).permute({2, 0, 1});
    const auto box = torch::tensor({row.box[0] / width, row.box[1] / height, row.box[2] / height, row.box[3] / width});
    return {pixels.to(torch::kFloat).div(255), box};
  }

  torch::optional<std::size_t> size() const override { return rows_.size(); }

 private:
  struct Row {
    std::string name;
    std::array<float, 4> box;
  };
  std::string folder_;
  std::vector<Row> rows_;
};

int main() {
  auto dataset = CustomDataset("data/data.csv", "data/images").map(torch::data::transforms::Stack<>());
  auto loader = torch::data::make_data_loader<torch::data::samplers::RandomSampler>(
      std::move(dataset), torch::data::DataLoaderOptions().batch_size(20).workers(2));

  torch::nn::Sequential net(torch::nn::Conv2d(torch::nn::Conv2dOptions(3, 16, 3).stride(4)), torch::nn::ReLU(),
                            torch::nn::AdaptiveAvgPool2d(4), torch::nn::Flatten(), torch::nn::Linear(256, 4));
  torch::optim::Adam optimizer(net->parameters(), 1e-3);
  for (int epoch = 0; epoch < 3; ++epoch) {
    double sum = 0;
    int batches = 0;
    for (auto& batch : *loader) {
      auto loss = torch::smooth_l1_loss(torch::sigmoid(net->forward(batch.data)), batch.target);
      optimizer.zero_grad();
      loss.backward();
      optimizer.step();
      sum += loss.item<double>();
      ++batches;
    }
    std::cout << "epoch " << epoch << ": loss " << sum / batches << '\n';
  }
}
