#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/transforms/transform.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace boxfeed::transforms {

/// The middle of the image; an image that is smaller is padded.
class CenterCrop {
  BOXFEED_ARG(ImageSize, size) = ImageSize{224, 224};

 public:
  static constexpr const char* kName = "CenterCrop";
  CenterCrop() = default;
  explicit CenterCrop(ImageSize size) : size_(size) {}
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor) { visitor.field("size", size_); }
};

/// A crop of this size, anywhere.
class RandomCrop {
  BOXFEED_ARG(ImageSize, size) = ImageSize{224, 224};
  /// Pixels added at all sides before.
  BOXFEED_ARG(std::int64_t, padding) = 0;
  /// True to pad both sides of an image that is too small; else it is an `Error` with `kTooSmall`.
  BOXFEED_ARG(bool, pad_if_needed) = false;

 public:
  static constexpr const char* kName = "RandomCrop";
  RandomCrop() = default;
  explicit RandomCrop(ImageSize size) : size_(size) {}
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

/// A part of random area and shape, brought to `size`.
/// Source: Szegedy et al., "Going Deeper with Convolutions", CVPR 2015.
class RandomResizedCrop {
  BOXFEED_ARG(ImageSize, size) = ImageSize{224, 224};
  /// The part's share of the image's area.
  BOXFEED_ARG(Range, scale) = Range{0.08, 1.0};
  /// Width divided by height; its logarithm is uniform.
  BOXFEED_ARG(Range, ratio) = Range{3.0 / 4.0, 4.0 / 3.0};

 public:
  static constexpr const char* kName = "RandomResizedCrop";
  RandomResizedCrop() = default;
  explicit RandomResizedCrop(ImageSize size) : size_(size) {}
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

/// A part that overlaps some box by at least a random IoU; boxes whose center is outside of it are dropped.
/// Source: Liu et al., "SSD: Single Shot MultiBox Detector", ECCV 2016.
class RandomIoUCrop {
  BOXFEED_ARG(double, min_scale) = 0.3;
  BOXFEED_ARG(double, max_scale) = 1.0;
  BOXFEED_ARG(double, min_aspect_ratio) = 0.5;
  BOXFEED_ARG(double, max_aspect_ratio) = 2.0;
  /// The least IoU, of which one is drawn; 1 and more leaves the image whole.
  BOXFEED_ARG(std::vector<double>, sampler_options) = std::vector<double>{0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0};
  BOXFEED_ARG(std::int64_t, trials) = 40;

 public:
  static constexpr const char* kName = "RandomIoUCrop";
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

}  // namespace boxfeed::transforms
