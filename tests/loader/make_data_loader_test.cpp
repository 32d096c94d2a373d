#include <boxfeed/data/distributed_sampler.h>
#include <boxfeed/loader/make_data_loader.h>
#include <torch/torch.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "loader/fake_dataset.h"
#include "support/catch.h"

// What LibTorch's own tests check of its data loader, and that both loaders deliver the same.

using boxfeed::ErrorPolicy;
using boxfeed::Reason;
using namespace torch::data;  // NOLINT: DataLoaderOptions is qualified below
using boxfeed::testing::FakeDataset;
using Catch::Matchers::ContainsSubstring;
using std::chrono::milliseconds;

namespace {

using Numbers = std::vector<std::size_t>;

/// The numbers 0 to 99, one at a time; counts its copies.
struct NumberDataset : datasets::Dataset<NumberDataset, int> {
  explicit NumberDataset(std::size_t size_ = 100) : count(size_) {}
  int get(std::size_t index) override { return static_cast<int>(index) + 1; }
  torch::optional<std::size_t> size() const override { return count; }
  std::size_t count;
};

/// Only batches: the sum of the indices as a string.
struct SumDataset : datasets::BatchDataset<SumDataset, std::string> {
  std::string get_batch(torch::ArrayRef<std::size_t> indices) override {
    std::size_t sum = 0;
    for (const std::size_t index : indices) sum += index;
    return std::to_string(sum);
  }
  torch::optional<std::size_t> size() const override { return 10; }
};

/// A stream that is asked for a number of elements.
struct CountingStream : datasets::StreamDataset<CountingStream, std::vector<std::size_t>> {
  std::vector<std::size_t> get_batch(std::size_t batch_size) override {
    std::vector<std::size_t> batch(batch_size);
    for (auto& number : batch) number = next++;
    return batch;
  }
  torch::optional<std::size_t> size() const override { return torch::nullopt; }
  std::size_t next = 0;
};

/// Stateful: twelve numbers an epoch, handed out under a lock.
struct StatefulNumbers : datasets::StatefulDataset<StatefulNumbers, std::vector<int>> {
  torch::optional<std::vector<int>> get_batch(std::size_t batch_size) override {
    const std::lock_guard<std::mutex> lock(*mutex);
    if (next >= 12) return torch::nullopt;
    std::vector<int> batch;
    for (std::size_t i = 0; i < batch_size && next < 12; ++i) batch.push_back(next++);
    return batch;
  }
  void reset() override {
    next = 0;
    ++resets;
  }
  torch::optional<std::size_t> size() const override { return 12; }
  void save(torch::serialize::OutputArchive&) const override {}
  void load(torch::serialize::InputArchive&) override {}
  std::shared_ptr<std::mutex> mutex = std::make_shared<std::mutex>();
  int next = 0;
  int resets = 0;
};

struct NumberChunks : datasets::ChunkDataReader<int> {
  using BatchType = std::vector<int>;
  std::vector<int> read_chunk(std::size_t chunk) override {
    std::vector<int> numbers(10);
    for (int i = 0; i < 10; ++i) numbers[static_cast<std::size_t>(i)] = static_cast<int>(chunk) * 10 + i;
    return numbers;
  }
  std::size_t chunk_count() override { return 4; }
  void reset() override {}
};

/// A sampler of one's own, which draws from the global generator when it is asked.
struct DrawingSampler : samplers::Sampler<> {
  explicit DrawingSampler(std::size_t size_) : size(size_) {}
  void reset(torch::optional<std::size_t> = torch::nullopt) override { given = 0; }
  torch::optional<Numbers> next(std::size_t batch_size) override {
    if (given >= size) return torch::nullopt;
    Numbers batch;
    for (; batch.size() < batch_size && given < size; ++given) {
      batch.push_back(
          static_cast<std::size_t>(torch::randint(static_cast<std::int64_t>(size), {1}).item<std::int64_t>()));
    }
    return batch;
  }
  void save(torch::serialize::OutputArchive&) const override {}
  void load(torch::serialize::InputArchive&) override {}
  std::size_t size;
  std::size_t given = 0;
};

template <typename Loader>
auto all_of(Loader& loader) {
  std::vector<typename std::decay_t<decltype(*loader.begin())>> batches;
  for (auto& batch : loader) batches.push_back(batch);
  return batches;
}

/// Runs the same program with either loader, after the same global seed: batches of three epochs, and what the global
/// generator gives between them and afterwards.
template <typename Make>
auto run(Make make) {
  torch::manual_seed(17);
  auto loader = make();
  std::vector<decltype(all_of(*loader))> epochs;
  std::vector<float> random;
  for (int epoch = 0; epoch < 3; ++epoch) {
    epochs.push_back(all_of(*loader));
    random.push_back(torch::rand({1}).template item<float>());
  }
  return std::make_pair(epochs, random);
}

/// Both loaders by their own names.
struct Theirs {
  using Options = torch::data::DataLoaderOptions;
  template <typename Sampler, typename... Args>
  static auto make_with(Args&&... args) {
    return torch::data::make_data_loader<Sampler>(std::forward<Args>(args)...);
  }
  template <typename... Args>
  static auto make(Args&&... args) {
    return torch::data::make_data_loader(std::forward<Args>(args)...);
  }
};
struct Ours {
  using Options = boxfeed::DataLoaderOptions;
  template <typename Sampler, typename... Args>
  static auto make_with(Args&&... args) {
    return boxfeed::make_data_loader<Sampler>(std::forward<Args>(args)...);
  }
  template <typename... Args>
  static auto make(Args&&... args) {
    return boxfeed::make_data_loader(std::forward<Args>(args)...);
  }
};

/// `program` is called with the class of either loader and the number of workers.
template <typename Program>
void check_same(Program program) {
  for (const std::size_t workers : {0, 1, 2, 5}) {
    CHECK(run([&] { return program(Ours{}, workers); }) == run([&] { return program(Theirs{}, workers); }));
  }
}

}  // namespace

