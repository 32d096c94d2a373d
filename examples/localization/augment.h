#pragma once

#include <boxfeed/core/random.h>
#include <torch/torch.h>

namespace localization {

/// Changes every image of a batch at random, and its box with it: mirrored from left to right or not, stretched a
/// little, moved to where the whole box is still in sight, its channels made brighter or darker. What comes into sight
/// from beyond the image repeats its border.
///
/// Shape: images (B, C, H, W), boxes (B, 4) as corners in fractions of the image.
void augment(torch::Tensor& images, torch::Tensor& boxes, boxfeed::Random random);

}  // namespace localization
