#pragma once

#include <boxfeed/core/box.h>
#include <boxfeed/core/image_size.h>
#include <boxfeed/core/keypoint.h>

#include <cstddef>
#include <vector>

namespace boxfeed::transforms {

/// What a transform may know of an example before any pixel is decoded: the image as displayed, and what lies in it.
struct SampleGeometry {
  ImageSize size;
  /// Units: pixels of the displayed image.
  std::vector<Box> boxes;
  /// Units: pixels of the displayed image.
  std::vector<Keypoint> keypoints;
  /// How many keypoints each box has, one box after the other: they leave with their box. 0 where keypoints belong to
  /// none.
  std::size_t keypoints_per_box = 0;
};

}  // namespace boxfeed::transforms
