#include "transforms/plan_drawing.h"

#include <boxfeed/core/error.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "core/keep_marked.h"
#include "transforms/checks.h"
#include "transforms/polygon.h"

namespace boxfeed::transforms::detail {
namespace {

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
  try {
    static_cast<void>(drawn.map.inverse());
  } catch (const std::invalid_argument&) {
    refuse("a map with an inverse");
  }
}

}  // namespace

template <typename Judge>
void PlanDrawing::drop_boxes(const Judge& judge) {
  std::vector<bool> keep;
  for (std::size_t i = 0; i < now_.boxes.size(); ++i) {
    const std::optional<DropReason> reason = judge(i);
    if (!reason) continue;
    keep.resize(now_.boxes.size(), true);
    keep[i] = false;
    plan_.dropped.push_back({plan_.kept[i], *reason, now_.boxes[i], visibility_[i]});
  }
  if (keep.empty()) return;
  keep_marked(now_.boxes, keep);
  keep_marked(visibility_, keep);
  keep_marked(boxes_before_, keep);
  keep_marked(plan_.kept, keep);
  if (now_.keypoints_per_box == 0) return;
  keep_marked(now_.keypoints, keep);
  keep_marked(points_before_, keep);
}

PlanDrawing::PlanDrawing(const SampleGeometry& sample, const PipelineOptions& options)
    : options_(&options),
      now_(sample),
      visibility_(sample.boxes.size(), 1.0),
      boxes_before_(sample.boxes),
      points_before_(sample.keypoints) {
  check_size("Pipeline::draw", sample.size);
  if (sample.keypoints_per_box * sample.boxes.size() != sample.keypoints.size() && sample.keypoints_per_box > 0) {
    throw std::invalid_argument("Pipeline::draw: expected " + std::to_string(sample.keypoints_per_box) +
                                " keypoints for each of " + std::to_string(sample.boxes.size()) + " boxes, got " +
                                std::to_string(sample.keypoints.size()));
  }
  plan_.source = plan_.size = sample.size;
  plan_.visible = plan_.uncut = canvas_polygon(sample.size);
  plan_.resample = options.resample();
  plan_.kept.resize(sample.boxes.size());
  for (std::size_t i = 0; i < plan_.kept.size(); ++i) plan_.kept[i] = i;
  drop_boxes([&](std::size_t i) {
    return finite(now_.boxes[i]) ? std::nullopt : std::optional<DropReason>(DropReason::kNotFinite);
  });
}

bool PlanDrawing::keeps_boxes_of(const PlanDrawing& before, const SanitizeBoundingBoxes& rule) const {
  if (now_.boxes.size() < before.now_.boxes.size()) return false;
  for (std::size_t i = 0; i < now_.boxes.size(); ++i) {
    // Not clipped yet where `clip` is false, but for certain in the end.
    const Box inside = clipped(now_.boxes[i], now_.size);
    const double left = visibility_[i] * share_left(now_.boxes[i], inside, now_.size);
    if (rule.drops(inside, before.visibility_[i] > 0 ? left / before.visibility_[i] : left)) return false;
  }
  return true;
}

void PlanDrawing::move(const std::string& name, DrawnMap drawn) {
  check_map(name, drawn, now_.size);
  plan_.map = drawn.map * plan_.map;
  now_.size = drawn.size;
  plan_.visible = mapped(drawn.map, plan_.visible);
  plan_.uncut = plan_.visible;
  if (options_->clip()) {
    for (auto& box : now_.boxes) box = drawn.map.apply(box);
    plan_.visible = clipped(plan_.visible, drawn.size);
    if (drawn.cut_first) plan_.uncut = plan_.visible;
  } else {
    for (std::size_t i = 0; i < now_.boxes.size(); ++i) now_.boxes[i] = plan_.map.apply(boxes_before_[i]);
  }
  for (std::size_t i = 0; i < now_.keypoints.size(); ++i) now_.keypoints[i] = plan_.map.apply(points_before_[i]);
  if (drawn.drop_outside_centers) {
    drop_boxes([&](std::size_t i) -> std::optional<DropReason> {
      const Box& box = now_.boxes[i];
      const float x = (box.xmin + box.xmax) / 2, y = (box.ymin + box.ymax) / 2;
      const bool inside =
          x > 0 && y > 0 && x < static_cast<float>(drawn.size.width) && y < static_cast<float>(drawn.size.height);
      if (inside) return std::nullopt;
      return DropReason::kCenterOutside;
    });
  }
  if (options_->clip()) clamp_boxes();
  plan_.drawn.push_back({name, std::move(drawn.parameters)});
}

void PlanDrawing::color(const std::string& name, DrawnColor color) {
  plan_.drawn.push_back({name, std::move(color.parameters)});
  color.name = name;
  plan_.colors.push_back(std::move(color));
}

void PlanDrawing::clamp_boxes() {
  for (std::size_t i = 0; i < now_.boxes.size(); ++i) {
    const Box inside = clipped(now_.boxes[i], now_.size);
    if (inside == now_.boxes[i]) continue;
    visibility_[i] *= share_left(now_.boxes[i], inside, now_.size);
    now_.boxes[i] = inside;
  }
}

void PlanDrawing::sanitize(const BoxTransform& rule) {
  drop_boxes([&](std::size_t i) { return rule.drops(now_.boxes[i], visibility_[i]); });
}

Plan PlanDrawing::finish() && {
  clamp_boxes();
  sanitize(options_->sanitize());
  plan_.size = now_.size;
  if (!options_->clip()) plan_.visible = clipped(plan_.visible, now_.size);
  for (auto& point : now_.keypoints) {
    if (!contains(plan_.visible, point.x, point.y)) point.visibility = 0;
  }
  plan_.boxes = std::move(now_.boxes);
  plan_.weights.assign(plan_.boxes.size(), 1);
  plan_.keypoints = std::move(now_.keypoints);
  return std::move(plan_);
}

}  // namespace boxfeed::transforms::detail
