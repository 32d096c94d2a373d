#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/image/resize.h>
#include <boxfeed/transforms/transform.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace boxfeed::transforms {

/// Mirrors left and right with probability `p`.
class RandomHorizontalFlip : public GeometricTransform {
  BOXFEED_ARG(double, p) = 0.5;

 public:
  RandomHorizontalFlip() = default;
  explicit RandomHorizontalFlip(double p) : p_(p) {}
  std::string name() const override { return "RandomHorizontalFlip"; }
  void fields(FieldVisitor& visitor) override { visitor.field("p", p_, {0, 1}); }
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const override;
};

/// Mirrors top and bottom with probability `p`.
class RandomVerticalFlip : public GeometricTransform {
  BOXFEED_ARG(double, p) = 0.5;

 public:
  RandomVerticalFlip() = default;
  explicit RandomVerticalFlip(double p) : p_(p) {}
  std::string name() const override { return "RandomVerticalFlip"; }
  void fields(FieldVisitor& visitor) override { visitor.field("p", p_, {0, 1}); }
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const override;
};

/// To a size: both sides, or the shorter side in the image's shape.
class Resize : public GeometricTransform {
  /// Height and width, or the shorter side alone.
  BOXFEED_ARG(std::vector<std::int64_t>, size) = std::vector<std::int64_t>{224, 224};
  /// With the shorter side given, the most that the longer one may become.
  BOXFEED_ARG(std::int64_t, max_size) = 32768;

 public:
  Resize() = default;
  explicit Resize(ImageSize size) : size_{size.height, size.width} {}
  explicit Resize(std::int64_t shorter_side) : size_{shorter_side} {}
  std::string name() const override { return "Resize"; }
  void fields(FieldVisitor& visitor) override;
  void check() const override;
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const override;
};

/// The whole image in its shape in the middle of a canvas, or in its top left corner; the rest is filled.
class LetterBox : public GeometricTransform {
  BOXFEED_ARG(ImageSize, size) = ImageSize{224, 224};
  /// False for the top left corner.
  BOXFEED_ARG(bool, center) = true;

 public:
  LetterBox() = default;
  explicit LetterBox(ImageSize size) : size_(size) {}
  std::string name() const override { return "LetterBox"; }
  void fields(FieldVisitor& visitor) override;
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const override;
};

/// The largest part in the middle that has the shape of `size`, brought to it: the image covers the whole output.
class CenterResizedCrop : public GeometricTransform {
  BOXFEED_ARG(ImageSize, size) = ImageSize{224, 224};

 public:
  CenterResizedCrop() = default;
  explicit CenterResizedCrop(ImageSize size) : size_(size) {}
  std::string name() const override { return "CenterResizedCrop"; }
  void fields(FieldVisitor& visitor) override { visitor.field("size", size_); }
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const override;
};

/// What brings any canvas to `size` as `mode` says: a `Resize`, a `LetterBox` or a `CenterResizedCrop`.
Transform fit(ImageSize size, ResizeMode mode);

/// To a random share of the size at which the image, in its shape, fits into `target_size`.
class ScaleJitter : public GeometricTransform {
  BOXFEED_ARG(ImageSize, target_size) = ImageSize{224, 224};
  BOXFEED_ARG(Range, scale_range) = Range{0.1, 2.0};

 public:
  ScaleJitter() = default;
  explicit ScaleJitter(ImageSize target_size) : target_size_(target_size) {}
  std::string name() const override { return "ScaleJitter"; }
  void fields(FieldVisitor& visitor) override;
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const override;
};

/// Adds pixels of the fill color at the sides.
class Pad : public GeometricTransform {
  BOXFEED_ARG(std::int64_t, left) = 0;
  BOXFEED_ARG(std::int64_t, top) = 0;
  BOXFEED_ARG(std::int64_t, right) = 0;
  BOXFEED_ARG(std::int64_t, bottom) = 0;

 public:
  Pad() = default;
  explicit Pad(std::int64_t all) : left_(all), top_(all), right_(all), bottom_(all) {}
  std::string name() const override { return "Pad"; }
  void fields(FieldVisitor& visitor) override;
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const override;
};

/// With probability `p`, lays the image somewhere on a canvas that is larger by a random factor.
/// Source: Liu et al., "SSD: Single Shot MultiBox Detector", ECCV 2016.
class RandomZoomOut : public GeometricTransform {
  BOXFEED_ARG(Range, side_range) = Range{1.0, 4.0};
  BOXFEED_ARG(double, p) = 0.5;

 public:
  std::string name() const override { return "RandomZoomOut"; }
  void fields(FieldVisitor& visitor) override;
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const override;
};

/// The middle of the image; an image that is smaller is padded.
class CenterCrop : public GeometricTransform {
  BOXFEED_ARG(ImageSize, size) = ImageSize{224, 224};

