#pragma once

#include <boxfeed/data/random_sampler.h>
#include <boxfeed/data/sequential_sampler.h>
#include <boxfeed/loader/data_loader.h>
#include <boxfeed/loader/data_loader_options.h>
#include <boxfeed/loader/detail/dataset_source.h>
#include <boxfeed/loader/detail/example_source.h>
#include <boxfeed/loader/detail/fast_path.h>
#include <boxfeed/loader/detail/stateful_source.h>
#include <torch/data/samplers/random.h>
#include <torch/data/samplers/sequential.h>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace boxfeed {
namespace detail {

/// The options of the core.
CoreOptions core_options(const FullDataLoaderOptions& options);
/// What must be the same where a state is loaded, but for the sampler's name.
Identity identity_of(const FullDataLoaderOptions& options, std::uint64_t seed, const torch::optional<std::size_t>& size,
                     const std::string& fingerprint);

template <typename Sampler>
std::unique_ptr<Order<typename Sampler::BatchRequestType>> make_order(Sampler sampler,
                                                                      const FullDataLoaderOptions& options) {
  if constexpr (std::is_base_of_v<samplers::SeededSampler, Sampler>) {
    if (options.seed) sampler.set_seed(*options.seed);
    return std::make_unique<SeededOrder>(std::make_unique<Sampler>(std::move(sampler)), options.batch_size,
                                         options.drop_last);
  } else {
    return std::make_unique<SamplerOrder<Sampler>>(std::move(sampler), options.batch_size, options.drop_last);
  }
}

/// A sampler made from the size of the dataset. LibTorch's become boxfeed's where the order stays what it would be:
/// always in sequence; at random, where a seed takes the place of the global generator.
template <typename Sampler>
std::unique_ptr<Order<typename Sampler::BatchRequestType>> make_order_of_size(std::size_t size,
                                                                              const FullDataLoaderOptions& options) {
  if constexpr (std::is_same_v<Sampler, torch::data::samplers::SequentialSampler>) {
    return make_order(samplers::SequentialSampler(size), options);
  } else {
    if constexpr (std::is_same_v<Sampler, torch::data::samplers::RandomSampler>) {
      if (options.seed) return make_order(samplers::RandomSampler(size), options);
    }
    return make_order(Sampler(size), options);
  }
}

template <typename Dataset>
using stateless_loader_t =
    std::enable_if_t<!Dataset::is_stateful, std::unique_ptr<DataLoader<typename LoadedBatch<Dataset>::type>>>;

template <typename Dataset, typename Request>
stateless_loader_t<Dataset> make_stateless_loader(Dataset dataset, std::unique_ptr<Order<Request>> order,
                                                  const FullDataLoaderOptions& options) {
  using Batch = typename LoadedBatch<Dataset>::type;
  const std::uint64_t seed = options.seed.value_or(order->seed());
  std::unique_ptr<JobSource> source;
  if constexpr (FastPath<Dataset>::value) {
    using Fast = FastPath<Dataset>;
    static_assert(std::is_same_v<Request, std::vector<std::size_t>>, "this dataset needs a sampler of indices");
    const auto& examples = Fast::source(dataset);
    Identity identity = identity_of(options, seed, dataset.size(), Fingerprint<typename Fast::Source>::of(examples));
    source = std::make_unique<ExampleSource<Batch>>(Fast::make_builder(examples), std::move(order), seed,
                                                    options.error_policy == ErrorPolicy::kReplace, std::move(identity));
  } else {
    Identity identity = identity_of(options, seed, dataset.size(), Fingerprint<Dataset>::of(dataset));
    source = std::make_unique<DatasetSource<Dataset, Request>>(std::move(dataset), std::move(order), options.workers,
                                                               options.error_policy, std::move(identity));
  }
  return std::make_unique<DataLoader<Batch>>(std::move(source), options, core_options(options));
}

}  // namespace detail

/// Makes a loader over a stateless `dataset` with a `sampler`.
template <typename Dataset, typename Sampler>
detail::stateless_loader_t<Dataset> make_data_loader(Dataset dataset, Sampler sampler, DataLoaderOptions options) {
  const FullDataLoaderOptions full(options, detail::FastPath<Dataset>::value);
  auto order = detail::make_order(std::move(sampler), full);
  return detail::make_stateless_loader(std::move(dataset), std::move(order), full);
}

/// Makes a loader over a stateless `dataset`, with a sampler made from the dataset's size: a random one by default.
template <typename Sampler = torch::data::samplers::RandomSampler, typename Dataset>
std::enable_if_t<std::is_constructible_v<Sampler, std::size_t>, detail::stateless_loader_t<Dataset>> make_data_loader(
    Dataset dataset, DataLoaderOptions options = {}) {
  const FullDataLoaderOptions full(options, detail::FastPath<Dataset>::value);
  const torch::optional<std::size_t> size = dataset.size();
  if (!size) throw std::invalid_argument("a sampler can be made only for a dataset that knows its size");
  auto order = detail::make_order_of_size<Sampler>(*size, full);
  return detail::make_stateless_loader(std::move(dataset), std::move(order), full);
}

/// Makes a loader over a stateful `dataset`.
template <typename Dataset, typename = std::enable_if_t<Dataset::is_stateful>>
std::unique_ptr<DataLoader<typename Dataset::BatchType::value_type>> make_data_loader(Dataset dataset,
                                                                                      DataLoaderOptions options = {}) {
  const FullDataLoaderOptions full(options);
  auto source =
      std::make_unique<detail::StatefulSource<Dataset>>(std::move(dataset), full.batch_size, full.workers > 0);
  return std::make_unique<DataLoader<typename Dataset::BatchType::value_type>>(std::move(source), full,
                                                                               detail::core_options(full));
}

}  // namespace boxfeed
