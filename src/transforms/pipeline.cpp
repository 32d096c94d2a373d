#include <boxfeed/core/error.h>
#include <boxfeed/transforms/color.h>
#include <boxfeed/transforms/compose.h>
#include <boxfeed/transforms/geometry.h>
#include <boxfeed/transforms/pipeline.h>

#include <stdexcept>
#include <utility>

#include "transforms/checks.h"
#include "transforms/plan_drawing.h"
#include "transforms/polygon.h"

namespace boxfeed::transforms {

Pipeline::Pipeline(std::vector<Transform> transforms, PipelineOptions options)
    : transforms_(std::move(transforms)), options_(std::move(options)) {
  FieldChecker checker("PipelineOptions: sanitize");
  auto sanitize = options_.sanitize();
  sanitize.fields(checker);
  if (auto mix = options_.mix()) {
    FieldChecker of_mix(mix_name(*mix));
    std::visit([&](auto& kind) { kind.fields(of_mix); }, *mix);
  }
}

Pipeline Pipeline::then(Transform transform) const {
  Pipeline longer = *this;
  longer.transforms_.push_back(std::move(transform));
  return longer;
}

Plan Pipeline::draw(const SampleGeometry& sample, Random random) const {
  detail::PlanDrawing drawing(sample, options_);
  for (const auto& transform : transforms_) transform->draw_into(drawing, random);
  drawing.clamp_boxes();
  options_.sanitize().draw_into(drawing, random);
  auto& now = drawing.now;
  auto& plan = drawing.plan;
  plan.size = now.size;
  if (!options_.clip()) plan.visible = clipped(plan.visible, now.size);
  for (auto& point : now.keypoints) {
    if (!contains(plan.visible, point.x, point.y)) point.visibility = 0;
  }
  plan.boxes = std::move(now.boxes);
  plan.weights.assign(plan.boxes.size(), 1);
  plan.keypoints = std::move(now.keypoints);
  return std::move(plan);
}

Pipeline augmentation_preset(const std::string& name) {
  // The corners of a turned image show the photograph where there is one, and gray elsewhere.
  const auto options = PipelineOptions().clip(false).resample(ResampleOptions().fill(Color{114, 114, 114}));
  if (name == "none") return Pipeline({}, options);
  if (name == "light") {
    return Pipeline(
        {RandomHorizontalFlip(), KeepBoundingBoxes({RandomAffine(5).translate({0.05, 0.05}).scale({0.9, 1.1})}),
         ColorJitter(0.2, 0.2, 0.2)},
        options);
  }
  if (name == "strong") {
    const auto moved = RandomAffine(5).translate({0.5, 0.5}).scale({0.6, 1.5}).shear({-3, 3});
    return Pipeline({RandomHorizontalFlip(),
                     KeepBoundingBoxes({moved}).sanitize(SanitizeBoundingBoxes().min_visibility(0.98)).attempts(30),
                     RandomPhotometricDistort(), RandomGrayscale(0.1)},
                    options);
  }
  throw std::invalid_argument("augmentation_preset: expected none, light or strong, got " + quoted(name));
}

}  // namespace boxfeed::transforms
