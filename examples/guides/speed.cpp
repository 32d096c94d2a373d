// Where the time of a training goes: how fast pictures come, how fast the model is, what one waits for the other.
#include <boxfeed/boxfeed.h>
#include <torch/torch.h>

#include <iomanip>
#include <iostream>

void print(const std::string& title, const boxfeed::LoaderStats& stats) {
  static constexpr const char* kStages[] = {"reading files", "decoding", "resizing", "color", "writing the batch"};
  std::cout << title << ": " << stats.examples_per_second() << " pictures a second, " << stats.workers
            << " workers\n  busy " << stats.busy << " s:";
  for (std::size_t i = 0; i < boxfeed::StageTimes::kStages; ++i) {
    const std::chrono::duration<double> time = stats.stages[static_cast<boxfeed::Stage>(i)];
    std::cout << (i == 0 ? " " : ", ") << kStages[i] << ' ' << time.count();
  }
  std::cout << "\n  at most " << static_cast<double>(stats.peak_bytes_in_flight) / 1e6 << " MB of batches ahead\n  "
            << verdict(stats) << '\n';
}

int main() {
  try {
    const boxfeed::CsvDataset data("data/data.csv", "data/images", boxfeed::DatasetOptions().image_size({224, 224}));
    auto loader = boxfeed::make_data_loader(data, boxfeed::DataLoaderOptions(20).seed(1));
    torch::nn::Sequential net(torch::nn::Conv2d(torch::nn::Conv2dOptions(3, 32, 7).stride(4)), torch::nn::ReLU(),
                              torch::nn::Conv2d(torch::nn::Conv2dOptions(32, 64, 3).stride(2)), torch::nn::ReLU(),
                              torch::nn::AdaptiveAvgPool2d(4), torch::nn::Flatten(), torch::nn::Linear(1024, 4));
    torch::optim::SGD optimizer(net->parameters(), torch::optim::SGDOptions(1e-6));
    const auto step = [&](const torch::Tensor& images, const torch::Tensor& target) {
      const auto loss = torch::smooth_l1_loss(net->forward(images), target);
      optimizer.zero_grad();
      loss.backward();
      optimizer.step();
    };
    std::cout << std::fixed << std::setprecision(2);

    for (auto& batch : *loader) static_cast<void>(batch);
    print("Loading alone", loader->stats());

    const auto batch = (*loader)[0];
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 5; ++i) step(batch.data, batch.target);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::cout << "The model alone: " << static_cast<double>(5 * batch.data.size(0)) / seconds.count()
              << " pictures a second\n";

    loader->reset_stats();
    for (auto& each : *loader) step(each.data, each.target);
    print("Training", loader->stats());
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
