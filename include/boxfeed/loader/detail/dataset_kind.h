#pragma once

#include <boxfeed/data/batch_builder.h>
#include <torch/data/example.h>
#include <torch/types.h>

#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

namespace boxfeed::detail {

/// True for a dataset that decides itself what is next, and when an epoch is over.
template <typename Dataset, typename = void>
inline constexpr bool kIsStateful = false;
template <typename Dataset>
inline constexpr bool kIsStateful<Dataset, std::enable_if_t<Dataset::is_stateful>> = true;

template <typename Dataset, typename = void>
inline constexpr bool kHasBatches = false;
template <typename Dataset>
inline constexpr bool kHasBatches<
    Dataset, std::void_t<typename Dataset::BatchType, decltype(std::declval<Dataset&>().get_batch(
                                                          std::declval<typename Dataset::BatchRequestType>()))>> = true;

template <typename Dataset, typename = void>
inline constexpr bool kHasSize = false;
template <typename Dataset>
inline constexpr bool
    kHasSize<Dataset, std::enable_if_t<std::is_convertible_v<decltype(std::declval<const Dataset&>().size()),
                                                             torch::optional<std::size_t>>>> = true;

template <typename Sampler, typename = void>
inline constexpr bool kIsSampler = false;
template <typename Sampler>
inline constexpr bool
    kIsSampler<Sampler, std::void_t<typename Sampler::BatchRequestType, decltype(std::declval<Sampler&>().reset()),
                                    decltype(std::declval<Sampler&>().next(std::size_t{}))>> = true;

template <typename Type>
struct TypeIs {
  using type = Type;
};
template <typename Dataset>
constexpr auto delivered() {
  if constexpr (InPlace<Dataset>::value) {
    return TypeIs<typename InPlace<Dataset>::Batch>();
  } else if constexpr (!kHasBatches<Dataset>) {
    return TypeIs<torch::data::Example<>>();  // what is no dataset is refused elsewhere
  } else if constexpr (kIsStateful<Dataset>) {
    return TypeIs<typename Dataset::BatchType::value_type>();
  } else {
    return TypeIs<typename Dataset::BatchType>();
  }
}
/// What a loader over a dataset delivers.
template <typename Dataset>
using DeliveredBatch = typename decltype(delivered<Dataset>())::type;

/// What a transform that is mapped on a dataset takes is what the dataset gives, for all that are mapped on it.
template <typename Dataset>
inline constexpr bool kMapFits = true;
template <typename Dataset, typename Transform>
inline constexpr bool kMapFits<torch::data::datasets::MapDataset<Dataset, Transform>> =
    kMapFits<Dataset> &&
    (kIsStateful<Dataset> || std::is_same_v<typename Dataset::BatchType, typename Transform::InputBatchType>);

/// Refuses what is no dataset, with a sentence; false then.
template <typename Dataset>
constexpr bool check_dataset() {
  constexpr bool loads = InPlace<Dataset>::value || kHasBatches<Dataset>;
  static_assert(loads,
                "boxfeed::make_data_loader: its first argument is no dataset. Derive it from "
                "torch::data::datasets::Dataset and give it get(index) and size(), or give it make_batch_builder() "
                "const and size() const.");
  static_assert(!loads || kHasSize<Dataset>,
                "boxfeed::make_data_loader: this dataset has no size. Give it torch::optional<std::size_t> size() "
                "const; torch::nullopt says that it is not known.");
  static_assert(kMapFits<Dataset>,
                "boxfeed::make_data_loader: the collation or transform that is mapped on this dataset takes another "
                "type of batch than the dataset gives: its InputBatchType must be the dataset's BatchType.");
  return loads && kHasSize<Dataset> && kMapFits<Dataset>;
}

template <typename Dataset, typename Sampler>
constexpr bool takes_requests() {
  using Request = typename Sampler::BatchRequestType;
  if constexpr (InPlace<Dataset>::value) {
    return std::is_same_v<Request, std::vector<std::size_t>>;
  } else {
    return std::is_convertible_v<Request, typename Dataset::BatchRequestType>;
  }
}

/// Refuses what is no sampler for this dataset, with a sentence; false then. Requires: `check_dataset`.
template <typename Dataset, typename Sampler>
constexpr bool check_sampler() {
  constexpr bool samples = kIsSampler<Sampler>;
  static_assert(
      samples,
      "boxfeed::make_data_loader: this is no sampler. It is called as make_data_loader(dataset, sampler, "
      "options) or make_data_loader<Sampler>(dataset, options), and a sampler has a BatchRequestType, reset() "
      "and next(batch_size).");
  static_assert(!kIsStateful<Dataset>,
                "boxfeed::make_data_loader: a stateful dataset decides itself what is next, and takes no sampler.");
  if constexpr (samples && !kIsStateful<Dataset>) {
    constexpr bool fits = takes_requests<Dataset, Sampler>();
    static_assert(fits,
                  "boxfeed::make_data_loader: this sampler is of the wrong kind for the dataset: its BatchRequestType "
                  "is not what the dataset's get_batch takes. Most datasets take indices, streams the number of "
                  "examples (torch::data::samplers::StreamSampler).");
    return fits;
  } else {
    return false;
  }
}

}  // namespace boxfeed::detail
