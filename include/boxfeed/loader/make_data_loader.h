#pragma once

#include <boxfeed/data/batch_builder.h>
#include <boxfeed/data/samplers.h>
#include <boxfeed/loader/data_loader.h>
#include <boxfeed/loader/data_loader_options.h>
#include <boxfeed/loader/detail/dataset_job.h>
#include <boxfeed/loader/detail/dataset_kind.h>
#include <boxfeed/loader/detail/example_job.h>
#include <boxfeed/loader/detail/sources.h>
#include <torch/data/samplers/random.h>
#include <torch/data/samplers/sequential.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace boxfeed {
namespace detail {

/// The core of a loader whose workers keep the threads of other libraries out.
std::shared_ptr<LoaderCore> make_core(std::unique_ptr<Source> source, const FullDataLoaderOptions& options);

template <typename Batch>
DataLoaderPointer<Batch> make_loader(std::unique_ptr<Source> source, const FullDataLoaderOptions& options) {
  return DataLoaderPointer<Batch>(new DataLoader<Batch>(make_core(std::move(source), options)));
}

/// The way of the batches to the device of the options; null where they stay in main memory.
template <typename Batch>
std::shared_ptr<DeviceStream> device_of(const FullDataLoaderOptions& options) {
  if (options.device.empty()) return nullptr;
  if (OnDevice<Batch>::transfer == Transfer::kNone) {
    throw std::invalid_argument("device: batches of this type cannot be copied to " + options.device +
                                ": give the type Batch to(torch::Device device, bool non_blocking) const");
  }
  return std::make_shared<DeviceStream>(c10::Device(options.device));
}

/// Jobs of a dataset whose batches are built in place, example by example.
template <typename Dataset>
MakeJob<std::vector<std::size_t>> built_jobs(Dataset dataset, std::uint64_t seed,
                                             const FullDataLoaderOptions& options) {
  using Batch = typename InPlace<Dataset>::Batch;
  struct Shared {
    explicit Shared(Dataset its) : dataset(std::move(its)) {}
    Dataset dataset;  // outlives the builder, which may refer to it
    std::unique_ptr<BatchBuilder<Batch>> builder = InPlace<Dataset>::source(dataset).make_batch_builder();
  };
  const auto shared = std::make_shared<Shared>(std::move(dataset));
  const auto device = device_of<Batch>(options);
  if (device) shared->builder->pin_memory();
  return [shared, device, seed, replaces = options.error_policy == ErrorPolicy::kReplace](auto indices,
                                                                                          std::uint64_t epoch) {
    return std::make_unique<ExampleJob<Batch>>(*shared->builder, std::move(indices), seed, epoch, replaces, device);
  };
}

/// Jobs of datasets of LibTorch's kinds, a batch at a time.
template <typename Request, typename Dataset>
MakeJob<Request> dataset_jobs(std::shared_ptr<Datasets<Dataset>> datasets, const FullDataLoaderOptions& options) {
  const ErrorPolicy policy = kIsStateful<Dataset> ? ErrorPolicy::kThrow : options.error_policy;
  using Batch = DeliveredBatch<Dataset>;
  return [datasets, policy, in_worker = options.workers > 0, device = device_of<Batch>(options)](Request request,
                                                                                                 std::uint64_t) {
    return std::make_unique<DatasetJob<Dataset, Request, Batch>>(*datasets, std::move(request), policy, in_worker,
                                                                 device);
  };
}

/// What must be the same of a dataset where a state is loaded: its size, and its fingerprint if it has one.
template <typename Dataset>
Identity dataset_identity(Dataset& dataset) {
  const torch::optional<std::size_t> size = dataset.size();
  std::string fingerprint = "none";
  if constexpr (kHasFingerprint<typename InPlace<Dataset>::Source>) {
    fingerprint = InPlace<Dataset>::source(dataset).fingerprint();
  }
  return {{"examples", size ? std::to_string(*size) : "unknown"}, {"dataset", std::move(fingerprint)}};
}

template <typename Dataset, typename Sampler>
auto make_sampled_loader(Dataset dataset, Sampler sampler, FullDataLoaderOptions options) {
  using Request = typename Sampler::BatchRequestType;
  constexpr bool seeded = std::is_base_of_v<samplers::SeededSampler, Sampler>;
  std::uint64_t seed = options.seed.value_or(0);
  if constexpr (seeded) {
    if (options.seed) sampler.set_seed(seed);
    seed = sampler.seed();
  }
  Identity identity = dataset_identity(dataset);
  if constexpr (kHasCacheableBytes<typename InPlace<Dataset>::Source>) {
    options.cacheable_bytes = InPlace<Dataset>::source(dataset).cacheable_bytes();
  }
  MakeJob<Request> make_job;
  if constexpr (InPlace<Dataset>::value) {
    make_job = built_jobs(std::move(dataset), seed, options);
  } else {
    auto datasets = std::make_shared<Datasets<Dataset>>(copies_for_workers(std::move(dataset), options.workers));
    make_job = dataset_jobs<Request>(std::move(datasets), options);
  }
  std::unique_ptr<Source> source;
  if constexpr (seeded) {
    source =
        seeded_source(std::make_unique<Sampler>(std::move(sampler)), options, std::move(identity), std::move(make_job));
  } else {
    source = std::make_unique<SampledSource<Sampler>>(std::move(sampler), options, std::move(make_job));
  }
  return make_loader<DeliveredBatch<Dataset>>(std::move(source), options);
}

template <typename Dataset>
auto make_stateful_loader(Dataset dataset, const FullDataLoaderOptions& options) {
  using Request = typename Dataset::BatchRequestType;
  auto datasets = std::make_shared<Datasets<Dataset>>();
  datasets->push_back(std::make_unique<Dataset>(std::move(dataset)));
  return make_loader<DeliveredBatch<Dataset>>(
      std::make_unique<StatefulSource<Request>>(
          Request(options.batch_size), [datasets] { datasets->front()->reset(); },
          dataset_jobs<Request>(datasets, options)),
      options);
}

/// A sampler of the dataset's size. LibTorch's own are replaced by boxfeed's where that does not change the order:
/// always in sequence; at random where a seed takes the place of the global generator.
template <typename Sampler, typename Dataset>
auto make_loader_of_size(Dataset dataset, const FullDataLoaderOptions& options) {
  const torch::optional<std::size_t> size = dataset.size();
  if (!size) {
    throw std::invalid_argument(
        "Expected the dataset to be sized, since a sampler is made of its size: hand in a sampler");
  }
  if constexpr (std::is_same_v<Sampler, torch::data::samplers::SequentialSampler>) {
    return make_sampled_loader(std::move(dataset), samplers::SequentialSampler(*size), options);
  } else {
    if constexpr (std::is_same_v<Sampler, torch::data::samplers::RandomSampler>) {
      if (options.seed) return make_sampled_loader(std::move(dataset), samplers::RandomSampler(*size), options);
    }
    return make_sampled_loader(std::move(dataset), Sampler(*size), options);
  }
}

}  // namespace detail

