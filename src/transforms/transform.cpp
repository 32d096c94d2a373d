#include <boxfeed/core/error.h>
#include <boxfeed/transforms/boxes.h>
#include <boxfeed/transforms/transform.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "core/keep_marked.h"
#include "transforms/checks.h"
#include "transforms/plan_drawing.h"
#include "transforms/polygon.h"

namespace boxfeed::transforms {
namespace {

std::shared_ptr<const TransformBase> checked(const std::shared_ptr<TransformBase>& transform) {
  FieldChecker checker(transform->name());
  transform->fields(checker);
  transform->check();
  return transform;
}

double area_of(const Box& box) {
  return std::max<double>(0, double{box.xmax} - double{box.xmin}) *
         std::max<double>(0, double{box.ymax} - double{box.ymin});
}

bool finite(const Box& box) { return std::isfinite(box.xmin + box.ymin + box.xmax + box.ymax); }

/// The share of the box's area that is left of it when it is clipped to `inside`.
double share_left(const Box& box, const Box& inside, ImageSize canvas) {
  const double whole = area_of(box);
  if (whole > 0) return area_of(inside) / whole;
  const bool outside = box.xmax < 0 || box.ymax < 0 || box.xmin > static_cast<float>(canvas.width) ||
                       box.ymin > static_cast<float>(canvas.height);
  return outside ? 0 : 1;
}

void check_map(const std::string& name, const DrawnMap& drawn, ImageSize canvas) {
  const auto refuse = [&name](const std::string& what) {
    throw Error(Reason::kHook, "the transform " + name + ": expected " + what);
  };
  const auto fits = [](std::int64_t side) { return side >= 1 && side <= kLargestSide; };
  if (!fits(drawn.size.height) || !fits(drawn.size.width)) {
    refuse("a canvas with sides from 1 to " + std::to_string(kLargestSide) + ", got " + to_string(drawn.size));
  }
  const auto& e = drawn.map.entries();
  if (!std::all_of(e.begin(), e.end(), [](double v) { return std::isfinite(v); })) refuse("a finite map");
  for (const auto& corner : canvas_polygon(canvas)) {
    if (e[6] * corner[0] + e[7] * corner[1] + e[8] <= 0)
      refuse("a map whose homogeneous coordinate is positive on the whole canvas");
  }
  if (!std::isfinite(1 / drawn.map.determinant())) refuse("a map with an inverse");
}

}  // namespace

detail::PlanDrawing::PlanDrawing(const SampleGeometry& sample, const PipelineOptions& pipeline_options)
    : options(&pipeline_options),
      now(sample),
      visibility(sample.boxes.size(), 1.0),
      boxes_before(sample.boxes),
      points_before(sample.keypoints) {
  check_size("Pipeline::draw", sample.size);
  if (sample.keypoints_per_box * sample.boxes.size() != sample.keypoints.size() && sample.keypoints_per_box > 0) {
    throw std::invalid_argument("Pipeline::draw: expected " + std::to_string(sample.keypoints_per_box) +
                                " keypoints for each of " + std::to_string(sample.boxes.size()) + " boxes, got " +
                                std::to_string(sample.keypoints.size()));
  }
  plan.source = plan.size = sample.size;
  plan.visible = plan.uncut = canvas_polygon(sample.size);
  plan.resample = options->resample();
  plan.kept.resize(sample.boxes.size());
  std::iota(plan.kept.begin(), plan.kept.end(), std::size_t{0});
  drop_boxes([&](std::size_t i) {
    return finite(now.boxes[i]) ? std::nullopt : std::optional<DropReason>(DropReason::kNotFinite);
  });
}

void detail::PlanDrawing::clamp_boxes() {
  for (std::size_t i = 0; i < now.boxes.size(); ++i) {
    const Box inside = clipped(now.boxes[i], now.size);
    if (inside == now.boxes[i]) continue;
    visibility[i] *= share_left(now.boxes[i], inside, now.size);
    now.boxes[i] = inside;
  }
}

void detail::PlanDrawing::drop_boxes(const std::function<std::optional<DropReason>(std::size_t)>& judge) {
  std::vector<bool> keep;
  for (std::size_t i = 0; i < now.boxes.size(); ++i) {
    const std::optional<DropReason> reason = judge(i);
    if (!reason) continue;
    keep.resize(now.boxes.size(), true);
    keep[i] = false;
    plan.dropped.push_back({plan.kept[i], *reason, now.boxes[i], visibility[i]});
  }
  if (keep.empty()) return;
  keep_marked(now.boxes, keep);
  keep_marked(visibility, keep);
  keep_marked(boxes_before, keep);
  keep_marked(plan.kept, keep);
  if (now.keypoints_per_box == 0) return;
  keep_marked(now.keypoints, keep);
  keep_marked(points_before, keep);
}

bool detail::PlanDrawing::keeps_boxes_of(const PlanDrawing& before, const SanitizeBoundingBoxes& rule) const {
  if (now.boxes.size() < before.now.boxes.size()) return false;
  for (std::size_t i = 0; i < now.boxes.size(); ++i) {
    // Not clipped yet where `clip` is false, but for certain in the end.
    const Box inside = clipped(now.boxes[i], now.size);
    const double left = visibility[i] * share_left(now.boxes[i], inside, now.size);
    if (rule.drops(inside, before.visibility[i] > 0 ? left / before.visibility[i] : left)) return false;
  }
  return true;
}

void GeometricTransform::draw_into(detail::PlanDrawing& drawing, Random& random) const {
  std::optional<DrawnMap> drawn = draw(drawing.now, random);
  if (!drawn) return;
  auto& now = drawing.now;
  auto& plan = drawing.plan;
  const bool clip = drawing.options->clip();
  check_map(name(), *drawn, now.size);
  plan.map = drawn->map * plan.map;
  now.size = drawn->size;
  plan.visible = mapped(drawn->map, plan.visible);
  plan.uncut = plan.visible;
  if (clip) {
    for (auto& box : now.boxes) box = drawn->map.apply(box);
    plan.visible = clipped(plan.visible, now.size);
    if (drawn->cut_first) plan.uncut = plan.visible;
  } else {
    for (std::size_t i = 0; i < now.boxes.size(); ++i) now.boxes[i] = plan.map.apply(drawing.boxes_before[i]);
  }
  for (std::size_t i = 0; i < now.keypoints.size(); ++i) {
    now.keypoints[i] = plan.map.apply(drawing.points_before[i]);
  }
  if (drawn->drop_outside_centers) {
    drawing.drop_boxes([&](std::size_t i) -> std::optional<DropReason> {
      const Box& box = now.boxes[i];
      const float x = (box.xmin + box.xmax) / 2, y = (box.ymin + box.ymax) / 2;
      const bool inside =
          x > 0 && y > 0 && x < static_cast<float>(now.size.width) && y < static_cast<float>(now.size.height);
      if (inside) return std::nullopt;
      return DropReason::kCenterOutside;
    });
  }
  if (clip) drawing.clamp_boxes();
  plan.drawn.push_back({name(), std::move(drawn->parameters)});
}

void ColorTransform::draw_into(detail::PlanDrawing& drawing, Random& random) const {
  std::optional<DrawnColor> drawn = draw(random);
  if (!drawn) return;
  drawing.plan.drawn.push_back({name(), std::move(drawn->parameters)});
  drawn->name = name();
  drawing.plan.colors.push_back(*std::move(drawn));
}

void BoxTransform::draw_into(detail::PlanDrawing& drawing, Random&) const {
  drawing.drop_boxes([&](std::size_t i) { return drops(drawing.now.boxes[i], drawing.visibility[i]); });
}

void ClampBoundingBoxes::draw_into(detail::PlanDrawing& drawing, Random&) const { drawing.clamp_boxes(); }

void SanitizeBoundingBoxes::fields(FieldVisitor& visitor) {
  visitor.field("min_size", min_size_, {0});
  visitor.field("min_area", min_area_, {0});
  visitor.field("min_visibility", min_visibility_, {0, 1});
}

std::optional<DropReason> SanitizeBoundingBoxes::drops(const Box& box, double visible) const {
  const double width = box.width(), height = box.height();
  if (!std::isfinite(width) || !std::isfinite(height)) return DropReason::kNotFinite;
  const bool small = width < min_size_ || height < min_size_ || width * height < min_area_;
  if (!small && visible >= min_visibility_) return std::nullopt;
  if (visible <= 0) return DropReason::kOutside;
  return small ? DropReason::kTooSmall : DropReason::kNotVisible;
}

void ComposedTransform::draw_into(detail::PlanDrawing& drawing, Random& random) const {
  for (const auto& transform : choose(random)) transform->draw_into(drawing, random);
}

Transform::Transform(const std::shared_ptr<TransformBase>& value, Visit visit)
    : value_(checked(value)), visit_(visit) {}

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