TEST_CASE("Equal batches and an equal random stream: samplers made from the size") {
  check_same([](auto which, std::size_t workers) {
    using Which = decltype(which);
    return Which::make(NumberDataset(), typename Which::Options(7).workers(workers));
  });
  check_same([](auto which, std::size_t workers) {
    using Which = decltype(which);
    return Which::template make_with<samplers::SequentialSampler>(NumberDataset(),
                                                                  typename Which::Options(7).workers(workers));
  });
  check_same([](auto which, std::size_t workers) {
    using Which = decltype(which);
    return Which::template make_with<samplers::DistributedRandomSampler>(
        NumberDataset(), typename Which::Options(8).workers(workers).drop_last(true));
  });
}

TEST_CASE("Equal batches and an equal random stream: samplers handed in, one's own among them") {
  check_same([](auto which, std::size_t workers) {
    using Which = decltype(which);
    return Which::make(NumberDataset(), samplers::RandomSampler(100), typename Which::Options(9).workers(workers));
  });
  check_same([](auto which, std::size_t workers) {
    using Which = decltype(which);
    return Which::make(NumberDataset(), samplers::DistributedSequentialSampler(100, 3, 1),
                       typename Which::Options(9).workers(workers).max_jobs(std::min<std::size_t>(4, 4 * workers)));
  });
  check_same([](auto which, std::size_t workers) {
    using Which = decltype(which);
    return Which::make(NumberDataset(), DrawingSampler(50), typename Which::Options(4).workers(workers));
  });
}

