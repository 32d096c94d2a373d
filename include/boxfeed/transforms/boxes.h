#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/transforms/transform.h>

#include <optional>
#include <string>

namespace boxfeed::transforms {

/// Clips boxes to the canvas.
class ClampBoundingBoxes : public TransformBase {
 public:
  std::string name() const override { return "ClampBoundingBoxes"; }
  void draw_into(detail::PlanDrawing& drawing, Random& random) const override;
};

/// Drops boxes that are too small, that are not finite, or of which too little is left. It is the only place that says
/// so, and the last step of every pipeline (`PipelineOptions::sanitize`). With zeros every finite box stays.
class SanitizeBoundingBoxes : public BoxTransform {
  /// The least width and height, in pixels.
  BOXFEED_ARG(double, min_size) = 1.0;
  /// The least area, in pixels.
  BOXFEED_ARG(double, min_area) = 1.0;
  /// The least share of a box's area that is left: the product of what each clipping left of it.
  BOXFEED_ARG(double, min_visibility) = 0.0;

 public:
  std::string name() const override { return "SanitizeBoundingBoxes"; }
  void fields(FieldVisitor& visitor) override;
  std::optional<DropReason> drops(const Box& box, double visible) const override;
};

}  // namespace boxfeed::transforms
