#pragma once

#include <boxfeed/data/samplers.h>
#include <torch/types.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <vector>

#include "support/catch.h"

namespace boxfeed::testing {

using Indices = std::vector<std::size_t>;

/// The indices that are left of a sampler's epoch, as a loader asks for them.
inline Indices drain(samplers::SeededSampler& sampler, std::size_t batch_size) {
  Indices all;
  while (auto batch = sampler.next(batch_size)) {
    CHECK(batch->size() <= batch_size);
    all.insert(all.end(), batch->begin(), batch->end());
  }
  return all;
}

/// How often each of `examples` indices comes in the first epochs of a sampler.
inline std::vector<double> counts(const samplers::SeededSampler& sampler, std::size_t examples, std::uint64_t epochs) {
  std::vector<double> count(examples, 0);
  for (std::uint64_t epoch = 0; epoch < epochs; ++epoch) {
    const auto order = sampler.order(epoch);
    CHECK(order.size() == sampler.size());
    for (const std::size_t index : order) ++count.at(index);
  }
  return count;
}

/// Whether a count of so many independent trials, each with this probability, is within five standard deviations.
inline bool is_likely(double count, double trials, double probability) {
  const double deviation = std::sqrt(trials * probability * (1 - probability));
  return std::abs(count - trials * probability) <= 5 * deviation + 1e-9;
}

/// What every seeded sampler keeps to: an order is a function of (seed, epoch), differs between epochs and seeds, and
/// goes on where it was saved.
template <typename Sampler>
void check_seeded(Sampler sampler, std::size_t batch_size) {
  CHECK(sampler.order(3) == sampler.order(3));
  CHECK(sampler.order(3) != sampler.order(4));
  Sampler other = sampler;
  other.set_seed(sampler.seed() + 1);
  CHECK(other.order(3) != sampler.order(3));
  CHECK(other.name() == sampler.name());
  CHECK(other.indices(sampler.seed(), 3) == sampler.order(3));

  sampler.set_epoch(2);
  const auto head = sampler.next(batch_size);
  REQUIRE(head.has_value());
  std::stringstream stream;
  {
    torch::serialize::OutputArchive archive;
    sampler.save(archive);
    archive.save_to(stream);
  }
  torch::serialize::InputArchive archive;
  archive.load_from(stream);
  other.load(archive);
  Indices all(head->begin(), head->end());
  while (const auto batch = other.next(batch_size)) all.insert(all.end(), batch->begin(), batch->end());
  CHECK(all == sampler.order(2));
}

}  // namespace boxfeed::testing
