#pragma once

#include <boxfeed/core/image_size.h>
#include <torch/data/samplers/base.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace boxfeed::samplers {

/// A sampler whose order is a function of its seed and of the epoch alone. In boxfeed's loader this is what lets the
/// next epoch be loaded ahead and a state be a few bytes; LibTorch's loader takes it as any other.
///
/// On its own, it is at epoch 0 at first and goes to the next one with every `reset` that follows a `next`.
class SeededSampler : public torch::data::samplers::Sampler<> {
 public:
  explicit SeededSampler(std::uint64_t seed) : seed_(seed) {}

  /// The indices of an epoch, in order: a function of its arguments alone.
  virtual std::vector<std::size_t> indices(std::uint64_t seed, std::uint64_t epoch) const = 0;
  /// Those of them that are left when the first `offset` of the epoch have been seen, by all ranks together.
  virtual std::vector<std::size_t> indices_from(std::size_t offset, std::uint64_t seed, std::uint64_t epoch) const;
  /// The same with the sampler's own seed.
  std::vector<std::size_t> order(std::uint64_t epoch, std::size_t offset = 0) const {
    return indices_from(offset, seed_, epoch);
  }
  /// The number of indices in an epoch.
  virtual std::size_t size() const = 0;
  /// What must be the same for the order to be the same, the seed excepted: "RandomSampler(196)".
  virtual std::string name() const = 0;
  /// The size of batch that the order is made for, where there is one; the loader must have the same.
  virtual torch::optional<std::size_t> batch_size() const { return torch::nullopt; }
  /// Throws: `std::invalid_argument` where that is another one.
  void check_batch_size(std::size_t size) const;
  /// The number of ranks that share an epoch.
  virtual std::size_t num_replicas() const { return 1; }

  std::uint64_t seed() const noexcept { return seed_; }
  void set_seed(std::uint64_t seed);
  std::uint64_t epoch() const noexcept { return epoch_; }
  /// Goes to the beginning of `epoch`.
  void set_epoch(std::uint64_t epoch);

  void reset(torch::optional<std::size_t> new_size = torch::nullopt) final;
  torch::optional<std::vector<std::size_t>> next(std::size_t batch_size) final;
  void save(torch::serialize::OutputArchive& archive) const final;
  void load(torch::serialize::InputArchive& archive) final;

 protected:
  /// Changes the number of examples to choose from. Throws: `std::invalid_argument` where that is fixed.
  virtual void resize(std::size_t examples);

 private:
  void rewind();

  std::uint64_t seed_;
  std::uint64_t epoch_ = 0;
  std::size_t position_ = 0;
  bool used_ = false;
  std::vector<std::size_t> order_;
};

/// All indices in their own order.
class SequentialSampler : public SeededSampler {
 public:
  explicit SequentialSampler(std::size_t size) : SeededSampler(0), size_(size) {}

  std::vector<std::size_t> indices(std::uint64_t seed, std::uint64_t epoch) const override;
  std::size_t size() const override { return size_; }
  std::string name() const override { return "SequentialSampler(" + std::to_string(size_) + ")"; }

 protected:
  void resize(std::size_t examples) override { size_ = examples; }

 private:
  std::size_t size_;
};

/// All indices in random order, another one each epoch.
class RandomSampler : public SeededSampler {
 public:
  explicit RandomSampler(std::size_t size, std::uint64_t seed = 0) : SeededSampler(seed), size_(size) {}

  std::vector<std::size_t> indices(std::uint64_t seed, std::uint64_t epoch) const override;
  std::size_t size() const override { return size_; }
  std::string name() const override { return "RandomSampler(" + std::to_string(size_) + ")"; }

 protected:
  void resize(std::size_t examples) override { size_ = examples; }

 private:
  std::size_t size_;
};

/// All indices in random order, each once an epoch, so that a batch holds examples of one group: of images that are
/// higher than wide, for instance, and of such that are not.
///
/// What does not fill a batch of its group is put together with that of the next groups: at most as many batches are
/// mixed as there are groups.
class GroupedBatchSampler : public SeededSampler {
 public:
  /// Shape: `group_ids`: one for each example. `batch_size` must be the loader's.
  /// Throws: `std::invalid_argument` for a batch of 0.
  GroupedBatchSampler(std::vector<std::int64_t> group_ids, std::size_t batch_size, std::uint64_t seed = 0);

  std::vector<std::size_t> indices(std::uint64_t seed, std::uint64_t epoch) const override;
  std::size_t size() const override { return group_ids_.size(); }
  std::string name() const override;
  torch::optional<std::size_t> batch_size() const override { return batch_size_; }

 private:
  std::vector<std::int64_t> group_ids_;
  std::size_t batch_size_;
};

/// Groups of images by width / height: the number of `boundaries` that are not above it. By default those that are
/// higher than wide are group 0, the others group 1.
/// Throws: `std::invalid_argument` for boundaries that do not ascend, and for a size without a pixel.
std::vector<std::int64_t> aspect_ratio_groups(const std::vector<ImageSize>& sizes,
                                              const std::vector<double>& boundaries = {1.0});

/// Indices of a `ConcatDataset` in random order, of each dataset in it a given share of the epoch. Within a dataset
/// every example comes once before one comes again, over the epochs.
class ShareSampler : public SeededSampler {
 public:
  /// `sizes` are the sizes of the datasets (`ConcatDataset::sizes`), `shares` what each is to have of the `num_samples`
  /// of an epoch, in any unit: {3, 1} is three quarters and one quarter, rounded to whole examples. Throws:
  /// `std::invalid_argument` for shares that are negative, not finite, all 0 or not as many as sizes, and for a share
  /// of a dataset without examples.
  ShareSampler(std::vector<std::size_t> sizes, std::vector<double> shares, std::size_t num_samples,
               std::uint64_t seed = 0);

