#include <boxfeed/data/batch_builder.h>
#include <boxfeed/data/csv_dataset.h>
#include <boxfeed/data/detection_dataset.h>
#include <boxfeed/loader/make_data_loader.h>
#include <torch/types.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "loader/fake_dataset.h"
#include "support/catch.h"

using namespace boxfeed;
using boxfeed::testing::FakeDataset;
using torch::data::Example;
namespace torch_transforms = torch::data::transforms;
template <typename Dataset, typename Collation>
using Mapped = torch::data::datasets::MapDataset<Dataset, Collation>;

namespace {

/// All that a dataset of one's own needs: the square of each index, which the builder takes from the dataset itself.
struct Squares {
  explicit Squares(std::vector<float> squares_) : squares(std::move(squares_)) {}
  torch::optional<std::size_t> size() const { return squares.size(); }
  std::unique_ptr<BatchBuilder<Example<>>> make_batch_builder() const {
    return std::make_unique<RowBatchBuilder>(RowSpec{{1}}, RowSpec{{1}},
                                             [this](const ExampleKey& key, void* data, void* target, StageTimes&) {
                                               const auto index = static_cast<float>(key.index);
                                               std::memcpy(data, &index, sizeof index);
                                               std::memcpy(target, &squares.at(key.index), sizeof(float));
                                             });
  }
  std::vector<float> squares;
};

struct OverridesGet : FakeDataset {
  using FakeDataset::FakeDataset;
  Example<> get(std::size_t index) override { return {torch::full({1}, 100.0 + static_cast<double>(index)), {}}; }
};
struct OverridesGetBatch : FakeDataset {
  using FakeDataset::FakeDataset;
  std::vector<Example<>> get_batch(torch::ArrayRef<std::size_t> indices) override {
    return {indices.size(), Example<>{torch::full({1}, 7), {}}};
  }
};
/// By number and by name: which of them is meant cannot be seen from outside.
struct Overloads : FakeDataset {
  using FakeDataset::FakeDataset;
  Example<> get(std::size_t index) override { return {torch::full({1}, 100.0 + static_cast<double>(index)), {}}; }
  Example<> get(const std::string&) { return get(0); }
};
struct Misspelt : torch::data::datasets::Dataset<Misspelt> {
  Example<> get(std::size_t) override { return {}; }
  torch::optional<std::size_t> size() const override { return 1; }
  std::unique_ptr<RowBatchBuilder> make_batchbuilder() const { return nullptr; }
};
/// Stacks, and does something more.
struct OwnCollation : torch_transforms::Collation<Example<>> {
  Example<> apply_batch(std::vector<Example<>> examples) override { return examples.front(); }
};
/// Of another type than the builder's.
struct First : torch_transforms::Collation<float, std::vector<Example<>>> {
  static constexpr bool same_as_built = true;
  float apply_batch(std::vector<Example<>> examples) override { return examples.front().data[0].item<float>(); }
};

static_assert(is_batch_buildable_v<Squares>);
static_assert(is_batch_buildable_v<FakeDataset>);
static_assert(is_batch_buildable_v<CsvDataset>);
static_assert(is_batch_buildable_v<DetectionDataset>);
static_assert(is_batch_buildable_v<Mapped<FakeDataset, torch_transforms::Stack<>>>);
static_assert(is_batch_buildable_v<Mapped<CsvDataset, torch_transforms::Stack<>>>);
static_assert(is_batch_buildable_v<Mapped<DetectionDataset, StackDetections>>);

static_assert(!is_batch_buildable_v<OverridesGet>);
static_assert(!is_batch_buildable_v<OverridesGetBatch>);
static_assert(!is_batch_buildable_v<Overloads>);
static_assert(!is_batch_buildable_v<Misspelt>);
static_assert(!is_batch_buildable_v<Mapped<Misspelt, torch_transforms::Stack<>>>);
static_assert(!is_batch_buildable_v<Mapped<OverridesGet, torch_transforms::Stack<>>>);
static_assert(!is_batch_buildable_v<Mapped<FakeDataset, OwnCollation>>);
static_assert(!is_batch_buildable_v<Mapped<FakeDataset, First>>);
static_assert(!is_batch_buildable_v<torch::data::datasets::TensorDataset>);
static_assert(!is_batch_buildable_v<int>);

}  // namespace

TEST_CASE("a dataset of one's own needs a size and a builder of its batches, which may refer to it") {
  for (const std::size_t workers : {0, 2}) {
    auto loader =
        make_data_loader<samplers::SequentialSampler>(Squares({0, 1, 4, 9, 16}), DataLoaderOptions(2).workers(workers));
    CHECK(loader->size() == 3);
    std::vector<float> values;
    for (auto& batch : *loader) {
      for (std::int64_t i = 0; i < batch.data.size(0); ++i) {
        values.push_back(batch.data[i][0].item<float>());
        values.push_back(batch.target[i][0].item<float>());
      }
    }
    CHECK(values == std::vector<float>{0, 0, 1, 1, 2, 4, 3, 9, 4, 16});
  }
}

TEST_CASE("a dataset that overrides get or get_batch of one with a builder is asked through it") {
  const auto first = [](auto dataset) {
    auto loader = make_data_loader<samplers::SequentialSampler>(std::move(dataset), 2);
    return std::vector<Example<>>(*loader->begin())[1].data[0].template item<float>();
  };
  CHECK(first(OverridesGet(3)) == 101);
  CHECK(first(Overloads(3)) == 101);
  CHECK(first(OverridesGetBatch(3)) == 7);
}

TEST_CASE("a collation of one's own is called, on a dataset with a builder too") {
  auto loader = make_data_loader<samplers::SequentialSampler>(FakeDataset(4).map(OwnCollation()), 2);
  CHECK((*loader->begin()).data.sizes() == torch::IntArrayRef{2});
}