 public:
  CenterCrop() = default;
  explicit CenterCrop(ImageSize size) : size_(size) {}
  std::string name() const override { return "CenterCrop"; }
  void fields(FieldVisitor& visitor) override { visitor.field("size", size_); }
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const override;
};

/// A crop of this size, anywhere.
class RandomCrop : public GeometricTransform {
  BOXFEED_ARG(ImageSize, size) = ImageSize{224, 224};
  /// Pixels added at all sides before.
  BOXFEED_ARG(std::int64_t, padding) = 0;
  /// True to pad both sides of an image that is too small; else it is an `Error` with `kTooSmall`.
  BOXFEED_ARG(bool, pad_if_needed) = false;

 public:
  RandomCrop() = default;
  explicit RandomCrop(ImageSize size) : size_(size) {}
  std::string name() const override { return "RandomCrop"; }
  void fields(FieldVisitor& visitor) override;
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const override;
};

/// A part of random area and shape, brought to `size`.
/// Source: Szegedy et al., "Going Deeper with Convolutions", CVPR 2015.
class RandomResizedCrop : public GeometricTransform {
  BOXFEED_ARG(ImageSize, size) = ImageSize{224, 224};
  /// The part's share of the image's area.
  BOXFEED_ARG(Range, scale) = Range{0.08, 1.0};
  /// Width divided by height; its logarithm is uniform.
  BOXFEED_ARG(Range, ratio) = Range{3.0 / 4.0, 4.0 / 3.0};

 public:
  RandomResizedCrop() = default;
  explicit RandomResizedCrop(ImageSize size) : size_(size) {}
  std::string name() const override { return "RandomResizedCrop"; }
  void fields(FieldVisitor& visitor) override;
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const override;
};

/// A part that overlaps some box by at least a random IoU; boxes whose center is outside of it are dropped.
/// Source: Liu et al., "SSD: Single Shot MultiBox Detector", ECCV 2016.
class RandomIoUCrop : public GeometricTransform {
  BOXFEED_ARG(double, min_scale) = 0.3;
  BOXFEED_ARG(double, max_scale) = 1.0;
  BOXFEED_ARG(double, min_aspect_ratio) = 0.5;
  BOXFEED_ARG(double, max_aspect_ratio) = 2.0;
  /// The least IoU, of which one is drawn; 1 and more leaves the image whole.
  BOXFEED_ARG(std::vector<double>, sampler_options) = std::vector<double>{0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0};
  BOXFEED_ARG(std::int64_t, trials) = 40;

 public:
  std::string name() const override { return "RandomIoUCrop"; }
  void fields(FieldVisitor& visitor) override;
  void check() const override;
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const override;
};

/// Turns the image, counter-clockwise for positive angles.
class RandomRotation : public GeometricTransform {
  /// Units: degrees.
  BOXFEED_ARG(Range, degrees);
  /// True to enlarge the canvas so that it holds the whole turned image.
  BOXFEED_ARG(bool, expand) = false;
  /// What stays in its place: the image's middle where it is not given. Not with `expand`. Units: pixels.
  BOXFEED_ARG(std::optional<Point>, center);

 public:
  RandomRotation() = default;
  /// From -degrees to degrees.
  explicit RandomRotation(double degrees) : degrees_{-degrees, degrees} {}
  explicit RandomRotation(Range degrees) : degrees_(degrees) {}
  RandomRotation& center(Point point) { return center(std::optional<Point>(point)); }
  std::string name() const override { return "RandomRotation"; }
  void fields(FieldVisitor& visitor) override;
  void check() const override;
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const override;
};

/// Turns, moves, scales and shears the image about its center, in one map.
class RandomAffine : public GeometricTransform {
  /// Units: degrees, clockwise.
  BOXFEED_ARG(Range, degrees);
  /// The most that the image moves, as shares of its width and its height.
  BOXFEED_ARG(Point, translate);
  BOXFEED_ARG(Range, scale) = Range{1, 1};
  /// From the first to the second along x; with four numbers, from the third to the fourth along y. Units: degrees.
  BOXFEED_ARG(std::vector<double>, shear);

 public:
  RandomAffine() = default;
  /// From -degrees to degrees.
  explicit RandomAffine(double degrees) : degrees_{-degrees, degrees} {}
  explicit RandomAffine(Range degrees) : degrees_(degrees) {}
  std::string name() const override { return "RandomAffine"; }
  void fields(FieldVisitor& visitor) override;
  void check() const override;
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const override;
};

/// With probability `p`, moves each corner inwards by up to half of `distortion_scale` of the side.
class RandomPerspective : public GeometricTransform {
  BOXFEED_ARG(double, distortion_scale) = 0.5;
  BOXFEED_ARG(double, p) = 0.5;

 public:
  RandomPerspective() = default;
  explicit RandomPerspective(double distortion_scale, double p = 0.5) : distortion_scale_(distortion_scale), p_(p) {}
  std::string name() const override { return "RandomPerspective"; }
  void fields(FieldVisitor& visitor) override;
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const override;
};

}  // namespace boxfeed::transforms