TEST_CASE("Equal batches: batch datasets, collations, transforms, shared and stream datasets") {
  check_same([](auto which, std::size_t workers) {
    using Which = decltype(which);
    return Which::make(SumDataset(), typename Which::Options(3).workers(workers));
  });
  check_same([](auto which, std::size_t workers) {
    using Which = decltype(which);
    auto dataset = NumberDataset()
                       .map(transforms::Lambda<int>([](int x) { return 3 * x; }))
                       .map(transforms::Collate<int>([](std::vector<int> batch) {
                         int sum = 0;
                         for (const int x : batch) sum += x;
                         return sum;
                       }));
    return Which::make(std::move(dataset), typename Which::Options(3).workers(workers));
  });
  check_same([](auto which, std::size_t workers) {
    using Which = decltype(which);
    return Which::make(datasets::make_shared_dataset<NumberDataset>(std::size_t{20}),
                       typename Which::Options(3).workers(workers));
  });
  for (const std::size_t workers : {0, 1}) {
    auto ours = boxfeed::make_data_loader(CountingStream(), samplers::StreamSampler(11),
                                          boxfeed::DataLoaderOptions(4).workers(workers));
    CHECK(all_of(*ours) == std::vector<Numbers>{{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9, 10}});
    CHECK(all_of(*ours).size() == 3);
  }
}

TEST_CASE("Equal batches: tensors stacked, of a foreign dataset and of one with the fast way") {
  const auto tensors = [](auto which, auto dataset, std::size_t workers) {
    using Which = decltype(which);
    torch::manual_seed(5);
    auto loader = Which::make(dataset.map(transforms::Stack<>()), typename Which::Options(7).workers(workers));
    std::vector<torch::Tensor> parts;
    for (int epoch = 0; epoch < 2; ++epoch) {
      for (auto& batch : *loader) {
        parts.push_back(batch.data.flatten());
        parts.push_back(batch.target.flatten());
      }
    }
    parts.push_back(torch::rand({1}));
    return torch::cat(parts);
  };
  struct Foreign : datasets::Dataset<Foreign> {
    Example<> get(std::size_t index) override {
      return {torch::full({2, 3}, static_cast<double>(index)), torch::full({1}, static_cast<double>(index) / 2)};
    }
    torch::optional<std::size_t> size() const override { return 30; }
  };
  for (const std::size_t workers : {0, 1, 3}) {
    CHECK(torch::equal(tensors(Ours{}, Foreign(), workers), tensors(Theirs{}, Foreign(), workers)));
  }
  // The fast dataset's random numbers depend on the epoch in our loader, so that only the first element of a row is
  // compared: the index.
  const auto indices = [](auto which, std::size_t workers) {
    using Which = decltype(which);
    torch::manual_seed(5);
    auto loader = Which::make(FakeDataset(30).map(transforms::Stack<>()), typename Which::Options(7).workers(workers));
    std::vector<torch::Tensor> parts;
    for (int epoch = 0; epoch < 2; ++epoch) {
      for (auto& batch : *loader) {
        parts.push_back(batch.data.select(1, 0));
        parts.push_back(batch.target.flatten());
      }
    }
    parts.push_back(torch::rand({1}));
    return torch::cat(parts);
  };
  for (const std::size_t workers : {0, 1, 3}) {
    CHECK(torch::equal(indices(Ours{}, workers), indices(Theirs{}, workers)));
  }
}

