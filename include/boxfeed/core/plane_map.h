#pragma once

#include <boxfeed/core/box.h>
#include <boxfeed/core/keypoint.h>

#include <array>

namespace boxfeed {

/// A projective map of the image plane: a 3 × 3 matrix that takes (x, y, 1) of one image to another.
///
/// Coordinates are continuous: pixel (row, column) covers [column, column + 1) × [row, row + 1), so a flip of an image
/// of width W takes x to W - x. `a * b` applies `b` first.
///
/// ```cpp
/// auto map = PlaneMap::scale(0.5, 0.5) * PlaneMap::translation(-10, -20);
/// map.apply(Box{10, 20, 30, 60});  // {0, 0, 10, 20}
/// ```
class PlaneMap {
 public:
  /// The identity.
  PlaneMap() = default;
  /// From the nine entries, row by row.
  explicit PlaneMap(const std::array<double, 9>& entries) : entries_(entries) {}

  static PlaneMap scale(double x, double y);
  static PlaneMap translation(double x, double y);

  const std::array<double, 9>& entries() const noexcept { return entries_; }

  /// True where the matrix only scales, mirrors and moves: rows stay rows and columns stay columns.
  bool is_axis_aligned() const noexcept;

  /// The image of the point (x, y).
  std::array<double, 2> apply(double x, double y) const noexcept;

  /// The smallest box that encloses the images of the box's four corners.
  Box apply(const Box& box) const noexcept;

  /// The keypoint at the image of its place; a missing one as it is.
  Keypoint apply(const Keypoint& point) const noexcept;

  /// Negative where the map exchanges left and right, as a mirror does; 0 where it has no inverse.
  double determinant() const noexcept;

  /// The inverse map. Throws: `std::invalid_argument` when the matrix is singular.
  PlaneMap inverse() const;

  friend PlaneMap operator*(const PlaneMap& a, const PlaneMap& b) noexcept;

 private:
  std::array<double, 9> entries_{1, 0, 0, 0, 1, 0, 0, 0, 1};
};

}  // namespace boxfeed
