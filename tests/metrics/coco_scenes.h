#pragma once

#include <boxfeed/metrics/detections.h>
#include <torch/types.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "ops/reference_random.h"

namespace boxfeed::testing {

/// An image of a scene.
struct CocoImage {
  std::int64_t id;
  DetectionPrediction preds;
  DetectionTruth target;
};

constexpr int kNoDetections = 200, kNoTruth = 201, kNothing = 202, kTies = 203, kCrowds = 204, kMany = 205,
              kAreasAtLimits = 206, kScenes = 207;

/// The scenes of coco_reference.py: 200 at random, and the edge cases above.
class CocoScene {
 public:
  explicit CocoScene(int index) : index_(index), random_(static_cast<std::uint64_t>(index) + 1) {
    const auto drawn = 1 + random_.below(5), count = index >= kNoDetections ? 5 : drawn;
    classes_ = 1 + random_.below(3);
    fine_ = random_.below(2) == 1;
    for (std::int64_t i = 0; i < count; ++i) images_.push_back(image(i));
  }

  const std::vector<CocoImage>& images() const { return images_; }

 private:
  struct Box {
    std::int64_t x, y, w, h, label;
  };

  static void add(std::vector<double>& corners, const Box& box) {
    for (const auto value : {box.x, box.y, box.x + box.w, box.y + box.h}) {
      corners.push_back(static_cast<double>(value) / 4);
    }
  }

  static torch::Tensor boxes(const std::vector<double>& corners) {
    return torch::tensor(corners, torch::kDouble).view({-1, 4});
  }

  std::int64_t jittered(std::int64_t value, std::int64_t jitter) {
    return value + random_.below(2 * jitter + 1) - jitter;
  }

  CocoImage image(std::int64_t number) {
    auto truths = random_.below(7), detections = random_.below(12);
    if ((index_ % 10 == 9 && number == 0) || index_ == kMany) {
      truths = 20;
      detections = 130;
    }
    if (index_ == kNoDetections || index_ == kNothing) detections = 0;
    if (index_ == kNoTruth || index_ == kNothing) truths = 0;
    std::vector<Box> objects;
    CocoImage out{1000 - 7 * number, {}, truth(truths, objects)};
    out.preds = found(detections, objects);
    return out;
  }

  DetectionTruth truth(std::int64_t count, std::vector<Box>& objects) {
    std::vector<double> corners, areas;
    std::vector<std::int64_t> labels, crowds;
    for (std::int64_t i = 0; i < count; ++i) {
      const auto side = random_.below(4);
      Box box{};
      box.w = 4 * (8 + random_.below(200));
      box.h = 4 * (8 + random_.below(200));
      if (side < 2) box.w = box.h = 4 * (side == 0 ? 32 : 96);
      box.x = random_.below(1600);
      box.y = random_.below(1600);
      double area = static_cast<double>(box.w * box.h) / 16;
      if (random_.below(5) == 0) area /= 2;
      if (index_ == kAreasAtLimits) {
        constexpr std::array<double, 6> kAreas{1024, 1024.25, 1023.75, 9216, 9216.25, 9215.75};
        area = kAreas[static_cast<std::size_t>(random_.below(6))];
      }
      crowds.push_back(random_.below(8) == 0 || index_ == kCrowds ? 1 : 0);
      box.label = 1 + random_.below(index_ == kMany ? 1 : classes_);
      add(corners, box);
      areas.push_back(area);
      labels.push_back(box.label);
      objects.push_back(box);
    }
    return {boxes(corners), torch::tensor(labels, torch::kLong), torch::tensor(crowds, torch::kLong),
            torch::tensor(areas, torch::kDouble)};
  }

  DetectionPrediction found(std::int64_t count, const std::vector<Box>& objects) {
    std::vector<double> corners, scores;
    std::vector<std::int64_t> labels;
    for (std::int64_t i = 0; i < count; ++i) {
      Box box{};
      if (!objects.empty() && random_.below(4) != 0) {
        box = objects[static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(objects.size())))];
        const auto jitter = 8 * random_.below(4);
        for (auto* value : {&box.x, &box.y, &box.w, &box.h}) *value = jittered(*value, jitter);
        if (random_.below(10) == 0) box.label = 1 + random_.below(classes_);
      } else {
        box.x = random_.below(1600);
        box.y = random_.below(1600);
        box.w = 1 + random_.below(800);
        box.h = 1 + random_.below(800);
        box.label = 1 + random_.below(classes_);
      }
      const double score =
          fine_ ? static_cast<double>(random_.below(1000)) / 1000 : static_cast<double>(random_.below(20)) / 20;
      add(corners, box);
      scores.push_back(index_ == kTies ? 0.5 : score);
      labels.push_back(box.label);
    }
    return {boxes(corners), torch::tensor(scores, torch::kDouble), torch::tensor(labels, torch::kLong)};
  }

  int index_;
  ReferenceRandom random_;
  std::int64_t classes_ = 1;
  bool fine_ = false;
  std::vector<CocoImage> images_;
};

}  // namespace boxfeed::testing
