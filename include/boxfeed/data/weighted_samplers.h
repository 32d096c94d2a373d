#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/data/samplers.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// Some examples more often than others.

namespace boxfeed::samplers {

/// Indices drawn at random, each as often as its weight says.
///
/// With `replacement` every draw is independent; without, an epoch has no index twice: the next one is drawn from those
/// that are left.
/// Source: for draws without replacement Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006.
class WeightedRandomSampler : public SeededSampler {
 public:
  /// `num_samples` indices an epoch.
  /// Throws: `std::invalid_argument` for weights that are negative, not finite or all 0, and for more samples without
  /// replacement than there are weights above 0.
  WeightedRandomSampler(std::vector<double> weights, std::size_t num_samples, bool replacement = true,
                        std::uint64_t seed = 0);

  std::vector<std::size_t> indices(std::uint64_t seed, std::uint64_t epoch) const override;
  std::size_t size() const override { return num_samples_; }
  std::string name() const override;

 private:
  std::vector<double> weights_;
  std::vector<double> sums_;  // of the weights up to each
  std::size_t num_samples_;
  bool replacement_;
};

/// Indices in random order, each so many times an epoch as its factor says: 2.25 is twice in three of four epochs and
/// three times in the others.
///
/// So that all epochs have one length, the factors are scaled until their sum is a whole number.
class RepeatFactorSampler : public SeededSampler {
 public:
  /// Throws: `std::invalid_argument` for factors that are negative, not finite or add up to less than one half.
  explicit RepeatFactorSampler(std::vector<double> factors, std::uint64_t seed = 0);

  std::vector<std::size_t> indices(std::uint64_t seed, std::uint64_t epoch) const override;
  std::size_t size() const override { return size_; }
  std::string name() const override;

 private:
  std::vector<double> factors_;  // scaled
  std::size_t size_;
};

/// The classes of each image's objects, an object at a time.
std::vector<std::vector<std::int64_t>> classes_of(const AnnotationTable& table);

/// Weights for `WeightedRandomSampler` by which each class is drawn as often as every other, for images of which each
/// has any number of classes.
///
/// It is as if a class were drawn first, then one of its images. Images of no class count as one class more.
/// Shape: one for each image; `classes` may name a class of an image several times.
std::vector<double> class_balanced_weights(const std::vector<std::vector<std::int64_t>>& classes);

/// Factors for `RepeatFactorSampler`: how often each image is to be repeated so that rare classes are seen more often:
/// of an image's classes the largest max(1, sqrt(threshold / f)), where f is the share of the images that have the
/// class; 1 for images of no class.
///
/// Shape: one for each image; `classes` may name a class of an image several times.
/// Throws: `std::invalid_argument` for a threshold below 0.
/// Source: Gupta, Dollár and Girshick, "LVIS: a dataset for large vocabulary instance segmentation", CVPR 2019, with a
/// threshold of 0.001.
std::vector<double> repeat_factors(const std::vector<std::vector<std::int64_t>>& classes, double threshold = 0.001);

}  // namespace boxfeed::samplers
