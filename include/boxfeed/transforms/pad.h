#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/transforms/transform.h>

#include <cstdint>
#include <optional>

namespace boxfeed::transforms {

/// Adds pixels of the fill color at the sides.
class Pad {
  BOXFEED_ARG(std::int64_t, left) = 0;
  BOXFEED_ARG(std::int64_t, top) = 0;
  BOXFEED_ARG(std::int64_t, right) = 0;
  BOXFEED_ARG(std::int64_t, bottom) = 0;

 public:
  static constexpr const char* kName = "Pad";
  Pad() = default;
  explicit Pad(std::int64_t all) : left_(all), top_(all), right_(all), bottom_(all) {}
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

/// With probability `p`, lays the image somewhere on a canvas that is larger by a random factor.
/// Source: Liu et al., "SSD: Single Shot MultiBox Detector", ECCV 2016.
class RandomZoomOut {
  BOXFEED_ARG(Range, side_range) = Range{1.0, 4.0};
  BOXFEED_ARG(double, p) = 0.5;

 public:
  static constexpr const char* kName = "RandomZoomOut";
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

}  // namespace boxfeed::transforms
