#pragma once

#include <boxfeed/core/box.h>
#include <boxfeed/core/image_size.h>
#include <boxfeed/core/keypoint.h>
#include <boxfeed/core/plane_map.h>
#include <boxfeed/image/resampler.h>
#include <boxfeed/transforms/drawn.h>

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace boxfeed::transforms {

/// The corners of a convex area, one after the other.
using Polygon = std::vector<std::array<double, 2>>;

/// All that will happen to one example, drawn before any of its pixels is decoded.
struct Plan {
  /// The displayed image.
  ImageSize source;
  /// The output.
  ImageSize size;
  /// From the displayed image to the output.
  PlaneMap map;
  /// The part of the output that shows the image; the rest has the fill color.
  Polygon visible;
  /// What of the image was left before the last canvas cut it, in the output's coordinates: filters may look as far.
  Polygon uncut;
  ResampleOptions resample;

  /// Units: pixels of the output.
  std::vector<Box> boxes;
  /// Of each box, its index in the sample: labels that belong to it are kept by these.
  std::vector<std::size_t> kept;
  /// Of each box, how much of its image is in the output: below 1 under `MixUp` only.
  std::vector<float> weights;
  /// The other boxes of the sample, in the order in which they were dropped.
  std::vector<DroppedBox> dropped;
  /// Units: pixels of the output. One that is not in the visible part has visibility 0.
  std::vector<Keypoint> keypoints;

  /// What is done to the output's pixels, in order.
  std::vector<DrawnColor> colors;
  /// Everything that was drawn, in order.
  std::vector<DrawnTransform> drawn;

  /// The least size of the whole displayed image at which no detail of the output is lost: what a decoder is asked for.
  ImageSize decode_size() const;

  /// Boxes of the output, predictions for instance, in the displayed image: the enclosing boxes, clipped to it.
  std::vector<Box> to_original(const std::vector<Box>& in_output) const;

  /// Keypoints of the output in the displayed image.
  std::vector<Keypoint> to_original(const std::vector<Keypoint>& in_output) const;

  /// One line for each transform, `RandomRotation angle=3.25`, then one for each box that was dropped.
  std::string explain() const;
};

}  // namespace boxfeed::transforms
