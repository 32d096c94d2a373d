#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/transforms/transform.h>

#include <optional>

namespace boxfeed::transforms {

/// Changes brightness, contrast, saturation and hue by random factors, in random order.
class ColorJitter {
  /// The factors are drawn from these ranges; without one, that change is not made.
  BOXFEED_ARG(std::optional<Range>, brightness);
  BOXFEED_ARG(std::optional<Range>, contrast);
  BOXFEED_ARG(std::optional<Range>, saturation);
  /// Units: turns of the hue's circle, from -0.5 to 0.5.
  BOXFEED_ARG(std::optional<Range>, hue);

 public:
  static constexpr const char* kName = "ColorJitter";
  ColorJitter() = default;
  /// Factors from max(0, 1 - v) to 1 + v for each, the hue's from -hue to hue; 0 leaves it as it is.
  explicit ColorJitter(double brightness, double contrast = 0, double saturation = 0, double hue = 0);
  std::optional<DrawnColor> draw(Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

/// Each with probability `p`: brightness, contrast (before or after the rest), saturation, hue, channels exchanged.
/// Source: Liu et al., "SSD: Single Shot MultiBox Detector", ECCV 2016.
class RandomPhotometricDistort {
  BOXFEED_ARG(Range, brightness) = Range{0.875, 1.125};
  BOXFEED_ARG(Range, contrast) = Range{0.5, 1.5};
  BOXFEED_ARG(Range, saturation) = Range{0.5, 1.5};
  BOXFEED_ARG(Range, hue) = Range{-0.05, 0.05};
  BOXFEED_ARG(double, p) = 0.5;

 public:
  static constexpr const char* kName = "RandomPhotometricDistort";
  std::optional<DrawnColor> draw(Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

}  // namespace boxfeed::transforms
