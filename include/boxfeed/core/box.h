#pragma once

#include <boxfeed/core/image_size.h>

#include <array>

namespace boxfeed {

/// A box in the plane of an image: half-open, origin at the top left corner, x to the right, y down.
struct Box {
  float xmin = 0;
  float ymin = 0;
  float xmax = 0;
  float ymax = 0;

  float width() const { return xmax - xmin; }
  float height() const { return ymax - ymin; }

  friend bool operator==(const Box& a, const Box& b) {
    return a.xmin == b.xmin && a.ymin == b.ymin && a.xmax == b.xmax && a.ymax == b.ymax;
  }
  friend bool operator!=(const Box& a, const Box& b) { return !(a == b); }
};

/// `box` cut off at the edges of an image of this size; what lies outside becomes a box without area on the edge.
Box clipped(const Box& box, ImageSize size);

/// How four numbers mean a box. Inside the library a box is always a `Box`; these are spoken at its border only.
enum class BoxFormat {
  kXYXY,    ///< xmin, ymin, xmax, ymax
  kXYWH,    ///< xmin, ymin, width, height
  kXYHW,    ///< xmin, ymin, height, width
  kCXCYWH,  ///< center x, center y, width, height
};

/// The box that `values` mean in `format`.
Box box_from(BoxFormat format, const std::array<float, 4>& values);

/// The four numbers of `box` in `format`: the inverse of `box_from` up to rounding.
std::array<float, 4> box_values(BoxFormat format, const Box& box);

}  // namespace boxfeed
