#include "transforms/plan_drawing.h"

#include <boxfeed/core/error.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "transforms/checks.h"
#include "transforms/polygon.h"

namespace boxfeed::transforms::detail {
namespace {

constexpr std::int64_t kLargestSide = 32768;

double area_of(const Box& box) {
  return std::max<double>(0, double{box.xmax} - double{box.xmin}) *
         std::max<double>(0, double{box.ymax} - double{box.ymin});
}

bool finite(const Box& box) { return std::isfinite(box.xmin + box.ymin + box.xmax + box.ymax); }

void check_map(const std::string& name, const DrawnMap& drawn, ImageSize canvas) {
  const auto refuse = [&name](const std::string& what) {
    throw Error(Reason::kHook, "the transform " + name + ": expected " + what);
  };
  const auto fits = [](std::int64_t side) { return side >= 1 && side <= kLargestSide; };
  if (!fits(drawn.size.height) || !fits(drawn.size.width)) {
    refuse("a canvas with sides from 1 to " + std::to_string(kLargestSide) + ", got " +
           std::to_string(drawn.size.height) + " × " + std::to_string(drawn.size.width));
  }
  const auto& e = drawn.map.entries();
  if (!std::all_of(e.begin(), e.end(), [](double v) { return std::isfinite(v); })) refuse("a finite map");
  for (const auto& corner : canvas_polygon(canvas)) {
    if (e[6] * corner[0] + e[7] * corner[1] + e[8] <= 0) refuse("a map that sees the whole canvas from the front");
  }
  try {
    static_cast<void>(drawn.map.inverse());
  } catch (const std::invalid_argument&) {
    refuse("a map with an inverse");
  }
}

}  // namespace

PlanDrawing::PlanDrawing(const SampleGeometry& sample, const PipelineOptions& options)
    : options_(&options),
      boxes_at_first_(sample.boxes.size()),
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
}

double PlanDrawing::least_visibility() const {
  if (visibility_.size() < boxes_at_first_) return 0;
  double least = 1;
  for (std::size_t i = 0; i < visibility_.size(); ++i) {
    // Not clipped yet, but for certain in the end.
    const double whole = area_of(now_.boxes[i]);
    const double left = whole > 0 ? area_of(clipped(now_.boxes[i], now_.size)) / whole : 0;
    least = std::min(least, visibility_[i] * left);
  }
  return least;
}

void PlanDrawing::move(const std::string& name, DrawnMap drawn) {
  check_map(name, drawn, now_.size);
  plan_.map = drawn.map * plan_.map;
  now_.size = drawn.size;
  plan_.visible = mapped(plan_.visible, drawn.map);
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
    drop_boxes_unless([&](std::size_t i) {
      const Box& box = now_.boxes[i];
      const float x = (box.xmin + box.xmax) / 2, y = (box.ymin + box.ymax) / 2;
      return x > 0 && y > 0 && x < static_cast<float>(drawn.size.width) && y < static_cast<float>(drawn.size.height);
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

void PlanDrawing::apply(const BoxRule& rule) {
  if (rule.clamp) clamp_boxes();
  if (rule.sanitize) {
    drop_boxes_unless([&](std::size_t i) {
      const Box& box = now_.boxes[i];
      return finite(box) && double{box.width()} >= rule.min_size && double{box.height()} >= rule.min_size &&
             area_of(box) >= rule.min_area && visibility_[i] >= rule.min_visibility;
    });
  }
}

void PlanDrawing::clamp_boxes() {
  for (std::size_t i = 0; i < now_.boxes.size(); ++i) {
    const Box inside = clipped(now_.boxes[i], now_.size);
    if (inside == now_.boxes[i]) continue;
    const double whole = area_of(now_.boxes[i]);
    visibility_[i] *= whole > 0 ? area_of(inside) / whole : 0;
    now_.boxes[i] = inside;
  }
}

template <typename Keep>
void PlanDrawing::drop_boxes_unless(const Keep& keep) {
  const std::size_t each = now_.keypoints_per_box;
  std::size_t out = 0;
  for (std::size_t i = 0; i < now_.boxes.size(); ++i) {
    if (!keep(i)) continue;
    if (out != i) {
      now_.boxes[out] = now_.boxes[i];
      visibility_[out] = visibility_[i];
      boxes_before_[out] = boxes_before_[i];
      plan_.kept[out] = plan_.kept[i];
      for (std::size_t k = 0; k < each; ++k) {
        now_.keypoints[out * each + k] = now_.keypoints[i * each + k];
        points_before_[out * each + k] = points_before_[i * each + k];
      }
    }
    ++out;
  }
  now_.boxes.resize(out);
  visibility_.resize(out);
  boxes_before_.resize(out);
  plan_.kept.resize(out);
  if (each > 0) {
    now_.keypoints.resize(out * each);
    points_before_.resize(out * each);
  }
}

Plan PlanDrawing::finish() && {
  apply({true, true, options_->min_size(), options_->min_area(), options_->min_visibility()});
  plan_.size = now_.size;
  if (!options_->clip()) plan_.visible = clipped(plan_.visible, now_.size);
  for (auto& point : now_.keypoints) {
    if (!contains(plan_.visible, point.x, point.y)) point.visibility = 0;
  }
  plan_.dropped = boxes_at_first_ - now_.boxes.size();
  plan_.boxes = std::move(now_.boxes);
  plan_.keypoints = std::move(now_.keypoints);
  return std::move(plan_);
}

const SampleGeometry& drawn_so_far(const PlanDrawing& drawing) { return drawing.now(); }
void add(PlanDrawing& drawing, const std::string& name, DrawnMap map) { drawing.move(name, std::move(map)); }
void add(PlanDrawing& drawing, const std::string& name, DrawnColor color) { drawing.color(name, std::move(color)); }
void add(PlanDrawing& drawing, const BoxRule& rule) { drawing.apply(rule); }
void add(PlanDrawing& drawing, const std::vector<Transform>& transforms, Random& random) {
  for (const auto& transform : transforms) transform.model_->draw(drawing, random);
}

void add_keeping_boxes(PlanDrawing& drawing, const std::vector<Transform>& transforms, Random& random,
                       double min_visibility, std::int64_t attempts) {
  const double before = drawing.least_visibility();
  for (std::int64_t i = 0; i < attempts; ++i) {
    PlanDrawing trial = drawing;
    add(trial, transforms, random);
    if (trial.least_visibility() >= min_visibility * before) {
      std::swap(drawing, trial);
      return;
    }
  }
}

}  // namespace boxfeed::transforms::detail
