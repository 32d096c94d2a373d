#pragma once

#include <boxfeed/transforms/pipeline.h>
#include <boxfeed/transforms/plan.h>
#include <boxfeed/transforms/transform.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace boxfeed::transforms::detail {

/// A plan that is being drawn, to which each kind of transform adds by its `draw_into`. What moves the map of the
/// pixels moves boxes and keypoints with it: `GeometricTransform` alone.
struct PlanDrawing {
  PlanDrawing(const SampleGeometry& sample, const PipelineOptions& options);

  void clamp_boxes();
  /// Drops the boxes i for which `judge(i)` returns a reason.
  void drop_boxes(const std::function<std::optional<DropReason>(std::size_t)>& judge);
  /// True where it still has each box of `before`, and `rule` would drop none by what is left of it since then.
  bool keeps_boxes_of(const PlanDrawing& before, const SanitizeBoundingBoxes& rule) const;

  const PipelineOptions* options;
  /// The canvas, boxes and keypoints as they are by now.
  SampleGeometry now;
  /// Of each box, the product of the shares that clippings left.
  std::vector<double> visibility;
  std::vector<Box> boxes_before;  ///< as in the sample; with clip(false) all are mapped from these by the product
  std::vector<Keypoint> points_before;
  Plan plan;
};

}  // namespace boxfeed::transforms::detail
