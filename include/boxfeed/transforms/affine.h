#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/transforms/transform.h>

#include <optional>

namespace boxfeed::transforms {

/// Turns the image, counter-clockwise for positive angles.
class RandomRotation {
  /// Units: degrees.
  BOXFEED_ARG(Range, degrees);
  /// True to enlarge the canvas so that it holds the whole turned image.
  BOXFEED_ARG(bool, expand) = false;
  /// What stays in its place: the image's middle where it is not given. Not with `expand`. Units: pixels.
  BOXFEED_ARG(std::optional<Point>, center);

 public:
  static constexpr const char* kName = "RandomRotation";
  RandomRotation() = default;
  /// From -degrees to degrees.
  explicit RandomRotation(double degrees) : degrees_{-degrees, degrees} {}
  explicit RandomRotation(Range degrees) : degrees_(degrees) {}
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

/// Turns, moves, scales and shears the image about its center, in one map.
class RandomAffine {
  /// Units: degrees, clockwise.
  BOXFEED_ARG(Range, degrees);
  /// The most that the image moves, as a share of its width (low) and of its height (high).
  BOXFEED_ARG(std::optional<Range>, translate);
  BOXFEED_ARG(std::optional<Range>, scale);
  /// Units: degrees, along x.
  BOXFEED_ARG(std::optional<Range>, shear);
  /// Units: degrees, along y.
  BOXFEED_ARG(std::optional<Range>, shear_y);

 public:
  static constexpr const char* kName = "RandomAffine";
  RandomAffine() = default;
  /// From -degrees to degrees.
  explicit RandomAffine(double degrees) : degrees_{-degrees, degrees} {}
  explicit RandomAffine(Range degrees) : degrees_(degrees) {}
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

/// With probability `p`, moves each corner inwards by up to half of `distortion_scale` of the side.
class RandomPerspective {
  BOXFEED_ARG(double, distortion_scale) = 0.5;
  BOXFEED_ARG(double, p) = 0.5;

 public:
  static constexpr const char* kName = "RandomPerspective";
  RandomPerspective() = default;
  explicit RandomPerspective(double distortion_scale, double p = 0.5) : distortion_scale_(distortion_scale), p_(p) {}
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

}  // namespace boxfeed::transforms
