#pragma once

#include <ATen/core/Tensor.h>
#include <boxfeed/core/arg.h>
#include <boxfeed/core/image_size.h>

#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

namespace boxfeed {

/// How a confusion matrix looks.
class ConfusionMatrixOptions {
  /// The size of the picture, from 64 × 64 to 10000 × 10000.
  BOXFEED_ARG(ImageSize, image_size) = ImageSize{420, 480};
  /// ASCII, above the matrix.
  BOXFEED_ARG(std::string, title) = "True class (rows) and predicted class";
  /// ASCII; numbers by default. Of one name less than there are classes the last class is the background.
  BOXFEED_ARG(std::vector<std::string>, class_names);
};

/// How often each true class was taken for each class (`ConfusionMatrix::compute`): the darker the larger the share of
/// its row, with the count where there is room for it. Names are shortened to the room there is, and left out where
/// there is none.
///
/// Shape: (C, C) whole numbers → (H, W, 3), 8 bits, RGB.
/// Throws: `std::invalid_argument` for other shapes, negative counts, another number of names, a picture that is too
/// small or too large.
cv::Mat draw_confusion_matrix(const at::Tensor& counts, const ConfusionMatrixOptions& options = {});

}  // namespace boxfeed