/// Makes a loader over a stateless `dataset` with a `sampler`.
template <typename Dataset, typename Sampler>
DataLoaderPointer<detail::DeliveredBatch<Dataset>> make_data_loader(Dataset dataset, Sampler sampler,
                                                                    DataLoaderOptions options) {
  constexpr bool fits = detail::check_dataset<Dataset>();
  if constexpr (fits) {
    if constexpr (detail::check_sampler<Dataset, Sampler>()) {
      return detail::make_sampled_loader(std::move(dataset), std::move(sampler),
                                         FullDataLoaderOptions(options, is_batch_buildable_v<Dataset>));
    }
  }
}

/// Makes a loader over a `dataset`. A stateless one gets a sampler made of its size: a random one by default.
template <typename Sampler = torch::data::samplers::RandomSampler, typename Dataset>
DataLoaderPointer<detail::DeliveredBatch<Dataset>> make_data_loader(Dataset dataset, DataLoaderOptions options = {}) {
  if constexpr (detail::check_dataset<Dataset>()) {
    const FullDataLoaderOptions full(options, is_batch_buildable_v<Dataset>);
    if constexpr (detail::kIsStateful<Dataset>) {
      return detail::make_stateful_loader(std::move(dataset), full);
    } else if constexpr (detail::check_sampler<Dataset, Sampler>()) {
      static_assert(std::is_constructible_v<Sampler, std::size_t>,
                    "boxfeed::make_data_loader: this sampler is not made of a dataset's size alone. Hand one in: "
                    "make_data_loader(dataset, sampler, options).");
      if constexpr (std::is_constructible_v<Sampler, std::size_t>) {
        return detail::make_loader_of_size<Sampler>(std::move(dataset), full);
      }
    }
  }
}

}  // namespace boxfeed
