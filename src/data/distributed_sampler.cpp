#include <boxfeed/core/random.h>
#include <boxfeed/data/distributed_sampler.h>

#include <numeric>
#include <stdexcept>

namespace boxfeed::samplers {

DistributedSampler::DistributedSampler(bool shuffles, std::size_t size, std::size_t num_replicas, std::size_t rank,
                                       bool allow_duplicates, std::uint64_t seed)
    : SeededSampler(seed),
      shuffles_(shuffles),
      examples_(size),
      num_replicas_(num_replicas),
      rank_(rank),
      allow_duplicates_(allow_duplicates) {
  if (num_replicas == 0) throw std::invalid_argument("num_replicas: expected at least 1, got 0");
  if (rank >= num_replicas) {
    throw std::invalid_argument("rank: expected a number below num_replicas (" + std::to_string(num_replicas) +
                                "), got " + std::to_string(rank));
  }
}

std::size_t DistributedSampler::size() const {
  return (examples_ + (allow_duplicates_ ? num_replicas_ - 1 : 0)) / num_replicas_;
}

std::vector<std::size_t> DistributedSampler::order(std::uint64_t epoch) const {
  std::vector<std::size_t> all;
  if (shuffles_) {
    all = random_permutation(examples_, seed(), epoch);
  } else {
    all.resize(examples_);
    std::iota(all.begin(), all.end(), std::size_t{0});
  }
  std::vector<std::size_t> own(size());
  for (std::size_t i = 0; i < own.size(); ++i) own[i] = all[(i * num_replicas_ + rank_) % examples_];
  return own;
}

std::string DistributedSampler::name() const {
  return std::string(shuffles_ ? "DistributedRandomSampler(" : "DistributedSequentialSampler(") +
         std::to_string(examples_) + ", " + std::to_string(num_replicas_) + ", " + std::to_string(rank_) + ", " +
         (allow_duplicates_ ? "true)" : "false)");
}

}  // namespace boxfeed::samplers
