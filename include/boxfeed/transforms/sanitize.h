#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/transforms/plan.h>
#include <boxfeed/transforms/transform.h>

#include <optional>

namespace boxfeed::transforms {

/// Clips boxes to the canvas.
class ClampBoundingBoxes {
 public:
  static constexpr const char* kName = "ClampBoundingBoxes";
  BoxRule rule() const { return {true, nullptr}; }
  void fields(FieldVisitor&) {}
};

/// Drops boxes that are too small, that are not finite, or of which too little is left. It is the only place that says
/// so, and the last step of every pipeline (`PipelineOptions::sanitize`). With zeros every finite box stays.
class SanitizeBoundingBoxes {
  /// The least width and height, in pixels.
  BOXFEED_ARG(double, min_size) = 1.0;
  /// The least area, in pixels.
  BOXFEED_ARG(double, min_area) = 1.0;
  /// The least share of a box's area that is left: the product of what each clipping left of it.
  BOXFEED_ARG(double, min_visibility) = 0.0;

 public:
  static constexpr const char* kName = "SanitizeBoundingBoxes";
  BoxRule rule() const { return {false, this}; }
  void check() const;
  void fields(FieldVisitor& visitor);
  /// Why `box`, of which the share `visible` is left, is dropped; nothing where it stays.
  std::optional<DropReason> drops(const Box& box, double visible) const;
};

}  // namespace boxfeed::transforms
