#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/transforms/transform.h>

#include <optional>

namespace boxfeed::transforms {

/// Mirrors left and right with probability `p`.
class RandomHorizontalFlip {
  BOXFEED_ARG(double, p) = 0.5;

 public:
  static constexpr const char* kName = "RandomHorizontalFlip";
  RandomHorizontalFlip() = default;
  explicit RandomHorizontalFlip(double p) : p_(p) {}
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor) { visitor.field("p", p_); }
};

/// Mirrors top and bottom with probability `p`.
class RandomVerticalFlip {
  BOXFEED_ARG(double, p) = 0.5;

 public:
  static constexpr const char* kName = "RandomVerticalFlip";
  RandomVerticalFlip() = default;
  explicit RandomVerticalFlip(double p) : p_(p) {}
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor) { visitor.field("p", p_); }
};

}  // namespace boxfeed::transforms
