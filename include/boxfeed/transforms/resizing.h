#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/image/resize.h>
#include <boxfeed/transforms/transform.h>

#include <cstdint>
#include <optional>

namespace boxfeed::transforms {

/// To a size: both sides, or the shorter side in the image's shape.
class Resize {
  /// Both sides; or with width 0 the shorter one, which is the height then.
  BOXFEED_ARG(ImageSize, size) = ImageSize{224, 224};
  /// With one side given, the most that the longer may become; 0 for no limit.
  BOXFEED_ARG(std::int64_t, max_size) = 0;

 public:
  static constexpr const char* kName = "Resize";
  Resize() = default;
  explicit Resize(ImageSize size) : size_(size) {}
  explicit Resize(std::int64_t shorter_side) : size_{shorter_side, 0} {}
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

/// The whole image in its shape in the middle of a canvas, or in its top left corner; the rest is filled.
class LetterBox {
  BOXFEED_ARG(ImageSize, size) = ImageSize{224, 224};
  /// False for the top left corner.
  BOXFEED_ARG(bool, center) = true;

 public:
  static constexpr const char* kName = "LetterBox";
  LetterBox() = default;
  explicit LetterBox(ImageSize size) : size_(size) {}
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

/// The largest part in the middle that has the shape of `size`, brought to it: the image covers the whole output.
class CenterResizedCrop {
  BOXFEED_ARG(ImageSize, size) = ImageSize{224, 224};

 public:
  static constexpr const char* kName = "CenterResizedCrop";
  CenterResizedCrop() = default;
  explicit CenterResizedCrop(ImageSize size) : size_(size) {}
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor) { visitor.field("size", size_); }
};

/// To a random share of the size at which the image, in its shape, fits into `target_size`.
class ScaleJitter {
  BOXFEED_ARG(ImageSize, target_size) = ImageSize{224, 224};
  BOXFEED_ARG(Range, scale_range) = Range{0.1, 2.0};

 public:
  static constexpr const char* kName = "ScaleJitter";
  ScaleJitter() = default;
  explicit ScaleJitter(ImageSize target_size) : target_size_(target_size) {}
  std::optional<DrawnMap> draw(const SampleGeometry& sample, Random& random) const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

/// What brings any canvas to `size` as `mode` says: a `Resize`, a `LetterBox` or a `CenterResizedCrop`.
Transform fit(ImageSize size, ResizeMode mode);

}  // namespace boxfeed::transforms
