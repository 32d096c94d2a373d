#pragma once

#include <boxfeed/data/seeded_sampler.h>

namespace boxfeed::samplers {

/// The part of all indices that one of several processes trains on; the parts of all ranks have the same length and no
/// index in common, but for the few that fill up the last round.
///
/// Rank r takes every `num_replicas`-th index of one order that all ranks agree on, beginning with the r-th.
class DistributedSampler : public SeededSampler {
 public:
  std::vector<std::size_t> order(std::uint64_t epoch) const override;
  std::size_t size() const override;
  std::string name() const override;

 protected:
  /// Where the size is no multiple of the number of ranks, `allow_duplicates` begins again with the first indices;
  /// without it, the last ones are left out.
  /// Throws: `std::invalid_argument` for no ranks, or a rank that is not below their number.
  DistributedSampler(bool shuffles, std::size_t size, std::size_t num_replicas, std::size_t rank, bool allow_duplicates,
                     std::uint64_t seed);
  void resize(std::size_t examples) override { examples_ = examples; }

 private:
  bool shuffles_;
  std::size_t examples_;
  std::size_t num_replicas_;
  std::size_t rank_;
  bool allow_duplicates_;
};

/// Each rank's part of a random order, another one each epoch.
class DistributedRandomSampler : public DistributedSampler {
 public:
  explicit DistributedRandomSampler(std::size_t size, std::size_t num_replicas = 1, std::size_t rank = 0,
                                    bool allow_duplicates = true, std::uint64_t seed = 0)
      : DistributedSampler(true, size, num_replicas, rank, allow_duplicates, seed) {}
};

/// Each rank's part of the indices in their own order.
class DistributedSequentialSampler : public DistributedSampler {
 public:
  explicit DistributedSequentialSampler(std::size_t size, std::size_t num_replicas = 1, std::size_t rank = 0,
                                        bool allow_duplicates = true)
      : DistributedSampler(false, size, num_replicas, rank, allow_duplicates, 0) {}
};

}  // namespace boxfeed::samplers
