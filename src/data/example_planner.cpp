#include "data/example_planner.h"

#include <boxfeed/core/error.h>
#include <boxfeed/core/random.h>
#include <boxfeed/transforms/resizing.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

#include "data/hook.h"
#include "transforms/polygon.h"

namespace boxfeed {

using namespace transforms;

namespace {

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
    // Without a box, keypoints belong to the record.
    const std::size_t points = table.keypoints(i).size() / std::max<std::size_t>(table.boxes(i).size(), 1);
    if (table.keypoints(i).empty() || *seen.rbegin() < points) continue;
    throw std::invalid_argument("DatasetOptions: expected flip_pairs of keypoints below " + std::to_string(points) +
                                ", the number that an object of " + quoted(std::string(table.name(i))) + " has, got " +
                                std::to_string(*seen.rbegin()));
  }
}

/// Exchanges the paired keypoints of object number `object`.
void exchange(std::vector<Keypoint>& keypoints, std::size_t object, std::size_t each, const FlipPairs& pairs) {
  if ((object + 1) * each > keypoints.size()) return;
  for (const auto& pair : pairs) std::swap(keypoints[object * each + pair[0]], keypoints[object * each + pair[1]]);
}

SampleGeometry sample_of(const AnnotationRecord& record, ImageSize displayed) {
  SampleGeometry sample{displayed, record.boxes, record.keypoints, 0};
  if (record.box_units == BoxUnits::kFractions) {
    const auto to_pixels = PlaneMap::scale(static_cast<double>(displayed.width), static_cast<double>(displayed.height));
    for (auto& box : sample.boxes) box = to_pixels.apply(box);
    for (auto& point : sample.keypoints) point = to_pixels.apply(point);
  }
  const std::size_t each = record.keypoints_per_object();
  if (!sample.boxes.empty() && each * sample.boxes.size() == sample.keypoints.size()) sample.keypoints_per_box = each;
  return sample;
}

/// One plan that says what the mix does: its labels, its size, and the way of the example's own image.
Plan summary(const MixPlan& mix, const MixDraft& draft, const std::vector<AnnotationRecord>& records,
             const std::string& name) {
  std::vector<std::size_t> first_box{0};
  for (const auto& record : records) first_box.push_back(first_box.back() + record.boxes.size());
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
    for (std::size_t i = 0; i < record.boxes.size(); ++i) {
      all.push_back(record.class_ids.empty() ? 0 : record.class_ids[i]);
    }
  }
  std::vector<std::int64_t> kept;
  for (const auto i : plan.kept) kept.push_back(all[i]);
  return kept;
}

std::vector<float> PlannedExample::weights() const {
  std::vector<float> weights(plan.boxes.size(), 1.0F);
  for (std::size_t i = 0; mix && i < weights.size(); ++i) weights[i] = static_cast<float>(mix->kept[i].weight);
  return weights;
}

ExamplePlanner::ExamplePlanner(const AnnotationTable& table, const DatasetOptions& options, Targets targets)
    : targets_(targets),
      flip_pairs_(options.flip_pairs()),
      pipeline_(options.pipeline().then(fit(options.image_size(), options.resize_mode()))) {
  check_flip_pairs(table, flip_pairs_);
  const auto& mix = options.pipeline().options().mix();
  if (!mix) return;
  if (targets == Targets::kOne) {
    throw std::invalid_argument("DatasetOptions: expected a pipeline without " + mix_name(*mix) +
                                " for a dataset of one target an example: use a DetectionDataset");
  }
  mixer_.emplace(*mix, options.pipeline(), options.image_size(), options.resize_mode());
}

std::size_t ExamplePlanner::most_sources() const { return mixer_ ? mixer_->most_sources() : 1; }

MixDraft ExamplePlanner::begin(std::size_t count, const ExampleKey& key) const {
  const Random random(key);
  return mixer_ ? mixer_->begin(count, key.index, random) : MixDraft{{key.index}, random};
}

PlannedExample ExamplePlanner::draw(const ExampleKey& key, const MixDraft& draft, std::vector<AnnotationRecord> records,
                                    const std::vector<ImageSize>& displayed, std::size_t boxes,
                                    const std::string& path) const {
  PlannedExample example;
  example.sources = draft.sources;
  example.records = std::move(records);
  if (targets_ == Targets::kOne && example.records[0].boxes.size() != boxes) {
    throw ImageError(Reason::kOutside, path,
                     "its box lies outside the image and cannot be left out: an example has one target");
  }
  std::vector<SampleGeometry> samples;
  for (std::size_t k = 0; k < displayed.size(); ++k) samples.push_back(sample_of(example.records[k], displayed[k]));
  const std::size_t each = example.records[0].keypoints_per_object();
  auto& plan = example.plan;
  if (samples.size() > 1) {
    example.mix = call_hook("pipeline", path, [&] { return mixer_->draw(draft, samples); });
    std::vector<bool> mirrored(displayed.size(), false);
    for (const auto& layer : example.mix->layers) mirrored[layer.source] = layer.plan.map.determinant() < 0;
    for (std::size_t i = 0; i < example.mix->kept.size(); ++i) {
      if (mirrored[example.mix->kept[i].source]) exchange(example.mix->keypoints, i, each, flip_pairs_);
    }
    plan = summary(*example.mix, draft, example.records, mix_name(*pipeline_.options().mix()));
  } else {
    plan = call_hook("pipeline", path, [&] { return pipeline_.draw(samples[0], draft.random); });
    const std::size_t objects = plan.map.determinant() < 0 ? std::max<std::size_t>(plan.boxes.size(), 1) : 0;
    for (std::size_t i = 0; i < objects; ++i) exchange(plan.keypoints, i, each, flip_pairs_);
  }
  if (targets_ == Targets::kOne && plan.boxes.size() != boxes) {
    throw ImageError(Reason::kBoxLost, path,
                     "its only box was lost by the pipeline in epoch " + std::to_string(key.epoch) +
                         "; expected transforms that keep it: wrap those that move the image in KeepBoxes");
  }
  return example;
}

}  // namespace boxfeed
