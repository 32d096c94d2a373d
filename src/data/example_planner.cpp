#include "data/example_planner.h"

#include <boxfeed/core/error.h>
#include <boxfeed/core/random.h>
#include <boxfeed/image/resize.h>
#include <boxfeed/transforms/own_transform.h>
#include <boxfeed/transforms/resizing.h>
#include <boxfeed/transforms/sample_geometry.h>

#include <numeric>
#include <set>
#include <stdexcept>
#include <utility>

#include "data/hook.h"
#include "data/records.h"
#include "transforms/polygon.h"

namespace boxfeed {
namespace {

/// From the canvas that a pipeline ends with to the size of the dataset's images.
Transform fit(ImageSize size, ResizeMode mode) {
  switch (mode) {
    case ResizeMode::kStretch: break;
    case ResizeMode::kLetterbox: return LetterBox(size);
    case ResizeMode::kCover:
      return OwnGeometry("Cover", [size](const SampleGeometry& sample, Random&) {
        return DrawnMap{resize_map(sample.size, size, ResizeMode::kCover), size, {}};
      });
  }
  return Resize(size);
}

/// Without a box, keypoints belong to the record.
std::size_t keypoints_per_object(const AnnotationTable& table, std::size_t i) {
  const std::size_t points = table.keypoints(i).size(), objects = table.boxes(i).size();
  return objects == 0 ? points : points / objects;
}

void check_flip_pairs(const AnnotationTable& table, const FlipPairs& pairs) {
  std::set<std::size_t> seen;
  for (const auto& pair : pairs) {
    for (const std::size_t point : pair) {
      if (seen.insert(point).second) continue;
      throw std::invalid_argument("DatasetOptions: expected flip_pairs with each keypoint once, got keypoint " +
                                  std::to_string(point) + " twice");
    }
  }
  for (std::size_t i = 0; !pairs.empty() && i < table.size(); ++i) {
    const std::size_t points = keypoints_per_object(table, i);
    if (table.keypoints(i).empty() || *seen.rbegin() < points) continue;
    throw std::invalid_argument("DatasetOptions: expected flip_pairs of keypoints below " + std::to_string(points) +
                                ", the number that an object of " + quoted(std::string(table.name(i))) + " has, got " +
                                std::to_string(*seen.rbegin()));
  }
}

PlaneMap to_pixels(const AnnotationTable& table, ImageSize image) {
  if (table.box_units() == BoxUnits::kPixels) return {};
  return PlaneMap::scale(static_cast<double>(image.width), static_cast<double>(image.height));
}

std::vector<Box> mapped(const PlaneMap& map, Span<Box> boxes) {
  std::vector<Box> out;
  out.reserve(boxes.size());
  for (const auto& box : boxes) out.push_back(map.apply(box));
  return out;
}

std::vector<Keypoint> mapped(const PlaneMap& map, Span<Keypoint> points) {
  std::vector<Keypoint> out;
  out.reserve(points.size());
  for (const auto& point : points) {
    const auto to = map.apply(point.x, point.y);
    out.push_back({static_cast<float>(to[0]), static_cast<float>(to[1]), point.visibility});
  }
  return out;
}

/// Resized, and nothing else.
Plan plan_of_resize(const AnnotationTable& record, ImageSize displayed, const DatasetOptions& options) {
  Plan plan;
  plan.source = displayed;
  plan.size = options.image_size();
  plan.map = resize_map(displayed, plan.size, options.resize_mode());
  plan.visible = clipped(mapped(canvas_polygon(displayed), plan.map), plan.size);
  plan.resample = options.resample();
  const PlaneMap map = plan.map * to_pixels(record, displayed);
  plan.boxes = mapped(map, record.boxes(0));
  plan.kept.resize(plan.boxes.size());
  std::iota(plan.kept.begin(), plan.kept.end(), std::size_t{0});
  plan.keypoints = mapped(map, record.keypoints(0));
  return plan;
}

/// Drops the boxes that the map took out of the output.
void drop_outside(Plan& plan) {
  std::size_t out = 0;
  const std::size_t points = plan.boxes.empty() ? 0 : plan.keypoints.size() / plan.boxes.size();
  for (std::size_t i = 0; i < plan.boxes.size(); ++i) {
    const Box box = clipped(plan.boxes[i], plan.size);
    if (box.width() <= 0 || box.height() <= 0) continue;
    plan.boxes[out] = box;
    plan.kept[out] = plan.kept[i];
    for (std::size_t k = 0; k < points; ++k) plan.keypoints[out * points + k] = plan.keypoints[i * points + k];
    ++out;
  }
  if (out == plan.boxes.size()) return;
  plan.dropped += plan.boxes.size() - out;
  plan.boxes.resize(out);
  plan.kept.resize(out);
  plan.keypoints.resize(out * points);
}

/// True where left and right are exchanged.
bool mirrors(const PlaneMap& map) {
  const auto& e = map.entries();
  return e[0] * (e[4] * e[8] - e[5] * e[7]) - e[1] * (e[3] * e[8] - e[5] * e[6]) + e[2] * (e[3] * e[7] - e[4] * e[6]) <
         0;
}

}  // namespace

ExamplePlanner::ExamplePlanner(const AnnotationTable& table, const DatasetOptions& options, Targets targets)
    : options_(options), targets_(targets) {
  check_flip_pairs(table, options.flip_pairs());
  if (options.pipeline()) pipeline_ = options.pipeline()->then(fit(options.image_size(), options.resize_mode()));
}

PlannedExample ExamplePlanner::draw(const AnnotationTable& table, const ExampleKey& key, ImageSize displayed,
                                    const std::string& path) const {
  PlannedExample example{record_in_image(table, key.index, options_.box_policy(), displayed), {}};
  const std::size_t boxes = example.record.boxes(0).size();
  if (targets_ == Targets::kOne && boxes != table.boxes(key.index).size()) {
    throw ImageError(Reason::kOutside, path,
                     "its box lies outside the image and cannot be left out: an example has one target");
  }
  example.plan = plan_of(example.record, key, displayed, path);
  if (targets_ == Targets::kMany) drop_outside(example.plan);
  if (targets_ == Targets::kOne && example.plan.boxes.size() != boxes) {
    throw ImageError(Reason::kBoxLost, path,
                     "its only box was lost by the pipeline in epoch " + std::to_string(key.epoch) +
                         "; expected transforms that keep it: wrap those that move the image in KeepBoxes");
  }
  return example;
}

Plan ExamplePlanner::plan_of(const AnnotationTable& record, const ExampleKey& key, ImageSize displayed,
                             const std::string& path) const {
  if (!pipeline_) return plan_of_resize(record, displayed, options_);
  const PlaneMap units = to_pixels(record, displayed);
  SampleGeometry sample{displayed, mapped(units, record.boxes(0)), mapped(units, record.keypoints(0)), 0};
  const std::size_t each = keypoints_per_object(record, 0);
  if (!sample.boxes.empty() && each * sample.boxes.size() == sample.keypoints.size()) sample.keypoints_per_box = each;
  Plan plan =
      call_hook("pipeline", path, [&] { return pipeline_->draw(sample, Random(key.seed, key.epoch, key.index)); });
  exchange_flipped(plan, each);
  return plan;
}

void ExamplePlanner::exchange_flipped(Plan& plan, std::size_t keypoints_per_object) const {
  if (options_.flip_pairs().empty() || keypoints_per_object == 0 || !mirrors(plan.map)) return;
  for (std::size_t first = 0; first + keypoints_per_object <= plan.keypoints.size(); first += keypoints_per_object) {
    for (const auto& pair : options_.flip_pairs()) {
      std::swap(plan.keypoints[first + pair[0]], plan.keypoints[first + pair[1]]);
    }
  }
}

}  // namespace boxfeed
