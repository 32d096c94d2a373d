// Kinds of datasets and samplers that LibTorch's loader takes beside the usual ones, and what its iterators promise.
#include <boxfeed/loader/make_data_loader.h>
#include <torch/torch.h>

#include <condition_variable>
#include <iterator>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "loader/libtorch_datasets.h"
#include "support/catch.h"

using namespace torch::data;  // NOLINT: what is boxfeed's is named with it
using namespace boxfeed::testing;
using Options = boxfeed::DataLoaderOptions;
using Ints = std::vector<int>;

namespace {

/// A request that is no list of indices: every so many-th number from a start.
struct Stride : torch::data::samplers::CustomBatchRequest {
  Stride(std::size_t start_, std::size_t step_, std::size_t count_) : start(start_), step(step_), count(count_) {}
  std::size_t size() const override { return count; }
  std::size_t start, step, count;
};

struct StrideSampler : torch::data::samplers::Sampler<Stride> {
  void reset(torch::optional<std::size_t> = torch::nullopt) override { next_start = 0; }
  torch::optional<Stride> next(std::size_t batch_size) override {
    if (next_start == 3) return torch::nullopt;
    return Stride(next_start++, 10, batch_size);
  }
  void save(torch::serialize::OutputArchive&) const override {}
  void load(torch::serialize::InputArchive&) override {}
  std::size_t next_start = 0;
};

struct StrideDataset : datasets::BatchDataset<StrideDataset, Numbers, Stride> {
  Numbers get_batch(Stride stride) override {
    Numbers batch;
    for (std::size_t i = 0; i < stride.count; ++i) batch.push_back(stride.start + i * stride.step);
    return batch;
  }
  torch::optional<std::size_t> size() const override { return torch::nullopt; }
};

/// Stateful, can be neither copied nor moved, and gives a single number at a time: 0 to 9.
struct Counter : datasets::StatefulDataset<Counter, int, std::size_t> {
  torch::optional<int> get_batch(std::size_t) override {
    const std::lock_guard<std::mutex> lock(mutex);
    if (next == 10) return torch::nullopt;
    return next++;
  }
  void reset() override { next = 0; }
  torch::optional<std::size_t> size() const override { return 10; }
  void save(torch::serialize::OutputArchive&) const override {}
  void load(torch::serialize::InputArchive&) override {}
  std::mutex mutex;
  int next = 0;
};

/// Stateful, of examples that can be stacked: twice as many as are asked for at once, then no more.
struct Twice : datasets::StatefulDataset<Twice> {
  torch::optional<std::vector<Example<>>> get_batch(std::size_t batch_size) override {
    if (given == 2) return torch::nullopt;
    ++given;
    return std::vector<Example<>>(batch_size, {torch::full({3}, given), torch::full({1}, -given)});
  }
  void reset() override { given = 0; }
  torch::optional<std::size_t> size() const override { return torch::nullopt; }
  void save(torch::serialize::OutputArchive&) const override {}
  void load(torch::serialize::InputArchive&) override {}
  int given = 0;
};

struct NotCopied : datasets::Dataset<NotCopied, int> {
  explicit NotCopied(int factor_) : factor(factor_) {}
  NotCopied(const NotCopied&) = delete;
  NotCopied(NotCopied&&) = default;
  NotCopied& operator=(const NotCopied&) = delete;
  NotCopied& operator=(NotCopied&&) = default;
  ~NotCopied() override = default;
  int get(std::size_t index) override { return factor * static_cast<int>(index); }
  torch::optional<std::size_t> size() const override { return 8; }
  int factor;
};

struct Named : datasets::Dataset<Named, Example<torch::Tensor, std::string>> {
  Example<torch::Tensor, std::string> get(std::size_t index) override {
    return {torch::full({2}, static_cast<double>(index)), "number " + std::to_string(index)};
  }
  torch::optional<std::size_t> size() const override { return 5; }
};

}  // namespace

TEST_CASE("a request may be of the user's own type") {
  for (const std::size_t workers : {0, 1, 3}) {
    auto loader = boxfeed::make_data_loader(StrideDataset(), StrideSampler(), Options(4).workers(workers));
    for (int epoch = 0; epoch < 2; ++epoch) {
      CHECK(all_of(*loader) == std::vector<Numbers>{{0, 10, 20, 30}, {1, 11, 21, 31}, {2, 12, 22, 32}});
    }
  }
}

TEST_CASE("a stream with a transform, and an epoch of so many batches") {
  auto loader = boxfeed::make_data_loader(
      CountingStream().map(transforms::Lambda<std::size_t>([](std::size_t x) { return 2 * x; })),
      samplers::StreamSampler(6), Options(3));
  CHECK(all_of(*loader) == std::vector<Numbers>{{0, 2, 4}, {6, 8, 10}});
  CHECK(all_of(*loader) == std::vector<Numbers>{{12, 14, 16}, {18, 20, 22}});
}

TEST_CASE("a shared dataset is not copied, whatever the workers") {
  for (const std::size_t workers : {0, 3}) {
    auto made = datasets::make_shared_dataset<NotCopied>(3);
    auto loader = boxfeed::make_data_loader<samplers::SequentialSampler>(made, Options(4).workers(workers));
    CHECK(all_of(*loader) == std::vector<Ints>{{0, 3, 6, 9}, {12, 15, 18, 21}});
  }
}

