#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/transforms/transform.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace boxfeed::transforms {

/// Changes brightness, contrast, saturation and hue by random factors, in random order. A factor that is always 1, and
/// a hue that is always 0, is no change.
class ColorJitter : public ColorTransform {
  BOXFEED_ARG(Range, brightness) = Range{1, 1};
  BOXFEED_ARG(Range, contrast) = Range{1, 1};
  BOXFEED_ARG(Range, saturation) = Range{1, 1};
  /// Units: turns of the hue's circle, from -0.5 to 0.5.
  BOXFEED_ARG(Range, hue);

 public:
  ColorJitter() = default;
  /// Factors from max(0, 1 - v) to 1 + v for each, the hue's from -hue to hue.
  /// Throws: `std::invalid_argument` for one below 0.
  explicit ColorJitter(double brightness, double contrast = 0, double saturation = 0, double hue = 0);
  std::string name() const override { return "ColorJitter"; }
  void fields(FieldVisitor& visitor) override;
  std::optional<DrawnColor> draw(Random& random) const override;
};

/// Each with probability `p`: brightness, contrast (before or after the rest), saturation, hue, channels exchanged.
/// Source: Liu et al., "SSD: Single Shot MultiBox Detector", ECCV 2016.
class RandomPhotometricDistort : public ColorTransform {
  BOXFEED_ARG(Range, brightness) = Range{0.875, 1.125};
  BOXFEED_ARG(Range, contrast) = Range{0.5, 1.5};
  BOXFEED_ARG(Range, saturation) = Range{0.5, 1.5};
  BOXFEED_ARG(Range, hue) = Range{-0.05, 0.05};
  BOXFEED_ARG(double, p) = 0.5;

 public:
  std::string name() const override { return "RandomPhotometricDistort"; }
  void fields(FieldVisitor& visitor) override;
  std::optional<DrawnColor> draw(Random& random) const override;
};

/// Takes the color away with probability `p`; the channels stay, all equal.
class RandomGrayscale : public ColorTransform {
  BOXFEED_ARG(double, p) = 0.1;

 public:
  RandomGrayscale() = default;
  explicit RandomGrayscale(double p) : p_(p) {}
  std::string name() const override { return "RandomGrayscale"; }
  void fields(FieldVisitor& visitor) override { visitor.field("p", p_, {0, 1}); }
  std::optional<DrawnColor> draw(Random& random) const override;
};

/// With probability `p`, makes the values of each channel about equally frequent.
class RandomEqualize : public ColorTransform {
  BOXFEED_ARG(double, p) = 0.5;

 public:
  RandomEqualize() = default;
  explicit RandomEqualize(double p) : p_(p) {}
  std::string name() const override { return "RandomEqualize"; }
  void fields(FieldVisitor& visitor) override { visitor.field("p", p_, {0, 1}); }
  std::optional<DrawnColor> draw(Random& random) const override;
};

/// With probability `p`, stretches each channel to the whole range.
class RandomAutocontrast : public ColorTransform {
  BOXFEED_ARG(double, p) = 0.5;

 public:
  RandomAutocontrast() = default;
  explicit RandomAutocontrast(double p) : p_(p) {}
  std::string name() const override { return "RandomAutocontrast"; }
  void fields(FieldVisitor& visitor) override { visitor.field("p", p_, {0, 1}); }
  std::optional<DrawnColor> draw(Random& random) const override;
};

/// With probability `p`, keeps only the highest `bits` of each value.
class RandomPosterize : public ColorTransform {
  BOXFEED_ARG(std::int64_t, bits) = 4;
  BOXFEED_ARG(double, p) = 0.5;

 public:
  RandomPosterize() = default;
  explicit RandomPosterize(std::int64_t bits, double p = 0.5) : bits_(bits), p_(p) {}
  std::string name() const override { return "RandomPosterize"; }
  void fields(FieldVisitor& visitor) override;
  std::optional<DrawnColor> draw(Random& random) const override;
};

/// Blurs with a random width.
class GaussianBlur : public ColorTransform {
  /// Units: pixels, odd.
  BOXFEED_ARG(std::int64_t, kernel_size) = 5;
  /// The standard deviation. Units: pixels.
  BOXFEED_ARG(Range, sigma) = Range{0.1, 2.0};

 public:
  GaussianBlur() = default;
  explicit GaussianBlur(std::int64_t kernel_size) : kernel_size_(kernel_size) {}
  std::string name() const override { return "GaussianBlur"; }
  void fields(FieldVisitor& visitor) override;
  void check() const override;
  std::optional<DrawnColor> draw(Random& random) const override;
};

/// Adds normally distributed noise to every value.
class GaussianNoise : public ColorTransform {
  /// Units: of the range from black to white.
  BOXFEED_ARG(double, mean) = 0.0;
  /// The standard deviation. Units: of the range from black to white.
  BOXFEED_ARG(double, sigma) = 0.1;

 public:
  GaussianNoise() = default;
  explicit GaussianNoise(double sigma) : sigma_(sigma) {}
  std::string name() const override { return "GaussianNoise"; }
  void fields(FieldVisitor& visitor) override;
  std::optional<DrawnColor> draw(Random& random) const override;
};

/// Compresses as JPEG of random quality, with halved color resolution, and decodes it again.
class JPEG : public ColorTransform {
  /// From 1 to 100.
  BOXFEED_ARG(Range, quality) = Range{50, 95};

 public:
  JPEG() = default;
  explicit JPEG(Range quality) : quality_(quality) {}
  std::string name() const override { return "JPEG"; }
  void fields(FieldVisitor& visitor) override { visitor.field("quality", quality_, {1, 100}); }
  std::optional<DrawnColor> draw(Random& random) const override;
};

/// With probability `p`, covers a rectangle of random area and shape.
/// Source: Zhong et al., "Random Erasing Data Augmentation", AAAI 2020.
class RandomErasing : public ColorTransform {
  BOXFEED_ARG(double, p) = 0.5;
  /// The rectangle's share of the image; it is cut where that makes a side longer than the image's.
  BOXFEED_ARG(Range, scale) = Range{0.02, 0.33};
  /// Height divided by width; its logarithm is uniform.
  BOXFEED_ARG(Range, ratio) = Range{0.3, 3.3};
  /// The gray level that covers, from 0 to 255.
  BOXFEED_ARG(std::int64_t, value) = 0;

 public:
  std::string name() const override { return "RandomErasing"; }
  void fields(FieldVisitor& visitor) override;
  std::optional<DrawnColor> draw(Random& random) const override;
};

/// Makes floats of the pixels: (value / 255 - mean) / std, of each channel. Nothing that needs 8 bits can follow.
class Normalize : public ColorTransform {
  /// One number for each channel, or one for all.
  BOXFEED_ARG(std::vector<double>, mean) = std::vector<double>{0.0};
  BOXFEED_ARG(std::vector<double>, std) = std::vector<double>{1.0};

 public:
  Normalize() = default;
  Normalize(std::vector<double> mean, std::vector<double> std) : mean_(std::move(mean)), std_(std::move(std)) {}
  std::string name() const override { return "Normalize"; }
  void fields(FieldVisitor& visitor) override;
  void check() const override;
  std::optional<DrawnColor> draw(Random& random) const override;
};

}  // namespace boxfeed::transforms
