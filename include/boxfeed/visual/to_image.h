#pragma once

#include <ATen/core/Tensor.h>

#include <opencv2/core/mat.hpp>
#include <vector>

namespace boxfeed {

/// The picture that a dataset's tensor shows: the inverse of its conversion.
///
/// Floats are taken as (pixel / 255 - mean) / std, one value a channel or one for all, rounded and cut to 0 … 255;
/// uint8 is taken as it is. Shape: (C, H, W), C 1 or 3 → (H, W) or (H, W, 3) in RGB order, 8 bits. Throws:
/// `std::invalid_argument` with the shape or the number of values.
cv::Mat to_image(const at::Tensor& data, const std::vector<float>& mean = {}, const std::vector<float>& std = {});

}  // namespace boxfeed
