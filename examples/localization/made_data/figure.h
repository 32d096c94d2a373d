#pragma once

#include <boxfeed/core/box.h>
#include <boxfeed/core/random.h>

#include <functional>
#include <opencv2/core.hpp>
#include <vector>

namespace localization {

/// A closed outline in the plane of a picture.
struct Figure {
  std::vector<cv::Point2f> outline;
  cv::Point2f center;
  float angle = 0;                      ///< of its own axes, in radians
  float radius = 0;                     ///< about half its size, in pixels
  std::vector<cv::Point2f> marks = {};  ///< points of its own that move with it

  boxfeed::Box box() const;
  void move(cv::Point2f by);
  /// The same figure, `factor` times as large, around its center.
  Figure scaled(float factor) const;
};

/// The color of a figure at a point.
using Filling = std::function<cv::Vec3f(cv::Point2f)>;

/// A color with each channel in 0 … 255.
cv::Vec3f random_color(boxfeed::Random& random);

/// An ellipse, rectangle, triangle, star, hexagon or cross, stretched and turned at random.
Figure random_figure(boxfeed::Random& random, cv::Point2f center, double radius);

/// An arrow, stretched and turned at random, whose marks are its tip, its left and right wing and its tail.
Figure random_arrow(boxfeed::Random& random, cv::Point2f center, double radius);

/// One color, a gradient of two or mottled: what a distractor has.
Filling random_plain_filling(boxfeed::Random& random);

/// Stripes, checks, dots or rings in two colors that contrast, in the figure's own axes: what the object has.
Filling random_pattern(boxfeed::Random& random, const Figure& figure);

/// A dark color all over: the rim of the object.
Filling random_rim(boxfeed::Random& random);

/// Fills the figure with smooth edges.
void paint(cv::Mat3f& image, const Figure& figure, const Filling& filling);

}  // namespace localization
