#include <boxfeed/transforms/transform.h>

#include "transforms/checks.h"
#include "transforms/plan_drawing.h"

namespace boxfeed::transforms {
namespace {

std::shared_ptr<const TransformBase> checked(const std::shared_ptr<TransformBase>& transform) {
  FieldChecker checker(transform->name());
  transform->fields(checker);
  transform->check();
  return transform;
}

}  // namespace

Transform::Transform(const std::shared_ptr<TransformBase>& value, Visit visit)
    : value_(checked(value)), visit_(visit) {}

void GeometricTransform::draw_into(detail::PlanDrawing& drawing, Random& random) const {
  std::optional<DrawnMap> map = draw(drawing.now(), random);
  if (map) drawing.move(name(), *std::move(map));
}

void ColorTransform::draw_into(detail::PlanDrawing& drawing, Random& random) const {
  std::optional<DrawnColor> color = draw(random);
  if (color) drawing.color(name(), *std::move(color));
}

void BoxTransform::draw_into(detail::PlanDrawing& drawing, Random&) const { drawing.sanitize(*this); }

void ComposedTransform::draw_into(detail::PlanDrawing& drawing, Random& random) const {
  for (const auto& transform : choose(random)) transform.draw_into(drawing, random);
}

std::optional<DrawnColor> LambdaColor::draw(Random& random) const {
  // The function is called later, when there are pixels: its numbers are a stream of their own, begun here.
  DrawnColor drawn;
  drawn.takes_floats = true;
  drawn.function = [function = function_, seed = random.bits64()](cv::Mat& image) {
    Random own(seed, 0, 0);
    function(image, own);
  };
  return drawn;
}

}  // namespace boxfeed::transforms
