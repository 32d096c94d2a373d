#pragma once

#include <boxfeed/data/batch_builder.h>
#include <torch/data/datasets/base.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace boxfeed {
namespace detail {

/// What a `ConcatDataset` is in any loader.
template <typename Self, typename Dataset>
class Concatenation : public torch::data::datasets::Dataset<Self, typename Dataset::ExampleType> {
 public:
  /// Throws: `std::invalid_argument` for no datasets, or one that does not know its size.
  explicit Concatenation(std::vector<Dataset> datasets) : datasets_(std::move(datasets)) {
    if (datasets_.empty()) throw std::invalid_argument("ConcatDataset: expected some datasets, got none");
    for (const auto& dataset : datasets_) {
      const auto size = dataset.size();
      if (!size) throw std::invalid_argument("ConcatDataset: expected datasets that know their size");
      sizes_.push_back(*size);
      size_ += *size;
    }
  }

  typename Dataset::ExampleType get(std::size_t index) override {
    if (index >= size_) {
      throw std::out_of_range("example " + std::to_string(index) + " of " + std::to_string(size_));
    }
    std::size_t i = 0;
    while (index >= sizes_[i]) index -= sizes_[i++];
    return datasets_[i].get(index);
  }
  torch::optional<std::size_t> size() const override { return size_; }

  std::string fingerprint() const {
    std::string all;
    for (std::size_t i = 0; i < datasets_.size(); ++i) {
      all += (i == 0 ? "" : "; ") + std::to_string(sizes_[i]);
      if constexpr (kHasFingerprint<Dataset>) all += " " + datasets_[i].fingerprint();
    }
    return all;
  }

  /// As `ImageDataset::cacheable_bytes`, of all together.
  std::uint64_t cacheable_bytes() const {
    std::uint64_t bytes = 0;
    if constexpr (kHasCacheableBytes<Dataset>) {
      for (const auto& dataset : datasets_) bytes += dataset.cacheable_bytes();
    }
    return bytes;
  }

  const std::vector<Dataset>& datasets() const noexcept { return datasets_; }
  /// How many examples each dataset has.
  const std::vector<std::size_t>& sizes() const noexcept { return sizes_; }

 protected:
  std::vector<Dataset> datasets_;

 private:
  std::vector<std::size_t> sizes_;
  std::size_t size_ = 0;
};

}  // namespace detail

/// Several datasets of one type, one after another: example i of the second one is number n + i, where n is the size of
/// the first. `samplers::ShareSampler` gives each of them a share of an epoch.
///
/// ```cpp
/// const boxfeed::ConcatDataset<boxfeed::CsvDataset> both({photographs, drawings});
/// auto loader = boxfeed::make_data_loader(
///     both, boxfeed::samplers::ShareSampler(both.sizes(), {3, 1}, 10'000), boxfeed::DataLoaderOptions(20));
/// ```
///
/// What is random about an example follows from the seed, the epoch, its dataset's number and its place in that.
template <typename Dataset, bool kBuilds = is_batch_buildable_v<Dataset>>
class ConcatDataset : public detail::Concatenation<ConcatDataset<Dataset, kBuilds>, Dataset> {
 public:
  using detail::Concatenation<ConcatDataset, Dataset>::Concatenation;
};

template <typename Dataset>
class ConcatDataset<Dataset, true> : public detail::Concatenation<ConcatDataset<Dataset, true>, Dataset> {
 public:
  using detail::Concatenation<ConcatDataset, Dataset>::Concatenation;

  /// Makes batches in place, for boxfeed's loader.
  /// Throws: `std::invalid_argument` for datasets whose examples are not of one kind.
  std::unique_ptr<BatchBuilder<typename detail::InPlace<Dataset>::Batch>> make_batch_builder() const {
    std::unique_ptr<BatchBuilder<typename detail::InPlace<Dataset>::Batch>> builder;
    std::size_t first = 0;
    for (std::size_t i = 0; i < this->datasets_.size(); ++i) {
      auto next = this->datasets_[i].make_batch_builder();
      if (builder) {
        builder->append(std::move(next), first);
      } else {
        builder = std::move(next);
      }
      first += this->sizes()[i];
    }
    return builder;
  }
};

}  // namespace boxfeed
