#pragma once

#include <boxfeed/core/box.h>

#include <cstdint>
#include <opencv2/core/mat.hpp>

namespace localization {

/// A rendered photograph-like picture and the box of the one object in it.
struct Scene {
  cv::Mat image;  ///< (H, W, 3), RGB, 8 bits
  boxfeed::Box box;
};

/// Draws scene number `index` of a data set; a function of its arguments alone.
///
/// The object is the one closed figure (ellipse, rectangle, triangle, star, hexagon or cross) that has a dark rim and
/// in it a regular pattern of two colors: stripes, checks, dots or rings. Around and below it are figures of the same
/// outlines without a rim, in one color, in a gradient or mottled, strokes and wires, on a mottled ground, under
/// uneven light; then the lens blurs all of it and the sensor adds noise. The object is wholly in the picture; wires
/// may cross it.
Scene render_scene(std::uint64_t seed, std::uint64_t index);

}  // namespace localization
