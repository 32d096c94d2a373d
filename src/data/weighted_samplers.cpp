#include <boxfeed/core/random.h>
#include <boxfeed/data/weighted_samplers.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <stdexcept>
#include <utility>

#include "data/draws.h"

namespace boxfeed::samplers {
namespace {

/// The class of images without a class.
constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::min();

}  // namespace

WeightedRandomSampler::WeightedRandomSampler(std::vector<double> weights, std::size_t num_samples, bool replacement,
                                             std::uint64_t seed)
    : SeededSampler(seed),
      weights_(std::move(weights)),
      sums_(weights_.size()),
      num_samples_(num_samples),
      replacement_(replacement) {
  check_numbers("weights", weights_);
  std::partial_sum(weights_.begin(), weights_.end(), sums_.begin());
  if (num_samples == 0) return;
  if (sums_.empty() || !(sums_.back() > 0) || !std::isfinite(sums_.back())) {
    throw std::invalid_argument("weights: expected some above 0 with a finite sum");
  }
  const auto above = std::count_if(weights_.begin(), weights_.end(), [](double weight) { return weight > 0; });
  if (!replacement && num_samples > static_cast<std::size_t>(above)) {
    throw std::invalid_argument(
        "num_samples: without replacement expected at most as many as there are weights above 0 (" +
        std::to_string(above) + "), got " + std::to_string(num_samples));
  }
}

std::vector<std::size_t> WeightedRandomSampler::indices(std::uint64_t seed, std::uint64_t epoch) const {
  std::vector<std::size_t> drawn(num_samples_);
  if (replacement_) {
    for (std::size_t i = 0; i < num_samples_; ++i) {
      Random random(seed, epoch, i);
      // Rounding may give the whole sum, which belongs to the last weight above 0.
      const double at = uniform53(random) * sums_.back();
      const auto found = at < sums_.back() ? std::upper_bound(sums_.begin(), sums_.end(), at)
                                           : std::lower_bound(sums_.begin(), sums_.end(), at);
      drawn[i] = static_cast<std::size_t>(found - sums_.begin());
    }
    return drawn;
  }
  // Each waits for a time that is exponential with its weight as the rate: those that come first are the sample.
  std::vector<std::pair<double, std::size_t>> arrivals;
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    if (weights_[i] == 0) continue;
    Random random(seed, epoch, i);
    arrivals.emplace_back(-std::log(1 - uniform53(random)) / weights_[i], i);
  }
  const auto end = arrivals.begin() + static_cast<std::ptrdiff_t>(num_samples_);
  std::partial_sort(arrivals.begin(), end, arrivals.end());
  std::transform(arrivals.begin(), end, drawn.begin(), [](const auto& arrival) { return arrival.second; });
  return drawn;
}

std::string WeightedRandomSampler::name() const {
  return "WeightedRandomSampler(" + std::to_string(weights_.size()) + " " + checksum(weights_) + ", " +
         std::to_string(num_samples_) + ", " + (replacement_ ? "true)" : "false)");
}

RepeatFactorSampler::RepeatFactorSampler(std::vector<double> factors, std::uint64_t seed)
    : SeededSampler(seed), factors_(std::move(factors)) {
  check_numbers("factors", factors_);
  const double sum = std::accumulate(factors_.begin(), factors_.end(), 0.0);
  if (!(sum >= 0.5) || !(sum < 0x1p53)) {
    throw std::invalid_argument("factors: expected a sum of at least 0.5, got " + std::to_string(sum));
  }
  size_ = static_cast<std::size_t>(std::llround(sum));
  for (auto& factor : factors_) factor *= static_cast<double>(size_) / sum;
}

std::vector<std::size_t> RepeatFactorSampler::indices(std::uint64_t seed, std::uint64_t epoch) const {
  // One after another in random order, each takes a stretch as long as its factor; it is repeated for each of the marks
  // at offset, offset + 1, … that lie on it. So many marks as `size_` lie on all stretches together.
  Random random(seed, epoch, ~std::uint64_t{1});
  const double offset = uniform53(random);
  std::vector<std::size_t> repeated;
  double end = 0;
  std::size_t last = 0;
  for (const std::size_t i : random_permutation(factors_.size(), seed, epoch)) {
    end += factors_[i];
    if (factors_[i] > 0) last = i;
    while (repeated.size() < size_ && static_cast<double>(repeated.size()) + offset < end) repeated.push_back(i);
  }
  while (repeated.size() < size_) repeated.push_back(last);  // where rounding lost a mark
  return shuffled(repeated, seed, epoch);
}

std::string RepeatFactorSampler::name() const {
  return "RepeatFactorSampler(" + std::to_string(factors_.size()) + " " + checksum(factors_) + ")";
}

std::vector<std::vector<std::int64_t>> classes_of(const AnnotationTable& table) {
  std::vector<std::vector<std::int64_t>> classes(table.size());
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto ids = table.class_ids(i);
    classes[i].assign(ids.begin(), ids.end());
  }
  return classes;
}

std::vector<double> class_balanced_weights(const std::vector<std::vector<std::int64_t>>& classes) {
  std::vector<std::set<std::int64_t>> sets;
  std::map<std::int64_t, double> images;
  for (const auto& of_image : classes) {
    sets.emplace_back(of_image.begin(), of_image.end());
    if (of_image.empty()) sets.back().insert(kNone);
    for (const auto id : sets.back()) ++images[id];
  }
  std::vector<double> weights;
  for (const auto& set : sets) {
    double weight = 0;
    for (const auto id : set) weight += 1 / (images[id] * static_cast<double>(images.size()));
    weights.push_back(weight);
  }
  return weights;
}

std::vector<double> repeat_factors(const std::vector<std::vector<std::int64_t>>& classes, double threshold) {
  if (!(threshold >= 0)) {
    throw std::invalid_argument("threshold: expected 0 or more, got " + std::to_string(threshold));
  }
  std::map<std::int64_t, double> images;
  for (const auto& of_image : classes) {
    for (const auto id : std::set<std::int64_t>(of_image.begin(), of_image.end())) ++images[id];
  }
  std::vector<double> factors;
  for (const auto& of_image : classes) {
    double factor = 1;
    for (const auto id : of_image) {
      factor = std::max(factor, std::sqrt(threshold * static_cast<double>(classes.size()) / images[id]));
    }
    factors.push_back(factor);
  }
  return factors;
}

}  // namespace boxfeed::samplers
