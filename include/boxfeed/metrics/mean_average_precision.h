#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/core/box.h>
#include <boxfeed/metrics/detections.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace boxfeed {

namespace detail {

/// How the detections of one class in one image fare, the best first. Bit 10 a + t is area range a at IoU threshold t.
struct ClassMatches {
  std::int64_t label = 0;
  std::array<std::int64_t, 4> truths{};  ///< objects in each area range
  std::vector<double> scores;
  std::vector<std::uint64_t> hits;    ///< of an object
  std::vector<std::uint64_t> misses;  ///< of all; what is neither is left out

  friend bool operator==(const ClassMatches& a, const ClassMatches& b) {
    return a.label == b.label && a.truths == b.truths && a.scores == b.scores && a.hits == b.hits &&
           a.misses == b.misses;
  }
};

}  // namespace detail

/// How `MeanAveragePrecision` reads boxes.
class MeanAveragePrecisionOptions {
  /// Of detections and truth.
  BOXFEED_ARG(BoxFormat, box_format) = BoxFormat::kXYXY;
};

/// COCO's twelve figures, by torchmetrics' names, and those of each class. A figure that no object bears on is -1, as
/// in pycocotools.
struct MeanAveragePrecisionResult {
  double map = -1;     ///< mean average precision over IoU thresholds 0.50 : 0.05 : 0.95
  double map_50 = -1;  ///< at IoU 0.50
  double map_75 = -1;  ///< at IoU 0.75
  double map_small = -1, map_medium = -1, map_large = -1;  ///< of areas up to 32², up to 96², above
  double mar_1 = -1, mar_10 = -1, mar_100 = -1;            ///< mean average recall with so many detections an image
  double mar_small = -1, mar_medium = -1, mar_large = -1;
  std::vector<std::int64_t> classes;  ///< all labels that were seen, ascending
  std::vector<double> map_per_class;  ///< of each of them
  std::vector<double> mar_100_per_class;
};

/// Precision and recall of the detections whose score is at least so much, from the highest score to the lowest.
struct PrecisionRecallCurve {
  std::vector<double> scores, precision, recall;
};

/// Mean average precision and recall as COCO defines them, equal to pycocotools': ten IoU thresholds, four ranges of
/// area, 1, 10 and 100 detections an image and class, crowds.
///
/// Of equal scores the detection of the image with the smaller id counts first, and of an image the first, so that
/// nothing depends on the order of updates or on how images are divided into parts that are merged. Thread safety:
/// none. Source: Lin et al., "Microsoft COCO: Common Objects in Context", ECCV 2014; cocodataset.org, "Detection
/// evaluation".
class MeanAveragePrecision {
 public:
  explicit MeanAveragePrecision(const MeanAveragePrecisionOptions& options = {});

  /// One image. An image that is there already, as where a sampler fills ranks up, counts once.
  /// Throws: `std::invalid_argument` for shapes that do not belong together, values that are not finite, inverted true
  /// boxes; for an image that is there with other results.
  void update(const DetectionPrediction& preds, const DetectionTruth& target, std::int64_t image_id);
  MeanAveragePrecisionResult compute() const;

  /// At an IoU threshold of COCO's ten, for one class, or for the detections of all together. Empty where there are no
  /// objects. Throws: `std::invalid_argument` for another threshold.
  PrecisionRecallCurve curve(std::optional<std::int64_t> label = {}, double iou_threshold = 0.5) const;
  void reset();

  /// Throws: `std::invalid_argument` for an image that is in both with other results.
  void merge(const MeanAveragePrecision& other);

  /// All that was gathered, as JSON: about 50 bytes a detection.
  std::string state() const;
  /// Throws: `Error` with `kBadState` or `kFormatVersion` for what is not such a state.
  void load_state(const std::string& state);

 private:
  using ImageMatches = std::vector<detail::ClassMatches>;  // by label

  void add(std::int64_t image_id, ImageMatches matches);

  BoxFormat format_;
  std::map<std::int64_t, ImageMatches> images_;
};

}  // namespace boxfeed
