#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/transforms/transform.h>

#include <cstdint>
#include <optional>

namespace boxfeed::transforms {

/// Blurs with a random width.
class GaussianBlur {
  /// Units: pixels, odd.
  BOXFEED_ARG(std::int64_t, kernel_size) = 5;
  /// The standard deviation. Units: pixels.
  BOXFEED_ARG(Range, sigma) = Range{0.1, 2.0};

 public:
  static constexpr const char* kName = "GaussianBlur";
  GaussianBlur() = default;
  explicit GaussianBlur(std::int64_t kernel_size) : kernel_size_(kernel_size) {}
  std::optional<DrawnColor> draw(Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

/// Adds normally distributed noise to every value.
class GaussianNoise {
  /// Units: of the range from black to white.
  BOXFEED_ARG(double, mean) = 0.0;
  /// The standard deviation. Units: of the range from black to white.
  BOXFEED_ARG(double, sigma) = 0.1;

 public:
  static constexpr const char* kName = "GaussianNoise";
  GaussianNoise() = default;
  explicit GaussianNoise(double sigma) : sigma_(sigma) {}
  std::optional<DrawnColor> draw(Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

/// Compresses as JPEG of random quality, with halved color resolution, and decodes it again.
class JPEG {
  /// From 1 to 100.
  BOXFEED_ARG(Range, quality) = Range{50, 95};

 public:
  static constexpr const char* kName = "JPEG";
  JPEG() = default;
  explicit JPEG(Range quality) : quality_(quality) {}
  std::optional<DrawnColor> draw(Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

/// With probability `p`, covers a rectangle of random area and shape.
/// Source: Zhong et al., "Random Erasing Data Augmentation", AAAI 2020.
class RandomErasing {
  BOXFEED_ARG(double, p) = 0.5;
  /// The rectangle's share of the image; it is cut where that makes a side longer than the image's.
  BOXFEED_ARG(Range, scale) = Range{0.02, 0.33};
  /// Height divided by width; its logarithm is uniform.
  BOXFEED_ARG(Range, ratio) = Range{0.3, 3.3};
  /// The gray level that covers, from 0 to 255.
  BOXFEED_ARG(std::int64_t, value) = 0;

 public:
  static constexpr const char* kName = "RandomErasing";
  std::optional<DrawnColor> draw(Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

}  // namespace boxfeed::transforms
