#include "data/example_planner.h"

#include <boxfeed/core/error.h>
#include <boxfeed/core/random.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

#include "data/hook.h"

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

ExamplePlanner::ExamplePlanner(const AnnotationTable& table, const DatasetOptions& options, Targets targets)
    : targets_(targets),
      flip_pairs_(options.flip_pairs()),
      has_transforms_(!options.pipeline().transforms().empty()),
      mixer_(options.pipeline(), options.image_size(), options.resize_mode()) {
  check_flip_pairs(table, flip_pairs_);
  const auto& mix = options.pipeline().options().mix();
  if (mix && targets == Targets::kOne) {
    throw std::invalid_argument("DatasetOptions: expected a pipeline without " + mix_name(*mix) +
                                " for a dataset of one target an example: use a DetectionDataset");
  }
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
  static_cast<MixPlan&>(example) = call_hook("pipeline", path, [&] { return mixer_.draw(draft, samples); });
  auto& plan = example.plan;
  std::vector<bool> mirrored(samples.size(), plan.map.determinant() < 0);
  for (const auto& layer : example.layers) mirrored[layer.source] = layer.plan.map.determinant() < 0;
  if (plan.boxes.empty() && mirrored[0]) exchange(plan.keypoints, 0, each, flip_pairs_);
  for (std::size_t i = 0; i < plan.boxes.size(); ++i) {
    if (mirrored[example.box_sources[i]]) exchange(plan.keypoints, i, each, flip_pairs_);
  }
  if (targets_ == Targets::kOne && plan.boxes.size() != boxes) {
    const auto how = " (" + describe(plan.dropped.at(0)) + "); expected ";
    throw ImageError(Reason::kBoxLost, path,
                     has_transforms_
                         ? "its only box was lost by the pipeline in epoch " + std::to_string(key.epoch) + how +
                               "transforms that keep it: wrap those that move the image in KeepBoundingBoxes"
                         : "its only box is lost when the image is resized" + how +
                               "a larger image_size, or a DetectionDataset, which leaves it out");
  }
  return example;
}

}  // namespace boxfeed
