#pragma once

#include <boxfeed/data/detection_dataset.h>

#include <cstddef>
#include <cstdint>
#include <opencv2/core/mat.hpp>

namespace localization {

/// Which examples are shown, and in which epoch.
struct SheetOptions {
  std::size_t count = 24;
  std::uint64_t epoch = 0;
  std::uint64_t seed = 0;
  int columns = 6;
};

/// A sheet of up to `count` examples, spread over the data set, as training sees them in that epoch: boxes in green
/// with their classes, keypoints in red.
cv::Mat augmented_sheet(const boxfeed::DetectionDataset& dataset, const SheetOptions& options);

}  // namespace localization
