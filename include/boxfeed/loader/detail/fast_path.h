#pragma once

#include <boxfeed/data/row_batch_builder.h>
#include <torch/data/datasets/map.h>
#include <torch/data/transforms/stack.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace boxfeed::detail {

/// The class that declares a member.
template <typename Member>
struct DeclaringClass;
template <typename Class, typename Type>
struct DeclaringClass<Type Class::*> {
  using type = Class;
};
template <typename Member>
using declaring_class_t = typename DeclaringClass<Member>::type;

/// True unless `Get` is declared in a class derived from the one that declares `Fast`: then someone has overridden
/// `get`, and the fast way past it would not be the same.
template <typename Get, typename Fast>
constexpr bool kFastIsLatest = std::is_same_v<declaring_class_t<Get>, declaring_class_t<Fast>> ||
                               !std::is_base_of_v<declaring_class_t<Fast>, declaring_class_t<Get>>;

/// Whether, and how, a dataset's examples are written into a batch in place.
template <typename Dataset, typename = void>
struct FastPath : std::false_type {};

/// Datasets with rows of one size.
template <typename Dataset>
struct FastPath<Dataset,
                std::enable_if_t<kFastIsLatest<decltype(&Dataset::get), decltype(&Dataset::write_example)> &&
                                 kFastIsLatest<decltype(&Dataset::get_batch), decltype(&Dataset::write_example)>>>
    : std::true_type {
  using Batch = torch::data::Example<>;
  using Source = Dataset;

  static const Dataset& source(Dataset& dataset) { return dataset; }
  static std::unique_ptr<BatchBuilder<Batch>> make_builder(const Dataset& dataset) {
    return std::make_unique<RowBatchBuilder>(
        dataset.data_spec(), dataset.target_spec(),
        [dataset](const ExampleKey& key, void* data, void* target, StageTimes& times) {
          dataset.write_example(key, data, target, times);
        });
  }
};

/// Datasets that bring the builder of their batches.
template <typename Dataset>
struct FastPath<Dataset,
                std::enable_if_t<kFastIsLatest<decltype(&Dataset::get_batch), decltype(&Dataset::make_batch_builder)>>>
    : std::true_type {
  using Builder = typename decltype(std::declval<const Dataset&>().make_batch_builder())::element_type;
  using Batch = typename Builder::BatchType;
  using Source = Dataset;

  static const Dataset& source(Dataset& dataset) { return dataset; }
  static std::unique_ptr<BatchBuilder<Batch>> make_builder(const Dataset& dataset) {
    return dataset.make_batch_builder();
  }
};

/// `dataset.map(Stack<>())`: rows in one batch are what a stack of them would be.
template <typename Dataset>
struct FastPath<torch::data::datasets::MapDataset<Dataset, torch::data::transforms::Stack<torch::data::Example<>>>,
                std::enable_if_t<FastPath<Dataset>::value &&
                                 std::is_same_v<typename Dataset::BatchType, std::vector<torch::data::Example<>>>>>
    : FastPath<Dataset> {
  using Map = torch::data::datasets::MapDataset<Dataset, torch::data::transforms::Stack<torch::data::Example<>>>;

  static const Dataset& source(Map& dataset) { return dataset.dataset(); }
};

/// What a loader over a dataset delivers.
template <typename Dataset, bool kFast = FastPath<Dataset>::value>
struct LoadedBatch {
  using type = typename FastPath<Dataset>::Batch;
};
template <typename Dataset>
struct LoadedBatch<Dataset, false> {
  using type = typename Dataset::BatchType;
};

/// A dataset's fingerprint as text; its size alone where it has none.
template <typename Dataset, typename = void>
struct Fingerprint {
  static std::string of(const Dataset&) { return "none"; }
};
template <typename Dataset>
struct Fingerprint<Dataset, std::void_t<decltype(std::declval<const Dataset&>().fingerprint())>> {
  static std::string of(const Dataset& dataset) {
    if constexpr (std::is_arithmetic_v<decltype(dataset.fingerprint())>) {
      return std::to_string(dataset.fingerprint());
    } else {
      return dataset.fingerprint();
    }
  }
};

}  // namespace boxfeed::detail