TEST_CASE("a tensor dataset, with a stack and without, targets that are no tensors") {
  const auto rows = torch::arange(12, torch::kFloat32).reshape({4, 3});
  auto stacked = boxfeed::make_data_loader<samplers::SequentialSampler>(
      datasets::TensorDataset(rows).map(transforms::Stack<TensorExample>()), Options(2).workers(1));
  std::vector<torch::Tensor> parts;
  for (auto& batch : *stacked) parts.push_back(batch.data);
  REQUIRE(parts.size() == 2);
  CHECK(torch::equal(torch::cat(parts), rows));
  auto separate = boxfeed::make_data_loader<samplers::SequentialSampler>(datasets::TensorDataset(rows), Options(3));
  const auto first = *separate->begin();
  REQUIRE(first.size() == 3);
  CHECK(torch::equal(first[2].data, rows[2]));

  auto doubled = Named().map(transforms::TensorLambda<std::string>([](torch::Tensor t) { return 2 * t; }));
  auto named = boxfeed::make_data_loader<samplers::SequentialSampler>(std::move(doubled), Options(2).workers(2));
  std::vector<std::string> targets;
  for (auto& batch : *named) {
    for (auto& example : batch) {
      CHECK(example.target == "number " + std::to_string(example.data[0].item<int>() / 2));
      targets.push_back(example.target);
    }
  }
  CHECK(targets.size() == 5);
}

TEST_CASE("a stateful dataset, shared by workers: counted by the distance of its iterators, epoch after epoch") {
  for (const std::size_t workers : {0, 4}) {
    auto loader = boxfeed::make_data_loader(datasets::make_shared_dataset<Counter>(), Options().workers(workers));
    for (int epoch = 0; epoch < 10; ++epoch) CHECK(std::distance(loader->begin(), loader->end()) == 10);
    const Ints numbers = all_of(*loader);
    CHECK(std::set<int>(numbers.begin(), numbers.end()) == std::set<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  }
}

TEST_CASE("a stateful dataset with a stack, and with one transform after the other") {
  auto stacked = boxfeed::make_data_loader(Twice().map(transforms::Stack<>()), Options(5));
  for (int epoch = 0; epoch < 2; ++epoch) {
    float expected = 1;
    for (auto& batch : *stacked) {
      CHECK(torch::equal(batch.data, torch::full({5, 3}, expected)));
      CHECK(torch::equal(batch.target, torch::full({5, 1}, -expected)));
      ++expected;
    }
    CHECK(expected == 3);
  }
  auto chained = boxfeed::make_data_loader(
      StatefulNumbers()
          .map(transforms::BatchLambda<Ints, int>([](Ints batch) { return batch.front(); }))
          .map(transforms::BatchLambda<int, std::string>([](int number) { return std::to_string(number); })),
      Options(4));
  CHECK(all_of(*chained) == std::vector<std::string>{"0", "4", "8"});
}

TEST_CASE("batches come in order, though workers finish in another: the last first") {
  constexpr std::size_t kBatches = 8;
  struct Backwards : datasets::BatchDataset<Backwards, std::size_t> {
    struct Shared {
      std::mutex mutex;
      std::condition_variable changed;
      std::size_t next = kBatches - 1;
    };
    std::size_t get_batch(torch::ArrayRef<std::size_t> indices) override {
      std::unique_lock<std::mutex> lock(shared->mutex);
      shared->changed.wait(lock, [&] { return shared->next == indices.front(); });
      --shared->next;
      shared->changed.notify_all();
      return indices.front();
    }
    torch::optional<std::size_t> size() const override { return kBatches; }
    std::shared_ptr<Shared> shared = std::make_shared<Shared>();
  };
  auto loader = boxfeed::make_data_loader<samplers::SequentialSampler>(Backwards(),
                                                                       Options(1).workers(kBatches).max_jobs(kBatches));
  CHECK(all_of(*loader) == Numbers{0, 1, 2, 3, 4, 5, 6, 7});
}

TEST_CASE("an iterator gives its batch as often as it is asked, and loops may be begun with the same variable") {
  for (const std::size_t workers : {0, 2}) {
    auto loader = boxfeed::make_data_loader<samplers::SequentialSampler>(NumberDataset(4), Options(2).workers(workers));
    auto i = loader->begin();
    for (int epoch = 0; epoch < 3; ++epoch) {
      CHECK(*i == Ints{1, 2});
      CHECK(*i == Ints{1, 2});
      CHECK(i->size() == 2);
      CHECK(*++i == Ints{3, 4});
      CHECK(*i == Ints{3, 4});
      CHECK(++i == loader->end());
      i = loader->begin();
    }
    auto end = loader->end();
    CHECK_THROWS_AS(++end, c10::Error);
  }
}

TEST_CASE("an exception of a worker has LibTorch's type and text, and the original in it") {
  struct Bad : datasets::Dataset<Bad, int> {
    int get(std::size_t) override { throw std::invalid_argument("badness"); }
    torch::optional<std::size_t> size() const override { return 100; }
  };
  auto loader = boxfeed::make_data_loader(Bad(), samplers::RandomSampler(100), Options().workers(2));
  try {
    static_cast<void>(*loader->begin());
    FAIL("nothing was thrown");
  } catch (const WorkerException& error) {
    CHECK(std::string(error.what()) == "Caught exception in DataLoader worker thread. Original message: badness");
    CHECK_THROWS_AS(std::rethrow_exception(error.original_exception), std::invalid_argument);
  }
}
