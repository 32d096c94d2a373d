#include <boxfeed/metrics/mean_average_precision.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <utility>

#include "metrics/coco_matching.h"
#include "metrics/metric_state.h"

namespace boxfeed {
namespace {

using detail::ClassMatches;
using detail::Json;
using detail::kIouThresholds;

constexpr std::size_t kRecallPoints = 101;
constexpr std::uint64_t kAllBits = (std::uint64_t{1} << (detail::kAreaRanges * kIouThresholds)) - 1;

/// One detection among those of all images.
struct Ranked {
  double score;
  std::size_t rank;  ///< in its image
  std::uint64_t hits, misses;
};

/// All detections of a class, or of all, and how many objects there are.
struct Gathered {
  std::vector<Ranked> detections;
  std::array<std::int64_t, detail::kAreaRanges> truths{};

  void add(const ClassMatches& matches) {
    for (std::size_t a = 0; a < truths.size(); ++a) truths[a] += matches.truths[a];
    for (std::size_t i = 0; i < matches.scores.size(); ++i) {
      detections.push_back({matches.scores[i], i, matches.hits[i], matches.misses[i]});
    }
  }

  void sort() {
    std::stable_sort(detections.begin(), detections.end(),
                     [](const Ranked& a, const Ranked& b) { return a.score > b.score; });
  }
};

/// A mean of what is counted, -1 of nothing.
class Mean {
 public:
  void add(double value) {
    sum_.add(value);
    ++count_;
  }
  double value() const { return count_ == 0 ? -1 : sum_.value() / static_cast<double>(count_); }

 private:
  RunningSum sum_;
  std::int64_t count_ = 0;
};

/// The recall that the first detections of each image reach, at most `most` of them.
double recall(const Gathered& all, std::size_t area, std::size_t threshold, std::size_t most) {
  const std::uint64_t bit = detail::match_bit(area, threshold);
  const auto hits = std::count_if(all.detections.begin(), all.detections.end(),
                                  [&](const Ranked& d) { return d.rank < most && (d.hits & bit) != 0; });
  return static_cast<double>(hits) / static_cast<double>(all.truths[area]);
}

/// The mean of the precision at recalls of 0, 0.01 … 1, where the precision at a recall is the highest at that or more.
double average_precision(const Gathered& all, std::size_t area, std::size_t threshold) {
  const std::uint64_t bit = detail::match_bit(area, threshold);
  std::vector<double> recalls, precisions;
  double hits = 0, misses = 0;
  for (const auto& d : all.detections) {
    if (((d.hits | d.misses) & bit) == 0) continue;  // left out: neither figure moves
    ((d.hits & bit) != 0 ? hits : misses) += 1;
    recalls.push_back(hits / static_cast<double>(all.truths[area]));
    precisions.push_back(hits / (hits + misses + std::numeric_limits<double>::epsilon()));
  }
  for (std::size_t i = precisions.size(); i > 1; --i)
    precisions[i - 2] = std::max(precisions[i - 2], precisions[i - 1]);
  double sum = 0;
  std::size_t i = 0;
  for (std::size_t point = 0; point < kRecallPoints; ++point) {
    const double wanted = point + 1 == kRecallPoints ? 1 : static_cast<double>(point) * 0.01;
    while (i < recalls.size() && recalls[i] < wanted) ++i;
    if (i == recalls.size()) break;
    sum += precisions[i];
  }
  return sum / kRecallPoints;
}

/// Adds the figures of a class to means over classes.
struct Figures {
  Mean map, map_50, map_75, mar_1, mar_10;
  std::array<Mean, detail::kAreaRanges> map_of_area, mar_of_area;

