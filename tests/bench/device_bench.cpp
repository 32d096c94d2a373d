// Feeding a device: how fast batches come to it, and what a training step takes with them. Usage: device_bench DEVICE
// BATCH SIDE WORKERS, for example device_bench cuda 64 224 8. Examples are copied from memory, so that the CPU is not
// the limit; the model is a ResNet-18.
#include <boxfeed/data/row_batch_builder.h>
#include <boxfeed/loader/make_data_loader.h>
#include <torch/torch.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
constexpr int kBatches = 100;
constexpr int kWarmUp = 10;

/// Floats (3, side, side) and a class.
struct Pictures {
  Pictures(std::size_t examples_, std::int64_t side_) : examples(examples_), side(side_) {
    torch::manual_seed(1);
    picture = torch::rand({3, side, side});
  }

  torch::optional<std::size_t> size() const { return examples; }
  std::unique_ptr<boxfeed::RowBatchBuilder> make_batch_builder() const {
    return std::make_unique<boxfeed::RowBatchBuilder>(
        boxfeed::RowSpec{{3, side, side}}, boxfeed::RowSpec{{}, torch::kLong},
        [this](const boxfeed::ExampleKey& key, void* data, void* target, boxfeed::StageTimes&) {
          std::memcpy(data, picture.data_ptr(), picture.nbytes());
          const auto label = static_cast<std::int64_t>(key.index % 10);
          std::memcpy(target, &label, sizeof label);
        });
  }

  std::size_t examples;
  std::int64_t side;
  torch::Tensor picture;
};

struct BlockImpl : torch::nn::Module {
  BlockImpl(std::int64_t in, std::int64_t out, std::int64_t stride) {
    const auto convolution = [](std::int64_t from, std::int64_t to, std::int64_t size, std::int64_t step) {
      return torch::nn::Conv2d(torch::nn::Conv2dOptions(from, to, size).stride(step).padding(size / 2).bias(false));
    };
    body = register_module(
        "body", torch::nn::Sequential(convolution(in, out, 3, stride), torch::nn::BatchNorm2d(out), torch::nn::ReLU(),
                                      convolution(out, out, 3, 1), torch::nn::BatchNorm2d(out)));
    if (stride > 1 || in != out) {
      shortcut = register_module("shortcut",
                                 torch::nn::Sequential(convolution(in, out, 1, stride), torch::nn::BatchNorm2d(out)));
    }
  }
  torch::Tensor forward(const torch::Tensor& x) {
    return torch::relu(body->forward(x) + (shortcut.is_empty() ? x : shortcut->forward(x)));
  }
  torch::nn::Sequential body{nullptr}, shortcut{nullptr};
};
TORCH_MODULE(Block);

torch::nn::Sequential resnet18() {
  torch::nn::Sequential net(torch::nn::Conv2d(torch::nn::Conv2dOptions(3, 64, 7).stride(2).padding(3).bias(false)),
                            torch::nn::BatchNorm2d(64), torch::nn::ReLU(),
                            torch::nn::MaxPool2d(torch::nn::MaxPool2dOptions(3).stride(2).padding(1)));
  std::int64_t in = 64;
  for (const std::int64_t out : {64, 128, 256, 512}) {
    net->push_back(Block(in, out, out == 64 ? 1 : 2));
    net->push_back(Block(out, out, 1));
    in = out;
  }
  net->push_back(torch::nn::AdaptiveAvgPool2d(1));
  net->push_back(torch::nn::Flatten());
  net->push_back(torch::nn::Linear(512, 10));
  return net;
}

/// Seconds a batch, after some batches to warm up. `step` returns a tensor that is there when all before it is done.
template <typename Step>
double measure(const Pictures& pictures, const boxfeed::DataLoaderOptions& options, Step step) {
  auto loader = boxfeed::make_data_loader<boxfeed::samplers::SequentialSampler>(pictures, options);
  int seen = 0;
  auto begin = Clock::now();
  torch::Tensor last;
  for (auto& batch : *loader) {
    last = step(batch);
    if (++seen == kWarmUp) {
      last.item();
      begin = Clock::now();
    }
  }
  last.item();
  return std::chrono::duration<double>(Clock::now() - begin).count() / (seen - kWarmUp);
}

using Example = torch::data::Example<>;

void bench(const torch::Device& device, std::size_t batch_size, std::int64_t side, std::size_t workers) {
  const Pictures pictures(batch_size * (kBatches + kWarmUp), side);
  const auto here = boxfeed::DataLoaderOptions(batch_size).workers(workers);
  const auto there = boxfeed::DataLoaderOptions(here).device(device);
  const auto moved = [&](const Example& batch) { return Example(batch.data.to(device), batch.target.to(device)); };

  const auto touch = [](const Example& batch) { return batch.data.flatten()[0]; };
  const double bytes = static_cast<double>(batch_size) * static_cast<double>(pictures.picture.nbytes());
  std::printf("to %s, batches of %.1f MB, %zu workers\n", device.str().c_str(), bytes / 1e6, workers);
  std::printf("  none            %7.2f GB/s\n", bytes / measure(pictures, here, touch) / 1e9);
  std::printf("  .to in the loop %7.2f GB/s\n",
              bytes / measure(pictures, here, [&](const Example& batch) { return touch(moved(batch)); }) / 1e9);
  std::printf("  device()        %7.2f GB/s\n", bytes / measure(pictures, there, touch) / 1e9);

  auto net = resnet18();
  net->to(device);
  torch::optim::SGD optimizer(net->parameters(), 0.01);
  for (const bool waits : {false, true}) {
    const auto step = [&](const Example& batch) {
      optimizer.zero_grad();
      const auto loss = torch::nn::functional::cross_entropy(net->forward(batch.data), batch.target);
      loss.backward();
      optimizer.step();
      if (waits) loss.item();
      return loss.detach();
    };
    const Example kept(
        torch::rand({static_cast<std::int64_t>(batch_size), 3, side, side}, device),
        torch::zeros({static_cast<std::int64_t>(batch_size)}, torch::TensorOptions(device).dtype(torch::kLong)));
    std::printf("a step of a ResNet-18%s\n", waits ? ", whose loss is looked at every time" : "");
    std::printf("  a kept batch    %7.3f ms\n",
                1e3 * measure(pictures, here, [&](const Example&) { return step(kept); }));
    std::printf("  .to in the loop %7.3f ms\n",
                1e3 * measure(pictures, here, [&](const Example& batch) { return step(moved(batch)); }));
    std::printf("  device()        %7.3f ms\n", 1e3 * measure(pictures, there, step));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return std::fprintf(stderr, "usage: device_bench DEVICE BATCH SIDE WORKERS\n"), 2;
  try {
    bench(torch::Device(argv[1]), static_cast<std::size_t>(std::atoi(argv[2])), std::atoi(argv[3]),
          static_cast<std::size_t>(std::atoi(argv[4])));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
