#pragma once

#include <boxfeed/core/box.h>
#include <boxfeed/metrics/mean_average_precision.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace boxfeed::detail {

constexpr std::size_t kIouThresholds = 10, kAreaRanges = 4, kMostDetections = 100;

/// COCO's IoU thresholds, to the bit as pycocotools has them.
std::array<double, kIouThresholds> iou_thresholds();

/// The bit of an area range and an IoU threshold.
constexpr std::uint64_t match_bit(std::size_t area, std::size_t threshold) {
  return std::uint64_t{1} << (kIouThresholds * area + threshold);
}

/// A box with its area, in double precision throughout.
struct CocoBox {
  double xmin, ymin, xmax, ymax;

  double area() const;
};

struct Detected {
  CocoBox box;
  double score;
  std::int64_t label;
};

struct TrueObject {
  CocoBox box;
  double area;
  std::int64_t label;
  bool crowd;
};

/// Throws: `std::invalid_argument` as `MeanAveragePrecision::update`.
std::vector<Detected> read_detections(const DetectionPrediction& preds, BoxFormat format);
std::vector<TrueObject> read_truth(const DetectionTruth& target, BoxFormat format);

/// The IoU; with a crowd the share of the detection that lies in it.
double coco_iou(const CocoBox& detection, const TrueObject& truth);

/// Each class that occurs, by label.
std::vector<ClassMatches> match(std::vector<Detected> detections, std::vector<TrueObject> truth);

}  // namespace boxfeed::detail
