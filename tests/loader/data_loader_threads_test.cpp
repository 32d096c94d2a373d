#include <boxfeed/core/random.h>
#include <boxfeed/loader/make_data_loader.h>
#include <torch/torch.h>

#include <atomic>
#include <chrono>
#include <opencv2/core/utility.hpp>
#include <set>
#include <thread>
#include <type_traits>

#include "loader/fake_dataset.h"
#include "support/catch.h"
#include "support/process.h"

using namespace boxfeed;
using boxfeed::testing::FakeDataset;
using boxfeed::testing::threads_of_process;
using Options = boxfeed::DataLoaderOptions;

TEST_CASE("the default of workers fits the machine for a dataset that threads may share") {
  auto loader = make_data_loader(FakeDataset(10), Options(2));
  CHECK(loader->options().workers >= 1);
  static_assert(std::is_same_v<decltype(loader)::element_type, DataLoader<>>);
}

TEST_CASE("when the first batch appears, no more than its size and the workers have been started") {
  for (const std::size_t workers : {1, 2, 4, 8}) {
    const auto order = random_permutation(500, 0, 0);
    const std::set<std::size_t> first(order.begin(), order.begin() + 20);
    std::atomic<std::size_t> started{0}, finished{0}, started_by_then{0};
    auto loader = make_data_loader(FakeDataset(500,
                                               [&](std::size_t index) {
                                                 ++started;
                                                 std::this_thread::sleep_for(std::chrono::microseconds(200));
                                                 if (first.count(index) == 1 && ++finished == 20) {
                                                   started_by_then = started.load();
                                                 }
                                               }),
                                   Options(20).workers(workers).seed(0).prefetch(8));
    const auto batch = *loader->begin();
    CHECK(started_by_then >= 20);
    CHECK(started_by_then <= 20 + workers);
    CHECK(batch.data.size(0) == 20);
  }
}

TEST_CASE("workers start no threads of LibTorch's or OpenCV's") {
  const FakeDataset dataset(64, [&](std::size_t) {
    // Large enough for LibTorch to split it among threads.
    static_cast<void>(torch::ones({1 << 20}).add_(1));
    cv::parallel_for_({0, 1000}, [](const cv::Range&) { std::this_thread::yield(); });
  });
  static_cast<void>(torch::ones({1 << 20}).add_(1));  // the caller's own threads
  const std::size_t threads = threads_of_process();
  auto loader = make_data_loader(dataset, Options(8).workers(4).seed(0));
  for (auto& batch : *loader) static_cast<void>(batch);
  CHECK(threads_of_process() <= threads + 4);
}

TEST_CASE("LibTorch's number of threads is one in the workers, and stays what it was for the caller") {
  const int before = torch::get_num_threads();
  torch::set_num_threads(3);
  std::atomic<int> most{0};
  const FakeDataset dataset(64, [&](std::size_t) {
    static_cast<void>(torch::ones({1 << 20}).add_(1));
    if (torch::get_num_threads() > most) most = torch::get_num_threads();
  });
  auto loader = make_data_loader(dataset, Options(8).workers(4).seed(0));
  for (auto& batch : *loader) static_cast<void>(batch);
  CHECK(most == 1);
  CHECK(torch::get_num_threads() == 3);
  torch::set_num_threads(before);
}
