#pragma once

#include <boxfeed/core/image_size.h>
#include <boxfeed/transforms/pipeline.h>

#include <cstdint>
#include <vector>

namespace localization {

/// Brings an image to `size`: stretched, or in its shape on gray. Boxes stay, however small they become.
boxfeed::transforms::Pipeline fitting(boxfeed::ImageSize size, bool letterbox = false);

/// How images become tensors: the same in training and in use, and saved with the weights.
struct Preprocessing {
  boxfeed::ImageSize image_size{96, 128};                        ///< of the network's input
  boxfeed::transforms::Pipeline pipeline = fitting(image_size);  ///< ends in images of that size
  std::int64_t channels = 3;
  std::vector<float> mean{0.5F};
  std::vector<float> std{0.25F};
};

/// What is random, then the preprocessing, in one resampling.
boxfeed::transforms::Pipeline joined(const boxfeed::transforms::Pipeline& augmentation,
                                     const Preprocessing& preprocessing);

}  // namespace localization
