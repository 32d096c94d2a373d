#include <boxfeed/core/error.h>
#include <boxfeed/transforms/color.h>
#include <boxfeed/transforms/compose.h>
#include <boxfeed/transforms/geometry.h>
#include <boxfeed/transforms/pipeline.h>

#include <stdexcept>
#include <utility>

#include "transforms/checks.h"
#include "transforms/plan_drawing.h"

namespace boxfeed::transforms {

struct Pipeline::State {
  std::vector<Transform> transforms;
  PipelineOptions options;
};

Pipeline::Pipeline(std::vector<Transform> transforms, PipelineOptions options) {
  FieldChecker checker("PipelineOptions: sanitize");
  auto sanitize = options.sanitize();
  sanitize.fields(checker);
  if (auto mix = options.mix()) {
    FieldChecker of_mix(mix_name(*mix));
    std::visit([&](auto& kind) { kind.fields(of_mix); }, *mix);
  }
  state_ = std::make_shared<const State>(State{std::move(transforms), std::move(options)});
}

const std::vector<Transform>& Pipeline::transforms() const noexcept { return state_->transforms; }
const PipelineOptions& Pipeline::options() const noexcept { return state_->options; }

Pipeline Pipeline::then(Transform transform) const {
  auto transforms = state_->transforms;
  transforms.push_back(std::move(transform));
  return Pipeline(std::move(transforms), state_->options);
}

Plan Pipeline::draw(const SampleGeometry& sample, Random random) const {
  detail::PlanDrawing drawing(sample, state_->options);
  for (const auto& transform : state_->transforms) transform.draw_into(drawing, random);
  return std::move(drawing).finish();
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
