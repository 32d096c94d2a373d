#pragma once

#include <boxfeed/core/box.h>
#include <boxfeed/core/keypoint.h>

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <vector>

namespace localization {

/// A rendered photograph-like picture and what is true about the one object in it.
struct Scene {
  cv::Mat image;  ///< (H, W, 3), RGB, 8 bits
  boxfeed::Box box;
  std::vector<boxfeed::Keypoint> keypoints;  ///< visibility 0 for those outside of the picture or covered
  std::vector<double> numbers;
};

/// Draws scene number `index` of a data set; a function of its arguments alone.
///
/// The object is the one closed figure (ellipse, rectangle, triangle, star, hexagon or cross) that has a dark rim and
/// in it a regular pattern of two colors: stripes, checks, dots or rings. Around and below it are figures of the same
/// outlines without a rim, in one color, in a gradient or mottled, strokes and wires, on a mottled ground, under
/// uneven light; then the lens blurs all of it and the sensor adds noise. The object is wholly in the picture; wires
/// may cross it.
Scene render_scene(std::uint64_t seed, std::uint64_t index);

/// The names of a keypoint scene's keypoints.
constexpr const char* kSceneKeypoints[] = {"tip", "left_wing", "right_wing", "tail"};

/// The same with an arrow, which may stick out of the picture and lie under other figures, and its keypoints.
Scene render_keypoint_scene(std::uint64_t seed, std::uint64_t index);

/// The names of a number scene's numbers.
constexpr const char* kSceneNumbers[] = {"area", "exposure"};

/// The first kind of scene, with how much of the picture the object covers, in percent, and how brightly the picture is
/// lit, 1 for as it would be otherwise.
Scene render_number_scene(std::uint64_t seed, std::uint64_t index);

}  // namespace localization
