#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/data/detection_batch.h>

#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

namespace boxfeed {

/// How a batch looks.
class BatchDrawingOptions {
  /// Of the classes, by label, for what is written at the boxes; numbers by default.
  BOXFEED_ARG(std::vector<std::string>, class_names);
  /// With which the images were normalized, as `to_image` takes them.
  BOXFEED_ARG(std::vector<float>, mean);
  BOXFEED_ARG(std::vector<float>, std);
  BOXFEED_ARG(int, columns) = 4;
};

/// The images of a batch on one sheet, each with its boxes, a color and a name for each class.
///
/// ```cpp
/// boxfeed::write_png("batch.png", boxfeed::draw_batch(batch,
/// boxfeed::BatchDrawingOptions().class_names({"raccoon"})));
/// ```
/// Shape: (H, W, 3), 8 bits, RGB.
/// Throws: `std::invalid_argument` for a batch without images, and as `to_image` and `make_grid`.
cv::Mat draw_batch(const DetectionBatch& batch, const BatchDrawingOptions& options = {});

}  // namespace boxfeed
