// Learns where the four points of a figure are, and which of them are there, from keypoints/data.csv.
#include <boxfeed/boxfeed.h>
#include <boxfeed/metrics/keypoints.h>
#include <torch/torch.h>

#include <iostream>

int main() {
  try {
    torch::manual_seed(1);
    // The columns are tip_x, tip_y, tip_v, left_wing_x, …: x, y and visibility of four points. A mirrored figure's left
    // wing is its right one.
    using namespace boxfeed::transforms;
    const Pipeline pipeline({RandomHorizontalFlip(), ColorJitter(0.2, 0.2)});
    const auto options = boxfeed::DatasetOptions().image_size({96, 96}).box_units(boxfeed::BoxUnits::kFractions);
    const auto table = boxfeed::read_csv("keypoints/data.csv");
    const auto split = boxfeed::split_by_hash(table, 0.2);
    auto training = boxfeed::make_data_loader(
        boxfeed::CsvDataset(table.subset(split.train), "keypoints/images",
                            boxfeed::DatasetOptions(options).pipeline(pipeline).flip_pairs({{1, 2}})),
        boxfeed::DataLoaderOptions(20).seed(1));
    auto validation = boxfeed::make_data_loader<boxfeed::samplers::SequentialSampler>(
        boxfeed::CsvDataset(table.subset(split.validation), "keypoints/images", options),
        boxfeed::DataLoaderOptions(20));

    torch::nn::Sequential net;
    std::int64_t from = 3;
    for (const std::int64_t to : {16, 32, 64, 128}) {
      net->push_back(torch::nn::Conv2d(torch::nn::Conv2dOptions(from, to, 3).stride(2).padding(1)));
      net->push_back(torch::nn::BatchNorm2d(to));
      net->push_back(torch::nn::ReLU());
      from = to;
    }
    net->push_back(torch::nn::Flatten());
    net->push_back(torch::nn::Linear(128 * 6 * 6, 4 * 3));
    torch::optim::AdamW optimizer(net->parameters(), torch::optim::AdamWOptions(1e-3));

    for (int epoch = 0; epoch < 12; ++epoch) {
      net->train();
      double sum = 0;
      for (auto& batch : *training) {  // batch.target (20, 12)
        const auto truth = batch.target.view({-1, 4, 3}), output = net->forward(batch.data).view({-1, 4, 3});
        const auto there = (truth.select(2, 2) > 0).to(torch::kFloat);  // 0 is not labeled: it has no place to learn
        const auto off = (output.slice(2, 0, 2) - truth.slice(2, 0, 2)).abs().sum(2);
        const auto loss = (off * there).sum() / there.sum().clamp_min(1) +
                          torch::binary_cross_entropy_with_logits(output.select(2, 2), there);
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        sum += loss.item<double>();
      }
      net->eval();
      const torch::NoGradGuard no_grad;
      boxfeed::PCK near(std::vector<double>{0.1, 0.2});  // of the picture's diagonal
      std::int64_t right = 0, points = 0;
      for (auto& batch : *validation) {
        const auto truth = batch.target.view({-1, 4, 3}), output = net->forward(batch.data).view({-1, 4, 3});
        const auto there = truth.select(2, 2) > 0;
        const auto whole = torch::tensor({0.F, 0.F, 1.F, 1.F}).expand({truth.size(0), 4});
        near.update(output.slice(2, 0, 2), truth.slice(2, 0, 2), whole, there);
        right += ((output.select(2, 2) > 0) == there).sum().item<std::int64_t>();
        points += there.numel();
      }
      const auto shares = near.compute();
      std::cout << "epoch " << epoch << ": loss " << sum / static_cast<double>(training->size())
                << ", within a tenth of the diagonal " << shares[0] << ", a fifth " << shares[1] << ", rightly told "
                << static_cast<double>(right) / static_cast<double>(points) << std::endl;
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
