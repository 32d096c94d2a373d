#pragma once

#include <boxfeed/core/random.h>
#include <boxfeed/core/stage_times.h>
#include <torch/csrc/utils/variadic.h>
#include <torch/data/datasets/map.h>
#include <torch/data/transforms/stack.h>

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace boxfeed {

/// A batch under construction: its memory is there, its places are being filled.
template <typename Batch>
class BatchInProgress {
 public:
  virtual ~BatchInProgress() = default;

  /// Loads the example that `key` names into a place, and books the time of each stage. May be called again for the
  /// same place after it has thrown. Thread safety: called for several places at once.
  virtual void fill(std::size_t place, const ExampleKey& key, StageTimes& times) = 0;

  /// The batch of the places `kept`, in ascending order. Called once, after all filling.
  virtual Batch finish(const std::vector<std::size_t>& kept) = 0;
};

/// Makes batches in place: the loader's workers fill the examples of one batch at the same time, each in its own place,
/// so that nothing is copied together afterwards.
///
/// A dataset of one's own that has two methods is loaded through it: `torch::optional<std::size_t> size() const` and
/// `std::unique_ptr<BatchBuilder<Batch>> make_batch_builder() const`. What the builder refers to of the dataset lives
/// as long as the builder. Where all rows have one size, `RowBatchBuilder` is one: `examples/own_dataset.cpp` shows it.
/// `is_batch_buildable_v<Dataset>` says whether a dataset is taken for one.
///
/// Thread safety: used by the loader's caller alone.
template <typename Batch>
class BatchBuilder {
 public:
  using BatchType = Batch;

  virtual ~BatchBuilder() = default;

  /// Gets the memory for a batch of up to `size` examples.
  virtual std::unique_ptr<BatchInProgress<Batch>> start(std::size_t size) = 0;
  /// Has the memory of all further batches be page-locked, where there is such memory, so that a device can copy from
  /// it while it computes.
  virtual void pin_memory() {}
  /// Has the examples from number `first` on be those of `other`, from its first one on. Called before any batch is
  /// started. Throws: `std::invalid_argument` where their batches are not of one kind.
  virtual void append(std::unique_ptr<BatchBuilder> other, std::size_t first) {
    static_cast<void>(other);
    throw std::invalid_argument(
        "ConcatDataset: expected builders of batches that can append, got one that cannot, for "
        "the examples from " +
        std::to_string(first) + " on");
  }
  /// The bytes that `start(size)` gets.
  virtual std::size_t bytes(std::size_t size) const = 0;
};

namespace detail {

template <typename Member>
struct DeclaringClass;
template <typename Class, typename Type>
struct DeclaringClass<Type Class::*> {
  using type = Class;
};
/// True if the member is declared in a class that is derived from `Base`.
template <typename Member, typename Base>
inline constexpr bool kIsLater = !std::is_same_v<typename DeclaringClass<Member>::type, Base> &&
                                 std::is_base_of_v<Base, typename DeclaringClass<Member>::type>;

template <typename Dataset, typename = void>
struct HasGet : std::false_type {};
template <typename Dataset>
struct HasGet<Dataset, std::void_t<decltype(std::declval<Dataset&>().get(std::size_t{}))>> : std::true_type {};

/// True if someone has overridden `get` or `get_batch` in a class derived from `Base`, so that the way past them would
/// not be the same; or may have, where `get` is overloaded.
template <typename Dataset, typename Base, typename = void>
struct OverridesGet : HasGet<Dataset> {};
template <typename Dataset, typename Base>
struct OverridesGet<Dataset, Base, std::void_t<decltype(&Dataset::get)>>
    : std::bool_constant<kIsLater<decltype(&Dataset::get), Base>> {};
template <typename Dataset, typename Base, typename = void>
struct OverridesGetBatch : std::false_type {};
template <typename Dataset, typename Base>
struct OverridesGetBatch<Dataset, Base, std::void_t<decltype(&Dataset::get_batch)>>
    : std::bool_constant<kIsLater<decltype(&Dataset::get_batch), Base>> {};

/// The batch of what `make_batch_builder` returns.
template <typename Pointer>
struct BuiltBatch : std::false_type {
  using type = void;
};
template <typename Builder>
struct BuiltBatch<std::unique_ptr<Builder>>
    : std::bool_constant<std::is_base_of_v<BatchBuilder<typename Builder::BatchType>, Builder>> {
  using type = typename Builder::BatchType;
};
template <typename Dataset, typename = void>
struct BuiltBatchOf : BuiltBatch<void> {};
template <typename Dataset>
struct BuiltBatchOf<Dataset, std::void_t<decltype(std::declval<const Dataset&>().make_batch_builder())>>
    : BuiltBatch<decltype(std::declval<const Dataset&>().make_batch_builder())> {};

/// Whether a dataset's batches are built in place, and what builds them.
template <typename Dataset, typename = void>
struct InPlace : std::false_type {
  using Source = Dataset;
  static const Dataset& source(Dataset& dataset) { return dataset; }
};
template <typename Dataset>
struct InPlace<Dataset, std::void_t<decltype(&Dataset::make_batch_builder)>> {
  static_assert(BuiltBatchOf<Dataset>::value,
                "boxfeed: make_batch_builder() of a dataset must be const and return a "
                "std::unique_ptr<boxfeed::BatchBuilder<Batch>>");
  using Class = typename DeclaringClass<decltype(&Dataset::make_batch_builder)>::type;
  static constexpr bool value = !OverridesGet<Dataset, Class>::value && !OverridesGetBatch<Dataset, Class>::value;
  using Batch = typename BuiltBatchOf<Dataset>::type;
  using Source = Dataset;
  static const Dataset& source(Dataset& dataset) { return dataset; }
};

template <typename Dataset, typename = void>
inline constexpr bool kHasFingerprint = false;
template <typename Dataset>
inline constexpr bool kHasFingerprint<Dataset, std::void_t<decltype(std::declval<const Dataset&>().fingerprint())>> =
    true;

template <typename Dataset, typename = void>
inline constexpr bool kHasCacheableBytes = false;
template <typename Dataset>
inline constexpr bool
    kHasCacheableBytes<Dataset, std::void_t<decltype(std::declval<const Dataset&>().cacheable_bytes())>> = true;

/// True if a batch that is built in place is what the collation would make of the examples.
template <typename Collation, typename = void>
struct IsSameAsBuilt : std::false_type {};
template <typename Example>
struct IsSameAsBuilt<torch::data::transforms::Stack<Example>> : std::true_type {};
template <typename Collation>
struct IsSameAsBuilt<Collation, std::enable_if_t<Collation::same_as_built>> : std::true_type {};

/// `dataset.map(Stack<>())`.
template <typename Dataset, typename Collation>
struct InPlace<torch::data::datasets::MapDataset<Dataset, Collation>,
               std::enable_if_t<InPlace<Dataset>::value && IsSameAsBuilt<Collation>::value &&
                                std::is_same_v<typename Collation::InputBatchType, typename Dataset::BatchType> &&
                                std::is_same_v<typename Collation::OutputBatchType, typename InPlace<Dataset>::Batch>>>
    : InPlace<Dataset> {
  using Map = torch::data::datasets::MapDataset<Dataset, Collation>;
  static const Dataset& source(Map& dataset) { return dataset.dataset(); }
};

}  // namespace detail

/// True if boxfeed's loader has its workers write the examples of this dataset straight into their batch: it has a
/// method `make_batch_builder() const` (see `BatchBuilder`), and nobody has overridden `get` or `get_batch` since. Also
/// of such a dataset with a collation mapped on it that makes the same of it: `Stack<>`, or one that says so by
/// `static constexpr bool same_as_built = true`.
///
/// ```cpp
/// static_assert(boxfeed::is_batch_buildable_v<Pairs>, "a misspelt method would only be slow");
/// ```
template <typename Dataset>
inline constexpr bool is_batch_buildable_v = detail::InPlace<Dataset>::value;

}  // namespace boxfeed
