// Each of these is refused by the compiler, with the sentence that stands above it.
#include <boxfeed/loader/make_data_loader.h>
#include <torch/data/datasets/stateful.h>
#include <torch/data/samplers/distributed.h>
#include <torch/data/samplers/stream.h>
#include <torch/data/transforms/tensor.h>

#include <string>
#include <vector>

using torch::data::Example;
namespace datasets = torch::data::datasets;
namespace samplers = torch::data::samplers;
namespace transforms = torch::data::transforms;

struct Numbers : datasets::Dataset<Numbers> {
  Example<> get(std::size_t) override { return {}; }
  torch::optional<std::size_t> size() const override { return 10; }
};
struct Named : datasets::Dataset<Named, Example<torch::Tensor, std::string>> {
  ExampleType get(std::size_t) override { return {}; }
  torch::optional<std::size_t> size() const override { return 10; }
};
struct Stream : datasets::StreamDataset<Stream> {
  std::vector<Example<>> get_batch(std::size_t) override { return {}; }
  torch::optional<std::size_t> size() const override { return torch::nullopt; }
};
struct Stateful : datasets::StatefulDataset<Stateful> {
  torch::optional<std::vector<Example<>>> get_batch(std::size_t) override { return torch::nullopt; }
  void reset() override {}
  torch::optional<std::size_t> size() const override { return 10; }
  void save(torch::serialize::OutputArchive&) const override {}
  void load(torch::serialize::InputArchive&) override {}
};

// refused: its first argument is no dataset. Derive it from torch::data::datasets::Dataset
struct OnlyGet {
  Example<> get(std::size_t) { return {}; }
  torch::optional<std::size_t> size() const { return 10; }
};
struct OnlySize {
  torch::optional<std::size_t> size() const { return 10; }
};
void without_get() { boxfeed::make_data_loader(OnlySize(), 2); }
void no_dataset() { boxfeed::make_data_loader(OnlyGet(), boxfeed::DataLoaderOptions(2)); }
void no_dataset_with_a_sampler() { boxfeed::make_data_loader(3, samplers::RandomSampler(10), 2); }

// refused: this dataset has no size. Give it torch::optional<std::size_t> size() const
struct OnlyBuilds {
  std::unique_ptr<boxfeed::BatchBuilder<Example<>>> make_batch_builder() const { return nullptr; }
};
void no_size() { boxfeed::make_data_loader(OnlyBuilds(), 2); }

// refused: make_batch_builder() of a dataset must be const and return a std::unique_ptr<boxfeed::BatchBuilder<Batch>>
struct BuildsWhatever {
  std::vector<int> make_batch_builder() const { return {}; }
  torch::optional<std::size_t> size() const { return 10; }
};
void no_builder() { boxfeed::make_data_loader(BuildsWhatever(), 2); }

// refused: this is no sampler. It is called as make_data_loader(dataset, sampler, options)
void no_sampler() { boxfeed::make_data_loader(Numbers(), 3, boxfeed::DataLoaderOptions(2)); }
void no_sampler_type() { boxfeed::make_data_loader<Numbers>(Numbers()); }

// refused: this sampler is of the wrong kind for the dataset
void indices_for_a_stream() { boxfeed::make_data_loader(Stream(), samplers::RandomSampler(10), 2); }
void a_number_for_indices() { boxfeed::make_data_loader(Numbers(), samplers::StreamSampler(10), 2); }

// refused: a stateful dataset decides itself what is next, and takes no sampler
void sampler_for_stateful() { boxfeed::make_data_loader(Stateful(), samplers::RandomSampler(10), 2); }

// refused: this sampler is not made of a dataset's size alone. Hand one in
struct NeedsTwo : samplers::RandomSampler {
  NeedsTwo(std::int64_t size, int) : samplers::RandomSampler(size) {}
};
void sampler_of_two_numbers() { boxfeed::make_data_loader<NeedsTwo>(Numbers(), 2); }

// refused: the collation or transform that is mapped on this dataset takes another type of batch than the dataset gives
void wrong_collation() { boxfeed::make_data_loader(Named().map(transforms::Stack<>()), 2); }
void wrong_transform() {
  boxfeed::make_data_loader(Named().map(transforms::Normalize<>(0.5, 0.5)).map(transforms::Stack<>()), 2);
}

// refused: a loop over *make_data_loader(...) would outlive the loader. Keep it in a variable
void dangling() {
  for (auto& batch : *boxfeed::make_data_loader(Numbers(), 2)) static_cast<void>(batch);
}