TEST_CASE("Stateful and chunk datasets: each example once an epoch, reset at its beginning, left at any time") {
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

TEST_CASE("A mapped stateful dataset") {
  auto dataset = StatefulNumbers().map(transforms::BatchLambda<std::vector<int>, int>([](std::vector<int> batch) {
    int sum = 0;
    for (const int x : batch) sum += x;
    return sum;
  }));
  auto loader = boxfeed::make_data_loader(std::move(dataset), boxfeed::DataLoaderOptions(6));
  CHECK(all_of(*loader) == std::vector<int>{0 + 1 + 2 + 3 + 4 + 5, 6 + 7 + 8 + 9 + 10 + 11});
}

TEST_CASE("The options can be read back under LibTorch's names") {
  auto partial = boxfeed::DataLoaderOptions(32).workers(10);
  auto loader = boxfeed::make_data_loader(NumberDataset(), partial);
  CHECK(loader->options().batch_size == 32);
  CHECK(loader->options().workers == 10);
  CHECK(loader->options().max_jobs == 20);
  CHECK_FALSE(loader->options().timeout.has_value());
  CHECK(loader->options().enforce_ordering);
  CHECK_FALSE(loader->options().drop_last);
  auto converted = boxfeed::make_data_loader(NumberDataset(), torch::data::DataLoaderOptions(3));
  CHECK(converted->options().batch_size == 3);
}

TEST_CASE("Iterators: comparing, copying, ends") {
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

TEST_CASE("Each worker has a copy of the dataset of its own") {
  struct Counting : datasets::Dataset<Counting, int> {
    Counting() = default;
    Counting(const Counting& other) : datasets::Dataset<Counting, int>(other), copies(other.copies) { ++*copies; }
    int get(std::size_t) override {
      const bool alone = !inside.exchange(true);
      std::this_thread::yield();
      inside = false;
      return alone ? 1 : 0;
    }
    torch::optional<std::size_t> size() const override { return 200; }
    std::shared_ptr<std::atomic<int>> copies = std::make_shared<std::atomic<int>>(0);
    std::atomic<bool> inside{false};
  };
  const Counting dataset;
  auto loader = boxfeed::make_data_loader(dataset, boxfeed::DataLoaderOptions(1).workers(4));
  for (auto& batch : *loader) CHECK(batch.front() == 1);
  CHECK(*dataset.copies >= 4);
}

TEST_CASE("Exceptions: what LibTorch's loader throws, at the place of the batch; nothing is lost, all can go on") {
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
        thrown.push_back(error.what());
        if (thrown.size() < 3) CHECK_THROWS_AS(std::rethrow_exception(error.original_exception), std::out_of_range);
      } catch (const std::out_of_range& error) {
        CHECK(workers == 0);
        thrown.push_back(error.what());
      } catch (int) {
        CHECK(workers == 0);
        thrown.push_back("int");
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

TEST_CASE("Bad examples of a foreign dataset are found, skipped or replaced, and named") {
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

TEST_CASE("Without order, batches come as they are ready; with it, they do not") {
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

TEST_CASE("A timeout is an error, and the loader can still be destroyed") {
  struct Slow : datasets::Dataset<Slow, int> {
    int get(std::size_t) override {
      std::this_thread::sleep_for(milliseconds(60));
      return 0;
    }
    torch::optional<std::size_t> size() const override { return 4; }
  };
  auto loader = boxfeed::make_data_loader<samplers::SequentialSampler>(
      Slow(), boxfeed::DataLoaderOptions(2).workers(1).timeout(milliseconds(5)));
  try {
    *loader->begin();
    FAIL("no timeout");
  } catch (const boxfeed::Error& error) {
    CHECK(error.reason() == Reason::kTimeout);
    CHECK_THAT(error.what(), ContainsSubstring("a batch of 2 beginning with example 0 has been loading for"));
  }
}

TEST_CASE("A batch size of 0, and a sampler for a dataset without a size, are refused") {
  CHECK_THROWS_AS(boxfeed::make_data_loader(NumberDataset(), boxfeed::DataLoaderOptions(0)), std::invalid_argument);
  struct Unsized : datasets::Dataset<Unsized, int> {
    int get(std::size_t) override { return 0; }
    torch::optional<std::size_t> size() const override { return torch::nullopt; }
  };
  CHECK_THROWS_AS(boxfeed::make_data_loader(Unsized()), std::invalid_argument);
}

TEST_CASE("A dataset that overrides get of one with a fast way is asked through it") {
  struct Overriding : FakeDataset {
    using FakeDataset::FakeDataset;
    Example<> get(std::size_t index) override { return {torch::full({1}, 100.0 + static_cast<double>(index)), {}}; }
  };
  static_assert(boxfeed::detail::FastPath<FakeDataset>::value);
  static_assert(!boxfeed::detail::FastPath<Overriding>::value);
  auto loader = boxfeed::make_data_loader<samplers::SequentialSampler>(Overriding(3), 2);
  const std::vector<Example<>> batch = *loader->begin();
  CHECK(batch[1].data.item<float>() == 101);
}
