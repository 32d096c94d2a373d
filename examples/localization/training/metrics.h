#pragma once

#include <boxfeed/core/image_size.h>

#include <functional>
#include <string>
#include <vector>

#include "data/labels.h"
#include "data/target.h"
#include "training/metric.h"

namespace localization {

/// Where several processes have a part of the photographs each: takes what one of them has gathered, and returns what
/// all have.
using Gather = std::function<std::vector<std::string>(const std::string&)>;

/// How good predictions are, all in photographs of these sizes. The first figure is the one to judge a network by.
///
/// - box: the mean IoU, and the share of boxes with an IoU of at least 0.5;
/// - class: the share that is right;
/// - keypoints that are there: the mean distance (NME) as a share of the diagonal of the box, where there is none of
/// the
///   box around the true keypoints, and of the photograph's for fewer than three; the share of points within a tenth of
///   it (PCK); where it is learned which are there, the share of right answers;
/// - numbers: R², the share of the variance that is explained, as a mean; for each the mean absolute error.
std::vector<Metric> metrics_of(const Target& target, const std::vector<Labels>& predicted,
                               const std::vector<Labels>& truth, const std::vector<boxfeed::ImageSize>& sizes,
                               const Gather& gather = {});

/// How good each prediction is by itself, with the words for it: "IoU 0.87"; NaN for a photograph without any keypoint
/// that can be measured.
std::vector<Metric> scores_of(const Target& target, const std::vector<Labels>& predicted,
                              const std::vector<Labels>& truth, const std::vector<boxfeed::ImageSize>& sizes);

}  // namespace localization
