#pragma once

#include <boxfeed/transforms/pipeline.h>
#include <boxfeed/transforms/plan.h>
#include <boxfeed/transforms/transform.h>

#include <string>
#include <vector>

namespace boxfeed::transforms::detail {

/// A plan that is being drawn: the only place where boxes, keypoints and the map of the pixels are moved, all by the
/// same map.
class PlanDrawing {
 public:
  PlanDrawing(const SampleGeometry& sample, const PipelineOptions& options);

  /// The canvas, boxes and keypoints as they are by now.
  const SampleGeometry& now() const noexcept { return now_; }
  /// True where it still has each box of `before`, and `rule` would drop none by what is left of it since then.
  bool keeps_boxes_of(const PlanDrawing& before, const SanitizeBoundingBoxes& rule) const;

  void move(const std::string& name, DrawnMap map);
  void color(const std::string& name, DrawnColor color);
  void clamp_boxes();
  /// Drops the boxes that `rule` does.
  void sanitize(const BoxTransform& rule);

  /// The finished plan.
  Plan finish() &&;

 private:
  /// Drops the boxes i for which `judge(i)` returns a reason.
  template <typename Judge>
  void drop_boxes(const Judge& judge);

  const PipelineOptions* options_;
  SampleGeometry now_;
  /// Of each box, the product of the shares that clippings left.
  std::vector<double> visibility_;
  std::vector<Box> boxes_before_;  // as in the sample; with clip(false) all are mapped from these by the product
  std::vector<Keypoint> points_before_;
  Plan plan_;
};

}  // namespace boxfeed::transforms::detail
