#pragma once

#include <boxfeed/core/plane_map.h>
#include <boxfeed/transforms/plan.h>

#include <array>

namespace boxfeed::transforms {

/// How many pixels of the output one pixel of the source becomes, across and down: the largest over the points.
std::array<double, 2> largest_scale(const PlaneMap& map, const Polygon& source_points);

/// The map with entries that are only rounding, against the size of the source, set to 0: a turn by 90 degrees then
/// exchanges the axes exactly.
PlaneMap without_rounding(const PlaneMap& map, double largest_side);

/// True where rows stay rows or become columns.
bool keeps_or_exchanges_axes(const PlaneMap& map);

}  // namespace boxfeed::transforms
