#include "metrics/coco_matching.h"

#include <ATen/TensorOperators.h>
#include <boxfeed/ops/boxes.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "metrics/inputs.h"

namespace boxfeed::detail {
namespace {

constexpr std::array<std::array<double, 2>, kAreaRanges> kAreas{
    {{0, 1e10}, {0, 32 * 32}, {32 * 32, 96 * 96}, {96 * 96, 1e10}}};

bool outside(double area, const std::array<double, 2>& range) { return area < range[0] || area > range[1]; }

void check_length(const at::Tensor& values, const char* name, std::int64_t length) {
  if (values.dim() == 1 && values.size(0) == length) return;
  throw std::invalid_argument(std::string(name) + ": expected shape (" + std::to_string(length) +
                              "), one for each box, got " + shape_of(values));
}

at::Tensor corners(const at::Tensor& boxes, BoxFormat format, const char* name) {
  if (boxes.dim() != 2 || boxes.size(1) != 4) {
    throw std::invalid_argument(std::string(name) + ": expected boxes of shape (N, 4), got " + shape_of(boxes));
  }
  return box_convert(boxes.to(at::kDouble), format, BoxFormat::kXYXY);
}

CocoBox box_at(const at::Tensor& boxes, std::int64_t row) {
  const double* const box = boxes.data_ptr<double>() + 4 * row;
  return {box[0], box[1], box[2], box[3]};
}

/// Of one detection a true object that it may match, and how well.
struct Candidate {
  std::size_t truth;
  double iou;
};

/// The objects that overlap each detection enough for the lowest threshold.
std::vector<std::vector<Candidate>> candidates(const Detected* detections, std::size_t count,
                                               const std::vector<TrueObject>& truth) {
  const double lowest = iou_thresholds().front();
  std::vector<std::vector<Candidate>> out(count);
  for (std::size_t d = 0; d < count; ++d) {
    for (std::size_t g = 0; g < truth.size(); ++g) {
      const double iou = coco_iou(detections[d].box, truth[g]);
      if (iou >= lowest) out[d].push_back({g, iou});
    }
  }
  return out;
}

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

/// The object that a detection matches: the last of the best that are not left out, else of the others.
std::size_t best_match(const std::vector<Candidate>& candidates, double threshold, const std::vector<char>& left_out,
                       const std::vector<char>& taken) {
  std::size_t best = kNone;
  for (const int round : {0, 1}) {
    double least = threshold;
    for (const auto& [truth, iou] : candidates) {
      if (left_out[truth] != round || taken[truth] != 0 || iou < least) continue;
      least = iou;
      best = truth;
    }
    if (best != kNone) break;
  }
  return best;
}

/// Matches one class of one image.
void match_class(const Detected* detections, const std::vector<TrueObject>& truth, ClassMatches& out) {
  const std::size_t count = out.scores.size();
  const auto near = candidates(detections, count, truth);
  const auto thresholds = iou_thresholds();
  std::vector<char> left_out(truth.size()), taken;
  for (std::size_t a = 0; a < kAreaRanges; ++a) {
    for (std::size_t g = 0; g < truth.size(); ++g) {
      left_out[g] = truth[g].crowd || outside(truth[g].area, kAreas[a]) ? 1 : 0;
      out.truths[a] += left_out[g] == 0 ? 1 : 0;
    }
    for (std::size_t t = 0; t < kIouThresholds; ++t) {
      const std::uint64_t bit = match_bit(a, t);
      taken.assign(truth.size(), 0);
      for (std::size_t d = 0; d < count; ++d) {
        const std::size_t g = best_match(near[d], thresholds[t], left_out, taken);
        if (g == kNone) {
          if (!outside(detections[d].box.area(), kAreas[a])) out.misses[d] |= bit;
          continue;
        }
        taken[g] = truth[g].crowd ? 0 : 1;
        if (left_out[g] == 0) out.hits[d] |= bit;
      }
    }
  }
}

}  // namespace

std::array<double, kIouThresholds> iou_thresholds() {
  constexpr double kLow = 0.5, kHigh = 0.95, kStep = (kHigh - kLow) / 9;
  std::array<double, kIouThresholds> out{};
  for (std::size_t i = 0; i < kIouThresholds; ++i) out[i] = static_cast<double>(i) * kStep + kLow;
  out.back() = kHigh;
  return out;
}

double CocoBox::area() const { return std::max(xmax - xmin, 0.0) * std::max(ymax - ymin, 0.0); }

std::vector<Detected> read_detections(const DetectionPrediction& preds, BoxFormat format) {
  const auto boxes = finite_values(corners(preds.boxes, format, "preds.boxes"), "preds.boxes");
  check_length(preds.scores, "preds.scores", boxes.size(0));
  check_length(preds.labels, "preds.labels", boxes.size(0));
  const auto scores = finite_values(preds.scores, "preds.scores"), labels = whole_values(preds.labels, "preds.labels");
  std::vector<Detected> out;
  for (std::int64_t i = 0; i < boxes.size(0); ++i) {
    out.push_back({box_at(boxes, i), scores.data_ptr<double>()[i], labels.data_ptr<std::int64_t>()[i]});
  }
  return out;
}

std::vector<TrueObject> read_truth(const DetectionTruth& target, BoxFormat format) {
  const auto boxes = truth_boxes(corners(target.boxes, format, "target.boxes"), "target.boxes");
  check_length(target.labels, "target.labels", boxes.size(0));
  const auto labels = whole_values(target.labels, "target.labels");
  at::Tensor crowds, areas;
  if (target.iscrowd.defined()) {
    check_length(target.iscrowd, "target.iscrowd", boxes.size(0));
    crowds = whole_values(target.iscrowd, "target.iscrowd");
  }
  if (target.area.defined()) {
    check_length(target.area, "target.area", boxes.size(0));
    areas = finite_values(target.area, "target.area");
  }
  std::vector<TrueObject> out;
  for (std::int64_t i = 0; i < boxes.size(0); ++i) {
    const CocoBox box = box_at(boxes, i);
    out.push_back({box, areas.defined() ? areas.data_ptr<double>()[i] : box.area(), labels.data_ptr<std::int64_t>()[i],
                   crowds.defined() && crowds.data_ptr<std::int64_t>()[i] != 0});
  }
  return out;
}

double coco_iou(const CocoBox& d, const TrueObject& truth) {
  const CocoBox& g = truth.box;
  const double w = std::min(d.xmax, g.xmax) - std::max(d.xmin, g.xmin);
  const double h = std::min(d.ymax, g.ymax) - std::max(d.ymin, g.ymin);
  if (w <= 0 || h <= 0) return 0;
  return w * h / (truth.crowd ? d.area() : d.area() + g.area() - w * h);
}

std::vector<ClassMatches> match(std::vector<Detected> detections, std::vector<TrueObject> truth) {
  std::stable_sort(detections.begin(), detections.end(), [](const Detected& a, const Detected& b) {
    return a.label != b.label ? a.label < b.label : a.score > b.score;
  });
  std::stable_sort(truth.begin(), truth.end(),
                   [](const TrueObject& a, const TrueObject& b) { return a.label < b.label; });
  std::vector<ClassMatches> out;
  auto detection = detections.begin();
  auto object = truth.begin();
  while (detection != detections.end() || object != truth.end()) {
    ClassMatches matches;
    matches.label = object == truth.end() || (detection != detections.end() && detection->label < object->label)
                        ? detection->label
                        : object->label;
    const auto begin = detection;
    for (; detection != detections.end() && detection->label == matches.label; ++detection) {
      if (matches.scores.size() < kMostDetections) matches.scores.push_back(detection->score);
    }
    const auto first = object;
    while (object != truth.end() && object->label == matches.label) ++object;
    matches.hits.resize(matches.scores.size());
    matches.misses.resize(matches.scores.size());
    match_class(detections.data() + (begin - detections.begin()), {first, object}, matches);
    out.push_back(std::move(matches));
  }
  return out;
}

}  // namespace boxfeed::detail
