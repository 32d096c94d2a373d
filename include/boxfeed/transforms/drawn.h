#pragma once

#include <boxfeed/core/image_size.h>
#include <boxfeed/core/plane_map.h>

#include <array>
#include <cstdint>
#include <functional>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <vector>

namespace boxfeed::transforms {

/// A number that was drawn, or a few that belong together, for `explain`.
struct Parameter {
  std::string name;
  std::vector<double> values;
};

/// What a geometric transform draws: where the plane goes, and the canvas on which it is seen. Boxes and keypoints
/// follow by the map; there is no other way to move an image.
struct DrawnMap {
  /// From the present canvas to the new one. Requires: it can be inverted, and sees no point of the canvas from behind.
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

}  // namespace boxfeed::transforms
