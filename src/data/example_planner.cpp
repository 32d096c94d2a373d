#include "data/example_planner.h"

#include <boxfeed/core/error.h>
#include <boxfeed/core/random.h>
#include <boxfeed/image/resize.h>
#include <boxfeed/transforms/resizing.h>
#include <boxfeed/transforms/sample_geometry.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <stdexcept>
#include <utility>

#include "data/hook.h"
#include "data/records.h"
#include "transforms/polygon.h"

namespace boxfeed {

using namespace transforms;

namespace {

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

template <typename Label>
std::vector<Label> mapped(const PlaneMap& map, Span<Label> labels) {
  std::vector<Label> out;
  out.reserve(labels.size());
  for (const auto& label : labels) out.push_back(map.apply(label));
  return out;
}

/// Resized, and nothing else.
Plan plan_of_resize(const AnnotationTable& record, ImageSize displayed, const DatasetOptions& options) {
  Plan plan;
  plan.source = displayed;
  plan.size = options.image_size();
  plan.map = resize_map(displayed, plan.size, options.resize_mode());
  plan.visible = clipped(transforms::mapped(canvas_polygon(displayed), plan.map), plan.size);
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

/// Exchanges the paired keypoints of object number `object`.
void exchange(std::vector<Keypoint>& keypoints, std::size_t object, std::size_t each, const FlipPairs& pairs) {
  if ((object + 1) * each > keypoints.size()) return;
  for (const auto& pair : pairs) std::swap(keypoints[object * each + pair[0]], keypoints[object * each + pair[1]]);
}

SampleGeometry sample_of(const AnnotationTable& record, ImageSize displayed) {
  const PlaneMap units = to_pixels(record, displayed);
  SampleGeometry sample{displayed, mapped(units, record.boxes(0)), mapped(units, record.keypoints(0)), 0};
  const std::size_t each = keypoints_per_object(record, 0);
  if (!sample.boxes.empty() && each * sample.boxes.size() == sample.keypoints.size()) sample.keypoints_per_box = each;
  return sample;
}

/// One plan that says what the mix does: its labels, its size, and the way of the example's own image.
Plan summary(const MixPlan& mix, const MixDraft& draft, const std::vector<AnnotationTable>& records,
             const std::string& name) {
  std::vector<std::size_t> first_box{0};
  for (const auto& record : records) first_box.push_back(first_box.back() + record.boxes(0).size());
  const auto own = std::find_if(mix.layers.begin(), mix.layers.end(), [](const auto& l) { return l.source == 0; });
  Plan plan = own->plan;
  const PlaneMap place = PlaneMap::translation(static_cast<double>(own->left), static_cast<double>(own->top));
  plan.map = place * plan.map;
  plan.visible = transforms::mapped(plan.visible, place);
  plan.size = mix.size;
  plan.boxes = mix.boxes;
  plan.keypoints = mix.keypoints;
  plan.dropped = mix.dropped;
  plan.kept.clear();
  for (const auto& box : mix.kept) plan.kept.push_back(first_box[box.source] + box.index);
  plan.drawn.clear();
  for (const auto& layer : mix.layers) {
    const auto number = [](auto value) { return std::vector<double>{static_cast<double>(value)}; };
    plan.drawn.push_back({name,
                          {{"example", number(draft.sources[layer.source])},
                           {"top", number(layer.top)},
                           {"left", number(layer.left)},
                           {"weight", number(layer.weight)}}});
    plan.drawn.insert(plan.drawn.end(), layer.plan.drawn.begin(), layer.plan.drawn.end());
  }
  return plan;
}

}  // namespace

std::vector<std::int64_t> PlannedExample::labels() const {
  std::vector<std::int64_t> all;
  for (const auto& record : records) {
    const auto classes = record.class_ids(0);
    for (std::size_t i = 0; i < record.boxes(0).size(); ++i) all.push_back(classes.empty() ? 0 : classes[i]);
  }
  std::vector<std::int64_t> kept;
  for (const auto i : plan.kept) kept.push_back(all[i]);
  return kept;
}

ExamplePlanner::ExamplePlanner(const AnnotationTable& table, const DatasetOptions& options, Targets targets)
    : options_(options), targets_(targets) {
  check_flip_pairs(table, options.flip_pairs());
  if (!options.pipeline()) return;
  pipeline_ = options.pipeline()->then(fit(options.image_size(), options.resize_mode()));
  const auto& mix = options.pipeline()->options().mix();
  if (!mix) return;
  if (targets == Targets::kOne) {
    throw std::invalid_argument("DatasetOptions: expected a pipeline without " + mix_name(*mix) +
                                " for a dataset of one target an example: use a DetectionDataset");
  }
  mixer_.emplace(*mix, *options.pipeline(), options.image_size(), options.resize_mode());
}

std::size_t ExamplePlanner::most_sources() const { return mixer_ ? mixer_->most_sources() : 1; }

MixDraft ExamplePlanner::begin(const AnnotationTable& table, const ExampleKey& key) const {
  const Random random(key);
  return mixer_ ? mixer_->begin(table.size(), key.index, random) : MixDraft{{key.index}, random};
}

PlannedExample ExamplePlanner::draw(const AnnotationTable& table, const ExampleKey& key, const MixDraft& draft,
                                    const std::vector<ImageSize>& displayed, const std::string& path) const {
  PlannedExample example;
  for (std::size_t k = 0; k < draft.sources.size(); ++k) {
    example.records.push_back(record_in_image(table, draft.sources[k], options_.box_policy(), displayed[k]));
  }
  const auto& record = example.records[0];
  const std::size_t boxes = record.boxes(0).size(), each = keypoints_per_object(record, 0);
  if (targets_ == Targets::kOne && boxes != table.boxes(key.index).size()) {
    throw ImageError(Reason::kOutside, path,
                     "its box lies outside the image and cannot be left out: an example has one target");
  }
  auto& plan = example.plan;
  if (draft.sources.size() > 1) {
    std::vector<SampleGeometry> samples;
    for (std::size_t k = 0; k < displayed.size(); ++k) samples.push_back(sample_of(example.records[k], displayed[k]));
    example.mix = call_hook("pipeline", path, [&] { return mixer_->draw(draft, samples); });
    std::vector<bool> mirrored(displayed.size(), false);
    for (const auto& layer : example.mix->layers) mirrored[layer.source] = layer.plan.map.determinant() < 0;
    for (std::size_t i = 0; i < example.mix->kept.size(); ++i) {
      if (mirrored[example.mix->kept[i].source]) exchange(example.mix->keypoints, i, each, options_.flip_pairs());
    }
    plan = summary(*example.mix, draft, example.records, mix_name(*options_.pipeline()->options().mix()));
  } else if (pipeline_) {
    plan = call_hook("pipeline", path, [&] { return pipeline_->draw(sample_of(record, displayed[0]), draft.random); });
    const std::size_t objects = plan.map.determinant() < 0 ? std::max<std::size_t>(plan.boxes.size(), 1) : 0;
    for (std::size_t i = 0; i < objects; ++i) exchange(plan.keypoints, i, each, options_.flip_pairs());
  } else {
    plan = plan_of_resize(record, displayed[0], options_);
  }
  if (targets_ == Targets::kMany) drop_outside(plan);
  if (targets_ == Targets::kOne && plan.boxes.size() != boxes) {
    throw ImageError(Reason::kBoxLost, path,
                     "its only box was lost by the pipeline in epoch " + std::to_string(key.epoch) +
                         "; expected transforms that keep it: wrap those that move the image in KeepBoxes");
  }
  return example;
}

}  // namespace boxfeed
