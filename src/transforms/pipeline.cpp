#include <boxfeed/transforms/pipeline.h>

#include <utility>

#include "transforms/checks.h"
#include "transforms/plan_drawing.h"

namespace boxfeed::transforms {

struct Pipeline::State {
  std::vector<Transform> transforms;
  PipelineOptions options;
};

Pipeline::Pipeline(std::vector<Transform> transforms, PipelineOptions options) {
  options.sanitize().check();
  if (options.mix()) std::visit([](const auto& kind) { kind.check(); }, *options.mix());
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
  detail::add(drawing, state_->transforms, random);
  return std::move(drawing).finish();
}

}  // namespace boxfeed::transforms