  void add(const Gathered& all, MeanAveragePrecisionResult& result) {
    for (std::size_t area = 0; area < detail::kAreaRanges; ++area) {
      Mean precision_of_class, recall_of_class;
      for (std::size_t t = 0; t < kIouThresholds && all.truths[area] > 0; ++t) {
        const double precision = average_precision(all, area, t);
        precision_of_class.add(precision);
        recall_of_class.add(recall(all, area, t, detail::kMostDetections));
        map_of_area[area].add(precision);
        mar_of_area[area].add(recall(all, area, t, detail::kMostDetections));
        if (area != 0) continue;
        if (t == 0) map_50.add(precision);
        if (t == 5) map_75.add(precision);
        mar_1.add(recall(all, area, t, 1));
        mar_10.add(recall(all, area, t, 10));
      }
      if (area != 0) continue;
      result.map_per_class.push_back(precision_of_class.value());
      result.mar_100_per_class.push_back(recall_of_class.value());
    }
  }
};

Json to_json(const ClassMatches& m) { return Json::array({m.label, m.truths, m.scores, m.hits, m.misses}); }

bool is_sound(const ClassMatches& m) {
  const std::size_t count = m.scores.size();
  if (count > detail::kMostDetections || m.hits.size() != count || m.misses.size() != count) return false;
  for (std::size_t i = 0; i < count; ++i) {
    if ((m.hits[i] & m.misses[i]) != 0 || (m.hits[i] | m.misses[i]) > kAllBits) return false;
    if (i > 0 && m.scores[i] > m.scores[i - 1]) return false;
  }
  return std::all_of(m.truths.begin(), m.truths.end(),
                     [](std::int64_t count_of_truths) { return count_of_truths >= 0; });
}

ClassMatches matches_from(const Json& json) {
  ClassMatches m;
  m.label = json.at(0).get<std::int64_t>();
  m.truths = json.at(1).get<decltype(m.truths)>();
  m.scores = json.at(2).get<std::vector<double>>();
  m.hits = json.at(3).get<std::vector<std::uint64_t>>();
  m.misses = json.at(4).get<std::vector<std::uint64_t>>();
  return m;
}

}  // namespace

MeanAveragePrecision::MeanAveragePrecision(const MeanAveragePrecisionOptions& options)
    : format_(options.box_format()) {}

void MeanAveragePrecision::update(const DetectionPrediction& preds, const DetectionTruth& target,
                                  std::int64_t image_id) {
  add(image_id, detail::match(detail::read_detections(preds, format_), detail::read_truth(target, format_)));
}

void MeanAveragePrecision::add(std::int64_t image_id, ImageMatches matches) {
  const auto place = images_.find(image_id);
  if (place == images_.end()) {
    images_.emplace(image_id, std::move(matches));
  } else if (!(place->second == matches)) {
    throw std::invalid_argument("image " + std::to_string(image_id) + " is there already, with other results");
  }
}

MeanAveragePrecisionResult MeanAveragePrecision::compute() const {
  std::map<std::int64_t, Gathered> classes;
  for (const auto& [id, matches] : images_) {
    for (const auto& m : matches) classes[m.label].add(m);
  }
  MeanAveragePrecisionResult result;
  Figures figures;
  for (auto& [label, all] : classes) {
    all.sort();
    result.classes.push_back(label);
    figures.add(all, result);
  }
  result.map = figures.map_of_area[0].value();
  result.map_50 = figures.map_50.value();
  result.map_75 = figures.map_75.value();
  result.map_small = figures.map_of_area[1].value();
  result.map_medium = figures.map_of_area[2].value();
  result.map_large = figures.map_of_area[3].value();
  result.mar_1 = figures.mar_1.value();
  result.mar_10 = figures.mar_10.value();
  result.mar_100 = figures.mar_of_area[0].value();
  result.mar_small = figures.mar_of_area[1].value();
  result.mar_medium = figures.mar_of_area[2].value();
  result.mar_large = figures.mar_of_area[3].value();
  return result;
}

PrecisionRecallCurve MeanAveragePrecision::curve(std::optional<std::int64_t> label, double iou_threshold) const {
  const auto thresholds = detail::iou_thresholds();
  const auto threshold = std::find_if(thresholds.begin(), thresholds.end(),
                                      [&](double value) { return std::abs(value - iou_threshold) < 1e-9; });
  if (threshold == thresholds.end()) {
    throw std::invalid_argument("iou_threshold: expected 0.50, 0.55 to 0.95, got " + std::to_string(iou_threshold));
  }
  const auto bit = detail::match_bit(0, static_cast<std::size_t>(threshold - thresholds.begin()));
  Gathered all;
  for (const auto& [id, matches] : images_) {
    for (const auto& m : matches) {
      if (!label || m.label == *label) all.add(m);
    }
  }
  all.sort();
  PrecisionRecallCurve curve;
  if (all.truths[0] == 0) return curve;
  double hits = 0, misses = 0;
  for (const auto& d : all.detections) {
    if (((d.hits | d.misses) & bit) == 0) continue;
    ((d.hits & bit) != 0 ? hits : misses) += 1;
    if (curve.scores.empty() || d.score < curve.scores.back()) {
      curve.scores.push_back(d.score);
      curve.precision.emplace_back();
      curve.recall.emplace_back();
    }
    curve.precision.back() = hits / (hits + misses);
    curve.recall.back() = hits / static_cast<double>(all.truths[0]);
  }
  return curve;
}

void MeanAveragePrecision::reset() { images_.clear(); }

void MeanAveragePrecision::merge(const MeanAveragePrecision& other) {
  for (const auto& [id, matches] : other.images_) add(id, matches);
}

std::string MeanAveragePrecision::state() const {
  auto json = detail::new_state("MeanAveragePrecision");
  auto& images = json["images"] = Json::array();
  for (const auto& [id, matches] : images_) {
    Json classes = Json::array();
    for (const auto& m : matches) classes.push_back(to_json(m));
    images.push_back(Json::array({id, std::move(classes)}));
  }
  return json.dump();
}

void MeanAveragePrecision::load_state(const std::string& state) {
  const detail::StateReader reader(state, "MeanAveragePrecision");
  std::map<std::int64_t, ImageMatches> images;
  try {
    for (const auto& image : reader.at("images")) {
      auto& matches = images[image.at(0).get<std::int64_t>()];
      for (const auto& m : image.at(1)) {
        matches.push_back(matches_from(m));
        if (!is_sound(matches.back())) reader.refuse("expected the matches of a class, found " + m.dump());
      }
    }
  } catch (const Json::exception& error) {
    reader.refuse(std::string("expected a list of images, found another form (") + error.what() + ")");
  }
  images_ = std::move(images);
}

}  // namespace boxfeed
