#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/transforms/boxes.h>
#include <boxfeed/transforms/transform.h>

#include <string>
#include <variant>

namespace boxfeed::transforms {

/// Four images around a random center, each covering its quarter of the canvas in its own shape, with the corner at the
/// center kept.
/// Source: Bochkovskiy et al., "YOLOv4: Optimal Speed and Accuracy of Object Detection", 2020.
class Mosaic {
  BOXFEED_ARG(double, p) = 1.0;
  /// Where the center lies, as a share of each side.
  BOXFEED_ARG(Range, center) = Range{0.25, 0.75};

 public:
  static constexpr const char* kName = "Mosaic";
  void fields(FieldVisitor& visitor);
};

/// The weighted mean of two images, with the boxes of both.
/// Source: Zhang et al., "mixup: Beyond Empirical Risk Minimization", ICLR 2018.
class MixUp {
  BOXFEED_ARG(double, p) = 1.0;
  /// The first image's weight is drawn from Beta(alpha, alpha).
  BOXFEED_ARG(double, alpha) = 1.0;

 public:
  static constexpr const char* kName = "MixUp";
  void fields(FieldVisitor& visitor);
};

/// A rectangle of one image laid over another. Boxes below it shrink to what is left of them.
/// Source: Yun et al., "CutMix: Regularization Strategy to Train Strong Classifiers", ICCV 2019.
class CutMix {
  BOXFEED_ARG(double, p) = 1.0;
  /// The first image's share of the area is drawn from Beta(alpha, alpha).
  BOXFEED_ARG(double, alpha) = 1.0;
  /// Drops boxes by what the rectangle leaves of them.
  BOXFEED_ARG(SanitizeBoundingBoxes, sanitize) = SanitizeBoundingBoxes().min_visibility(0.3);

 public:
  static constexpr const char* kName = "CutMix";
  void fields(FieldVisitor& visitor);
};

/// How examples are mixed with others of their dataset.
using Mix = std::variant<Mosaic, MixUp, CutMix>;

/// "Mosaic", "MixUp" or "CutMix".
std::string mix_name(const Mix& mix);

}  // namespace boxfeed::transforms
