#include <boxfeed/core/random.h>
#include <boxfeed/data/samplers.h>
#include <torch/serialize/archive.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <stdexcept>

#include "data/draws.h"

namespace boxfeed::samplers {
namespace {

void write(torch::serialize::OutputArchive& archive, const char* key, std::uint64_t value) {
  archive.write(key, at::scalar_tensor(static_cast<std::int64_t>(value), at::kLong), /*is_buffer=*/true);
}

std::uint64_t read(torch::serialize::InputArchive& archive, const char* key) {
  at::Tensor value = at::empty({}, at::kLong);
  archive.read(key, value, /*is_buffer=*/true);
  return static_cast<std::uint64_t>(value.item<std::int64_t>());
}

/// The examples of an epoch that fill its batches, where it is made for batches.
std::size_t whole_batches(const SeededSampler& sampler) {
  const std::size_t block = sampler.batch_size().value_or(1);
  return sampler.size() / block * block;
}

/// Whole numbers with the given sum, as near to the shares as they can be: those with the largest remainders are
/// rounded up.
std::vector<std::size_t> whole_shares(const std::vector<double>& shares, std::size_t total) {
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  if (!(sum > 0) || !std::isfinite(sum)) throw std::invalid_argument("shares: expected some above 0 with a finite sum");
  std::vector<std::size_t> whole;
  std::vector<std::pair<double, std::size_t>> remainders;
  std::size_t given = 0;
  for (const double share : shares) {
    const double exact = share / sum * static_cast<double>(total);
    remainders.emplace_back(std::floor(exact) - exact, whole.size());
    whole.push_back(static_cast<std::size_t>(exact));
    given += whole.back();
  }
  std::sort(remainders.begin(), remainders.end());
  for (std::size_t i = 0; given < total; ++i, ++given) ++whole[remainders[i].second];
  return whole;
}

}  // namespace

std::vector<std::size_t> SeededSampler::indices_from(std::size_t offset, std::uint64_t seed,
                                                     std::uint64_t epoch) const {
  std::vector<std::size_t> left = indices(seed, epoch);
  left.erase(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(std::min(offset, left.size())));
  return left;
}

void SeededSampler::check_batch_size(std::size_t size) const {
  if (batch_size() && *batch_size() != size) {
    throw std::invalid_argument(name() + ": expected batches of " + std::to_string(*batch_size()) + ", got " +
                                std::to_string(size));
  }
}

void SeededSampler::resize(std::size_t examples) {
  throw std::invalid_argument(name() + ": expected the examples that it was made for, got " + std::to_string(examples));
}

void SeededSampler::rewind() {
  position_ = 0;
  used_ = false;
  order_.clear();
}

void SeededSampler::set_seed(std::uint64_t seed) {
  seed_ = seed;
  rewind();
}

void SeededSampler::set_epoch(std::uint64_t epoch) {
  epoch_ = epoch;
  rewind();
}

void SeededSampler::reset(torch::optional<std::size_t> new_size) {
  if (new_size) resize(*new_size);
  if (used_) ++epoch_;
  rewind();
}

torch::optional<std::vector<std::size_t>> SeededSampler::next(std::size_t batch_size) {
  check_batch_size(batch_size);
  if (!used_) {
    order_ = order(epoch_);
    used_ = true;
  }
  if (position_ >= order_.size()) return torch::nullopt;
  const auto begin = order_.begin() + static_cast<std::ptrdiff_t>(position_);
  const std::size_t count = std::min(batch_size, order_.size() - position_);
  position_ += count;
  return std::vector<std::size_t>(begin, begin + static_cast<std::ptrdiff_t>(count));
}

void SeededSampler::save(torch::serialize::OutputArchive& archive) const {
  write(archive, "seed", seed_);
  write(archive, "epoch", epoch_);
  write(archive, "position", position_);
}

void SeededSampler::load(torch::serialize::InputArchive& archive) {
  seed_ = read(archive, "seed");
  epoch_ = read(archive, "epoch");
  position_ = read(archive, "position");
  order_ = order(epoch_);
  used_ = true;
}

std::vector<std::size_t> SequentialSampler::indices(std::uint64_t, std::uint64_t) const {
  std::vector<std::size_t> all(size_);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

std::vector<std::size_t> RandomSampler::indices(std::uint64_t seed, std::uint64_t epoch) const {
  return random_permutation(size_, seed, epoch);
}

GroupedBatchSampler::GroupedBatchSampler(std::vector<std::int64_t> group_ids, std::size_t batch_size,
                                         std::uint64_t seed)
    : SeededSampler(seed), group_ids_(std::move(group_ids)), batch_size_(batch_size) {
  if (batch_size == 0) throw std::invalid_argument("batch_size: expected 1 or more, got 0");
}

std::vector<std::size_t> GroupedBatchSampler::indices(std::uint64_t seed, std::uint64_t epoch) const {
  std::map<std::int64_t, std::vector<std::size_t>> groups;
  for (const std::size_t i : random_permutation(group_ids_.size(), seed, epoch)) groups[group_ids_[i]].push_back(i);
  // Whole batches of each group, then what is left, group by group: every batch of it but the last is whole, too.
  std::vector<std::size_t> whole, rest;
  for (const auto& [id, members] : groups) {
    const auto end = members.begin() + static_cast<std::ptrdiff_t>(members.size() / batch_size_ * batch_size_);
    whole.insert(whole.end(), members.begin(), end);
    rest.insert(rest.end(), end, members.end());
  }
  whole.insert(whole.end(), rest.begin(), rest.end());

  std::vector<std::size_t> batches(whole.size() / batch_size_);
  std::iota(batches.begin(), batches.end(), std::size_t{0});
  std::vector<std::size_t> order;
  order.reserve(whole.size());
  const auto take = [&](std::size_t begin, std::size_t end) {
    order.insert(order.end(), whole.begin() + static_cast<std::ptrdiff_t>(begin),
                 whole.begin() + static_cast<std::ptrdiff_t>(end));
  };
  for (const std::size_t batch : shuffled(batches, seed, epoch)) take(batch * batch_size_, (batch + 1) * batch_size_);
  take(order.size(), whole.size());
  return order;
}

std::string GroupedBatchSampler::name() const {
  return "GroupedBatchSampler(" + std::to_string(group_ids_.size()) + " " + checksum(group_ids_) + ", " +
         std::to_string(batch_size_) + ")";
}

std::vector<std::int64_t> aspect_ratio_groups(const std::vector<ImageSize>& sizes,
                                              const std::vector<double>& boundaries) {
  if (std::adjacent_find(boundaries.begin(), boundaries.end(), std::greater_equal<>()) != boundaries.end()) {
    throw std::invalid_argument("boundaries: expected numbers that ascend");
  }
  std::vector<std::int64_t> groups;
  for (const ImageSize& size : sizes) {
    if (size.height < 1 || size.width < 1) {
      throw std::invalid_argument("sizes: expected 1 × 1 or more, got " + to_string(size) + " at " +
                                  std::to_string(groups.size()));
    }
    const double ratio = static_cast<double>(size.width) / static_cast<double>(size.height);
    groups.push_back(std::upper_bound(boundaries.begin(), boundaries.end(), ratio) - boundaries.begin());
  }
  return groups;
}

ShareSampler::ShareSampler(std::vector<std::size_t> sizes, std::vector<double> shares, std::size_t num_samples,
                           std::uint64_t seed)
    : SeededSampler(seed), sizes_(std::move(sizes)), num_samples_(num_samples) {
  if (shares.size() != sizes_.size()) {
    throw std::invalid_argument("shares: expected one for each of " + std::to_string(sizes_.size()) +
                                " datasets, got " + std::to_string(shares.size()));
  }
  check_numbers("shares", shares);
  counts_ = whole_shares(shares, num_samples);
  for (std::size_t i = 0; i < sizes_.size(); ++i) {
    if (counts_[i] > 0 && sizes_[i] == 0) {
      throw std::invalid_argument("shares: expected 0 for dataset " + std::to_string(i) +
                                  ", which has no examples, got " + std::to_string(shares[i]));
    }
  }
}

std::vector<std::size_t> ShareSampler::indices(std::uint64_t seed, std::uint64_t epoch) const {
  std::vector<std::size_t> all;
  all.reserve(num_samples_);
  std::size_t begin = 0;
  for (std::size_t i = 0; i < sizes_.size(); ++i) {
    for (const std::size_t index : detail::cut(RandomSampler(sizes_[i]), seed + i, epoch * counts_[i], counts_[i])) {
      all.push_back(begin + index);
    }
    begin += sizes_[i];
  }
  return shuffled(all, seed, epoch);
}

std::string ShareSampler::name() const {
  return "ShareSampler(" + std::to_string(sizes_.size()) + " " + checksum(sizes_) + " " + checksum(counts_) + ")";
}

namespace detail {

std::vector<std::size_t> cut(const SeededSampler& base, std::uint64_t seed, std::uint64_t first, std::size_t count) {
  const std::size_t length = whole_batches(base);
  std::vector<std::size_t> taken;
  taken.reserve(count);
  while (taken.size() < count) {
    const std::uint64_t place = first + taken.size();
    const std::vector<std::size_t> all = base.indices(seed, place / length);
    const std::size_t begin = place % length, end = std::min(length, begin + count - taken.size());
    taken.insert(taken.end(), all.begin() + static_cast<std::ptrdiff_t>(begin),
                 all.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return taken;
}

void check_cut(const SeededSampler& base, std::size_t count) {
  if (base.num_replicas() > 1) {
    throw std::invalid_argument(
        "EpochSampler: expected a sampler of all ranks: give an EpochSampler to a "
        "DistributedSampler instead");
  }
  if (count > 0 && whole_batches(base) == 0) {
    throw std::invalid_argument("EpochSampler: expected a sampler of some examples, got " + base.name());
  }
  const std::size_t block = base.batch_size().value_or(1);
  if (count % block != 0) {
    throw std::invalid_argument("num_samples: expected a multiple of " + std::to_string(block) + ", got " +
                                std::to_string(count));
  }
}

void Replica::check() const {
  if (num_replicas == 0) throw std::invalid_argument("num_replicas: expected at least 1, got 0");
  if (rank >= num_replicas) {
    throw std::invalid_argument("rank: expected a number below num_replicas (" + std::to_string(num_replicas) +
                                "), got " + std::to_string(rank));
  }
}

std::size_t Replica::size(std::size_t all, std::size_t block) const {
  const std::size_t round = num_replicas * block;
  return (all + (allow_duplicates ? round - 1 : 0)) / round * block;
}

std::vector<std::size_t> Replica::part(const std::vector<std::size_t>& all, std::size_t offset,
                                       std::size_t block) const {
  offset = std::min(offset, all.size());
  std::vector<std::size_t> own(size(all.size() - offset, block));
  for (std::size_t i = 0; i < own.size(); ++i) {
    own[i] = all[(offset + (i / block * num_replicas + rank) * block + i % block) % all.size()];
  }
  return own;
}

}  // namespace detail

}  // namespace boxfeed::samplers
