#pragma once

#include <boxfeed/core/image_size.h>
#include <boxfeed/core/plane_map.h>
#include <boxfeed/transforms/plan.h>

#include <array>

namespace boxfeed::transforms {

/// The rectangle [0, width] × [0, height].
Polygon canvas_polygon(ImageSize size);

/// The image of a convex polygon on which the map's homogeneous coordinate is positive.
Polygon mapped(const PlaneMap& map, const Polygon& polygon);

/// How many pixels of the map's target one pixel becomes, across and down: the largest over the points.
std::array<double, 2> largest_scale(const PlaneMap& map, const Polygon& points);

/// What of a convex polygon lies in the canvas; empty where that has no area.
/// Source: Sutherland and Hodgman 1974.
Polygon clipped(const Polygon& polygon, ImageSize canvas);

double area(const Polygon& polygon);

/// A box in double precision: low x, low y, high x, high y.
using Bounds = std::array<double, 4>;

/// The box around the polygon.
Bounds bounds(const Polygon& polygon);

/// True where the point lies in the convex polygon or on its edge.
bool contains(const Polygon& polygon, double x, double y);

/// The pixels [first, last) of row `row` whose centers lie in the convex polygon, within [0, width).
struct RowPart {
  int first = 0;
  int last = 0;
};
RowPart row_part(const Polygon& polygon, int row, int width);

}  // namespace boxfeed::transforms
