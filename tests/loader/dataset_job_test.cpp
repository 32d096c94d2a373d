#include <boxfeed/loader/make_data_loader.h>
#include <torch/types.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "loader/gate.h"
#include "loader/libtorch_datasets.h"
#include "support/catch.h"
#include "support/error_of.h"

// What LibTorch's own tests check of its data loader, for datasets that it can load.

using namespace torch::data;  // NOLINT: what is boxfeed's is named with it
using namespace boxfeed::testing;
using boxfeed::ErrorPolicy;
using boxfeed::Reason;
using Catch::Matchers::ContainsSubstring;
using std::chrono::milliseconds;

TEST_CASE("stateful and chunk datasets: each example once an epoch, reset at its beginning, left at any time") {
  for (const std::size_t workers : {0, 1, 3}) {
    auto loader = boxfeed::make_data_loader(StatefulNumbers(), boxfeed::DataLoaderOptions(5).workers(workers));
    for (int epoch = 0; epoch < 3; ++epoch) {
      std::multiset<int> seen;
      for (auto& batch : *loader) seen.insert(batch.begin(), batch.end());
      CHECK(seen.size() == 12);
      CHECK(std::set<int>(seen.begin(), seen.end()).size() == 12);
      for (auto& batch : *loader) {
        CHECK_FALSE(batch.empty());
        break;
      }
    }
    CHECK_THROWS_AS(loader->size(), boxfeed::Error);
    CHECK_THROWS_AS(loader->state(), boxfeed::Error);
    CHECK_THROWS_AS((*loader)[0], boxfeed::Error);

    using Chunks = datasets::ChunkDataset<NumberChunks, samplers::RandomSampler, samplers::RandomSampler>;
    auto chunks = datasets::make_shared_dataset<Chunks>(
        NumberChunks(), samplers::RandomSampler(0), samplers::RandomSampler(0), datasets::ChunkDatasetOptions(2, 8));
    auto chunk_loader = boxfeed::make_data_loader(chunks, boxfeed::DataLoaderOptions(8).workers(workers));
    for (int epoch = 0; epoch < 2; ++epoch) {
      std::multiset<int> seen;
      for (auto& batch : *chunk_loader) seen.insert(batch.begin(), batch.end());
      CHECK(seen.size() == 40);
      CHECK(std::set<int>(seen.begin(), seen.end()).size() == 40);
    }
  }
}

TEST_CASE("a mapped stateful dataset") {
  auto dataset = StatefulNumbers().map(transforms::BatchLambda<std::vector<int>, int>([](std::vector<int> batch) {
    int sum = 0;
    for (const int x : batch) sum += x;
    return sum;
  }));
  auto loader = boxfeed::make_data_loader(std::move(dataset), boxfeed::DataLoaderOptions(6));
  CHECK(all_of(*loader) == std::vector<int>{0 + 1 + 2 + 3 + 4 + 5, 6 + 7 + 8 + 9 + 10 + 11});
}

TEST_CASE("iterators: comparing, copying, ends") {
  auto loader = boxfeed::make_data_loader<samplers::SequentialSampler>(NumberDataset(3), 2);
  auto begin = loader->begin();
  CHECK(begin == begin);
  CHECK(begin != loader->end());
  CHECK(loader->end() == loader->end());
  CHECK(*begin == std::vector<int>{1, 2});
  CHECK(begin->size() == 2);
  auto copy = begin;
  ++begin;
  CHECK(*copy == std::vector<int>{3});  // iterators of one loop share where they are
  ++begin;
  CHECK(begin == loader->end());
  CHECK_THROWS_AS(*begin, c10::Error);
  CHECK_THROWS_AS(++begin, c10::Error);
  CHECK_THROWS_AS(*loader->end(), c10::Error);
  std::vector<std::vector<int>> copied;
  std::copy(loader->begin(), loader->end(), std::back_inserter(copied));
  CHECK(copied.size() == 2);
}

TEST_CASE("each worker has a copy of the dataset of its own, and the original is not used") {
  struct Counting : datasets::Dataset<Counting, int> {
    Counting() = default;
    Counting(Counting&&) = default;
    Counting(const Counting& other)
        : datasets::Dataset<Counting, int>(other), copies(other.copies), number(++*copies), begun(other.begun) {}
    int get(std::size_t) override {
      if (++*begun < 5) std::this_thread::sleep_for(milliseconds(5));  // so that no worker does it all
      return ++gets == 1 ? number : -number;
    }
    torch::optional<std::size_t> size() const override { return 200; }
    std::shared_ptr<std::atomic<int>> copies = std::make_shared<std::atomic<int>>(0);
    int number = 0;
    int gets = 0;
    std::shared_ptr<std::atomic<int>> begun = std::make_shared<std::atomic<int>>(0);
  };
  for (const int workers : {0, 1, 4}) {
    Counting dataset;
    const auto copies = dataset.copies;
    auto loader = boxfeed::make_data_loader(std::move(dataset),
                                            boxfeed::DataLoaderOptions(1).workers(static_cast<std::size_t>(workers)));
    CHECK(*copies == workers);  // as by LibTorch's loader, at the same time
    std::map<int, int> gets;
    std::set<int> firsts;
    for (auto& batch : *loader) {
      ++gets[std::abs(batch.front())];
      if (batch.front() > 0) CHECK(firsts.insert(batch.front()).second);  // one count of calls a copy
    }
    CHECK(gets.count(0) == (workers == 0 ? 1 : 0));  // the original
    CHECK(*copies == workers);
    for (const auto& [number, count] : gets) {
      CHECK(number <= workers);
      CHECK(count >= 1);
    }
  }
}

