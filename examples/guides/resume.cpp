// A training that may be stopped at any step and goes on exactly there: `resume` trains three epochs, `resume 7` stops
// after 7 steps as Ctrl-C does, and the next `resume` does the rest.
#include <boxfeed/boxfeed.h>
#include <torch/torch.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>

constexpr const char* kSaved = "training.pt";

volatile std::sig_atomic_t stop = 0;

/// Everything that the next step depends on, in one file, which is replaced as a whole.
void save(torch::nn::Sequential& net, torch::optim::Optimizer& optimizer, const std::string& loader) {
  torch::serialize::OutputArchive file, weights, moments;
  net->save(weights);
  optimizer.save(moments);
  file.write("net", weights);
  file.write("optimizer", moments);
  file.write("loader", c10::IValue(loader));
  file.save_to(std::string(kSaved) + ".new");
  std::filesystem::rename(std::string(kSaved) + ".new", kSaved);
}

std::string load(torch::nn::Sequential& net, torch::optim::Optimizer& optimizer) {
  torch::serialize::InputArchive file, weights, moments;
  file.load_from(kSaved);
  file.read("net", weights);
  net->load(weights);
  file.read("optimizer", moments);
  optimizer.load(moments);
  c10::IValue loader;
  file.read("loader", loader);
  return loader.toStringRef();
}

int main(int argc, char** argv) {
  try {
    torch::manual_seed(1);
    using namespace boxfeed::transforms;
    const Pipeline pipeline({RandomHorizontalFlip(), ColorJitter(0.2, 0.2)});
    const boxfeed::CsvDataset data("data/data.csv", "data/images",
                                   boxfeed::DatasetOptions().image_size({64, 64}).pipeline(pipeline));
    auto loader = boxfeed::make_data_loader(data, boxfeed::DataLoaderOptions(20).seed(1));  // state() needs a seed
    torch::nn::Sequential net(torch::nn::Conv2d(torch::nn::Conv2dOptions(3, 16, 3).stride(4)), torch::nn::ReLU(),
                              torch::nn::AdaptiveAvgPool2d(4), torch::nn::Flatten(), torch::nn::Linear(256, 4));
    torch::optim::AdamW optimizer(net->parameters(), torch::optim::AdamWOptions(1e-3));
    if (std::filesystem::exists(kSaved)) {
      loader->load_state(load(net, optimizer));
      std::cout << "going on in epoch " << loader->epoch() << '\n';
    }

    std::signal(SIGINT, [](int) { stop = 1; });
    long steps_left = argc > 1 ? std::atol(argv[1]) : -1;
    while (loader->epoch() < 3 && stop == 0) {
      for (auto& batch : *loader) {
        const auto loss = torch::smooth_l1_loss(net->forward(batch.data), batch.target);
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        if (--steps_left == 0) stop = 1;
        if (stop != 0) break;
      }
      save(net, optimizer, loader->state());
      if (stop == 0) loader->set_epoch(loader->epoch() + 1);
    }
    double sum = 0;
    for (const auto& weights : net->parameters()) sum += weights.abs().sum(torch::kDouble).item<double>();
    std::cout.precision(17);
    std::cout << (stop != 0 ? "stopped" : "done") << "; all weights together are " << sum << '\n';
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
