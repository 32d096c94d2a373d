#pragma once

#include <boxfeed/data/csv_dataset.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "training/evaluation.h"

namespace localization {

/// Up to `count` positions, spread over `size` of them.
std::vector<std::size_t> spread_over(std::size_t size, std::size_t count);

/// Examples as training sees them: boxes in green with their classes, keypoints in red.
cv::Mat example_sheet(const std::vector<boxfeed::ExplainedExample>& examples,
                      const std::vector<std::string>& class_names, int columns = 6);

/// The examples of the first batches of a training with this seed.
cv::Mat first_batches_sheet(const boxfeed::CsvDataset& dataset, std::uint64_t seed, std::size_t count = 24);

/// Photographs of a data set with the truth in green, what was predicted in red, and how good that is.
cv::Mat prediction_sheet(const DataSet& data, const Target& target, const Evaluation& evaluation,
                         const std::vector<std::size_t>& which);

/// The photographs with the worst predictions, the worst first.
std::vector<std::size_t> worst_of(const Evaluation& evaluation, std::size_t count = 10);

}  // namespace localization