  std::vector<std::size_t> indices(std::uint64_t seed, std::uint64_t epoch) const override;
  std::size_t size() const override { return num_samples_; }
  std::string name() const override;

  /// How many examples of each dataset an epoch has.
  const std::vector<std::size_t>& counts() const noexcept { return counts_; }

 private:
  std::vector<std::size_t> sizes_;
  std::vector<std::size_t> counts_;
  std::size_t num_samples_;
};

namespace detail {

/// `count` indices of the endless order that the epochs of a sampler are, one after another, from the `first` one on.
std::vector<std::size_t> cut(const SeededSampler& base, std::uint64_t seed, std::uint64_t first, std::size_t count);
/// Throws: `std::invalid_argument` where there are none.
void check_cut(const SeededSampler& base, std::size_t count);

/// Which part of an order is one rank's: rank r takes every `num_replicas`-th index, beginning with the r-th; where the
/// order is made for batches, every so many-th batch.
struct Replica {
  /// Throws: `std::invalid_argument` for no ranks, or a rank that is not below their number.
  void check() const;
  std::size_t size(std::size_t all, std::size_t block) const;
  std::vector<std::size_t> part(const std::vector<std::size_t>& all, std::size_t offset, std::size_t block) const;

  std::size_t num_replicas;
  std::size_t rank;
  bool allow_duplicates;
};

}  // namespace detail

/// Any number of examples an epoch: the epochs of another sampler, one after another without an end, are cut into
/// epochs of that length. An example that was left out of one is in the next, and none comes twice before all have
/// come. (Of a sampler that is made for batches, what does not fill its last batch is left out.)
///
/// ```cpp
/// boxfeed::samplers::EpochSampler sampler(boxfeed::samplers::RandomSampler(1'000'000, seed), 50'000);
/// ```
template <typename Base>
class EpochSampler : public SeededSampler {
 public:
  /// Throws: `std::invalid_argument` for a sampler of no examples, or of one of several ranks; or, where it is made for
  /// batches, a number that is no multiple of their size.
  EpochSampler(Base base, std::size_t num_samples)
      : SeededSampler(base.seed()), base_(std::move(base)), num_samples_(num_samples) {
    detail::check_cut(base_, num_samples);
  }

  std::vector<std::size_t> indices(std::uint64_t seed, std::uint64_t epoch) const override {
    return detail::cut(base_, seed, epoch * num_samples_, num_samples_);
  }
  std::size_t size() const override { return num_samples_; }
  std::string name() const override {
    return "EpochSampler(" + base_.name() + ", " + std::to_string(num_samples_) + ")";
  }
  torch::optional<std::size_t> batch_size() const override { return base_.batch_size(); }

 protected:
  void resize(std::size_t examples) override { base_.reset(examples); }

 private:
  Base base_;
  std::size_t num_samples_;
};

/// The part of another sampler's epoch that one of several processes trains on: rank r takes every `num_replicas`-th
/// index, beginning with the r-th, or every so many-th batch where the order is made for batches. The parts of all
/// ranks have one length and no place of the epoch in common, but for the few that fill up the last round.
///
/// ```cpp
/// boxfeed::samplers::DistributedSampler sampler(boxfeed::samplers::WeightedRandomSampler(weights, 1000), 4, rank);
/// ```
template <typename Base>
class DistributedSampler : public SeededSampler {
 public:
  /// Where the size is no multiple of the number of ranks, `allow_duplicates` begins again with the first indices;
  /// without it, the last ones are left out.
  /// Throws: `std::invalid_argument` for no ranks, or a rank that is not below their number.
  DistributedSampler(Base base, std::size_t num_replicas, std::size_t rank, bool allow_duplicates = true)
      : SeededSampler(base.seed()), base_(std::move(base)), replica_{num_replicas, rank, allow_duplicates} {
    replica_.check();
  }

  std::vector<std::size_t> indices(std::uint64_t seed, std::uint64_t epoch) const override {
    return indices_from(0, seed, epoch);
  }
  std::vector<std::size_t> indices_from(std::size_t offset, std::uint64_t seed, std::uint64_t epoch) const override {
    return replica_.part(base_.indices(seed, epoch), offset, block());
  }
  std::size_t size() const override { return replica_.size(base_.size(), block()); }
  /// That of the order that all ranks share, so that a state of one world can be loaded in another.
  std::string name() const override { return base_.name(); }
  torch::optional<std::size_t> batch_size() const override { return base_.batch_size(); }
  std::size_t num_replicas() const override { return replica_.num_replicas; }

 protected:
  void resize(std::size_t examples) override { base_.reset(examples); }

 private:
  std::size_t block() const { return base_.batch_size().value_or(1); }

  Base base_;
  detail::Replica replica_;
};

/// Each rank's part of a random order, another one each epoch.
class DistributedRandomSampler : public DistributedSampler<RandomSampler> {
 public:
  explicit DistributedRandomSampler(std::size_t size, std::size_t num_replicas = 1, std::size_t rank = 0,
                                    bool allow_duplicates = true, std::uint64_t seed = 0)
      : DistributedSampler(RandomSampler(size, seed), num_replicas, rank, allow_duplicates) {}
};

/// Each rank's part of the indices in their own order.
class DistributedSequentialSampler : public DistributedSampler<SequentialSampler> {
 public:
  explicit DistributedSequentialSampler(std::size_t size, std::size_t num_replicas = 1, std::size_t rank = 0,
                                        bool allow_duplicates = true)
      : DistributedSampler(SequentialSampler(size), num_replicas, rank, allow_duplicates) {}
};

}  // namespace boxfeed::samplers