TEST_CASE("exceptions: what LibTorch's loader throws, at the place of the batch, nothing is lost, all can go on") {
  struct Bad : datasets::Dataset<Bad, int> {
    int get(std::size_t index) override {
      if (index == 2 || index == 7) throw std::out_of_range("bad " + std::to_string(index));
      if (index == 8) throw 42;
      return static_cast<int>(index);
    }
    torch::optional<std::size_t> size() const override { return 10; }
  };
  for (const std::size_t workers : {0, 1, 3}) {
    auto loader =
        boxfeed::make_data_loader<samplers::SequentialSampler>(Bad(), boxfeed::DataLoaderOptions(2).workers(workers));
    std::vector<int> first;
    std::vector<std::string> thrown;
    auto batch = loader->begin();
    for (int step = 0; step < 20; ++step) {
      try {
        if (step > 0) ++batch;
        if (batch == loader->end()) break;
        first.push_back(batch->front());
      } catch (const WorkerException& error) {
        CHECK(workers > 0);
        thrown.emplace_back(error.what());
        if (thrown.size() < 3) CHECK_THROWS_AS(std::rethrow_exception(error.original_exception), std::out_of_range);
      } catch (const std::out_of_range& error) {
        CHECK(workers == 0);
        thrown.emplace_back(error.what());
      } catch (int) {
        CHECK(workers == 0);
        thrown.emplace_back("int");
      }
    }
    CHECK(first == std::vector<int>{0, 4});
    REQUIRE(thrown.size() == 3);
    CHECK_THAT(thrown[0], ContainsSubstring("bad 2"));
    CHECK_THAT(thrown[1], ContainsSubstring("bad 7"));
    if (workers > 0) CHECK_THAT(thrown[0], ContainsSubstring("Caught exception in DataLoader worker thread"));
    CHECK(loader->errors().size() == 3);
  }
}

TEST_CASE("bad examples of a foreign dataset are found, skipped or replaced, and named") {
  struct Bad : datasets::Dataset<Bad, int> {
    int get(std::size_t index) override {
      if (index == 2 || index == 6 || index == 7) throw std::runtime_error("bad " + std::to_string(index));
      return static_cast<int>(index);
    }
    torch::optional<std::size_t> size() const override { return 8; }
  };
  for (const std::size_t workers : {0, 2}) {
    auto options = boxfeed::DataLoaderOptions(2).workers(workers).max_errors(3);
    auto skipping =
        boxfeed::make_data_loader<samplers::SequentialSampler>(Bad(), options.error_policy(ErrorPolicy::kSkip));
    CHECK(all_of(*skipping) == std::vector<std::vector<int>>{{0, 1}, {3}, {4, 5}});
    REQUIRE(skipping->errors().size() == 3);
    CHECK(skipping->errors()[0].index == 2U);
    CHECK(skipping->errors()[2].message == "bad 7");
    auto replacing =
        boxfeed::make_data_loader<samplers::SequentialSampler>(Bad(), options.error_policy(ErrorPolicy::kReplace));
    CHECK(all_of(*replacing) == std::vector<std::vector<int>>{{0, 1}, {3, 3}, {4, 5}});
  }
}

TEST_CASE("without order, batches come as they are ready, with it, they do not") {
  // The first batch waits until the second has been loaded.
  struct Waiting : datasets::Dataset<Waiting, std::size_t> {
    struct Shared {
      std::mutex mutex;
      std::condition_variable changed;
      bool second = false;
    };
    std::size_t get(std::size_t index) override {
      std::unique_lock<std::mutex> lock(shared->mutex);
      if (index == 0) shared->changed.wait(lock, [&] { return shared->second; });
      if (index == 1) shared->second = true;
      shared->changed.notify_all();
      return index;
    }
    torch::optional<std::size_t> size() const override { return 2; }
    std::shared_ptr<Shared> shared = std::make_shared<Shared>();
  };
  auto ordered =
      boxfeed::make_data_loader<samplers::SequentialSampler>(Waiting(), boxfeed::DataLoaderOptions(1).workers(2));
  CHECK(all_of(*ordered) == std::vector<Numbers>{{0}, {1}});
  auto unordered = boxfeed::make_data_loader<samplers::SequentialSampler>(
      Waiting(), boxfeed::DataLoaderOptions(1).workers(2).enforce_ordering(false));
  const auto batches = all_of(*unordered);
  CHECK(std::set<Numbers>(batches.begin(), batches.end()) == std::set<Numbers>{{0}, {1}});
  CHECK_THROWS_AS(unordered->state(), boxfeed::Error);
}

TEST_CASE("a timeout is an error, and the loader can still be destroyed") {
  struct Held : datasets::Dataset<Held, int> {
    int get(std::size_t) override {
      gate->wait();
      return 0;
    }
    torch::optional<std::size_t> size() const override { return 4; }
    std::shared_ptr<Gate> gate = std::make_shared<Gate>();
  };
  const Held dataset;
  auto loader = boxfeed::make_data_loader<samplers::SequentialSampler>(
      dataset, boxfeed::DataLoaderOptions(2).workers(1).timeout(milliseconds(400)));
  const auto error = error_of([&] { *loader->begin(); });
  CHECK(error.reason() == Reason::kTimeout);
  CHECK_THAT(error.what(), ContainsSubstring("a batch of 2 beginning with example 0 has been loading for"));
  dataset.gate->open();
}
