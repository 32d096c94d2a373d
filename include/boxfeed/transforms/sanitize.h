#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/transforms/transform.h>

namespace boxfeed::transforms {

/// Clips boxes to the canvas.
class ClampBoundingBoxes {
 public:
  static constexpr const char* kName = "ClampBoundingBoxes";
  BoxRule rule() const;
  void fields(FieldVisitor&) {}
};

/// Drops boxes that are too small, that are not finite, or of which too little is left in the canvas.
class SanitizeBoundingBoxes {
  /// The least width and height, in pixels.
  BOXFEED_ARG(double, min_size) = 1.0;
  /// The least area, in pixels.
  BOXFEED_ARG(double, min_area) = 1.0;
  /// The least share of a box's area that is left: the product of what each clipping left of it.
  BOXFEED_ARG(double, min_visibility) = 0.0;

 public:
  static constexpr const char* kName = "SanitizeBoundingBoxes";
  BoxRule rule() const;
  void check() const;
  void fields(FieldVisitor& visitor);
};

}  // namespace boxfeed::transforms
