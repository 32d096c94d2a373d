#pragma once

#include <boxfeed/core/box.h>
#include <boxfeed/core/image_size.h>
#include <boxfeed/core/keypoint.h>
#include <boxfeed/core/plane_map.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
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

/// A number that was drawn, or a few that belong together, for `explain`.
struct Parameter {
  std::string name;
  std::vector<double> values;
};

/// What a geometric transform draws: where the plane goes, and the canvas on which it is seen. Boxes and keypoints
/// follow by the map; there is no other way to move an image.
struct DrawnMap {
  /// From the present canvas to the new one. Requires: it has an inverse, and its homogeneous coordinate is positive on
  /// the whole canvas.
  PlaneMap map;
  /// The new canvas.
  ImageSize size;
  std::vector<Parameter> parameters;
  /// True where the canvas cuts the image before it is resampled, as a crop that is then resized: no filter looks
  /// beyond its edges. Else the image is resampled and then cut.
  bool cut_first = false;
  /// Drops boxes whose center does not lie in the new canvas, whatever is left of them.
  bool drop_outside_centers = false;
};

/// A new value for each value of an 8-bit channel.
using PixelTable = std::array<std::uint8_t, 256>;

/// What a color transform draws: one of the two, on pixels that have their final size already.
struct DrawnColor {
  /// The same table for every channel; neighboring tables are joined into one.
  std::optional<PixelTable> table;
  /// Changes pixels, RGB or gray, in place or by another matrix of the same size and channels.
  std::function<void(cv::Mat&)> function;
  std::vector<Parameter> parameters;
  /// True where the function takes any pixels: floats, too, where images are decoded to floats or a `Normalize` went
  /// before. Else it sees 8 bits only, and floats are refused in the transform's name.
  bool takes_floats = false;
  /// The transform's, for messages; set when it is drawn.
  std::string name;
};

/// One transform as it was drawn.
struct DrawnTransform {
  std::string name;
  std::vector<Parameter> parameters;
};

/// Why a box was dropped.
enum class DropReason {
  kNotFinite,
  kOutside,        ///< nothing of it lies in the canvas
  kCenterOutside,  ///< its center does not lie in a `RandomIoUCrop`
  kTooSmall,       ///< below `SanitizeBoundingBoxes::min_size` or `min_area`
  kNotVisible,     ///< less of it is left than `SanitizeBoundingBoxes::min_visibility`
  kCovered,        ///< wholly under another image of a mix
};

/// A box that was dropped on the way.
struct DroppedBox {
  /// Its index in the sample.
  std::size_t index = 0;
  DropReason reason = DropReason::kOutside;
  /// As it was then. Units: pixels of the canvas of that step.
  Box box;
  /// The share of its area that was left then.
  double visible = 1;
};

/// "too small: 3.5 × 0.62 pixels (height × width)", for messages.
std::string describe(const DroppedBox& dropped);

}  // namespace boxfeed::transforms
