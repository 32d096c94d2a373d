#include <boxfeed/transforms/geometry.h>

#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <string>

#include "transforms/checks.h"
#include "transforms/draws.h"
#include "transforms/polygon.h"

namespace boxfeed::transforms {
namespace {

double radians(double degrees) { return degrees * 3.14159265358979323846 / 180; }

/// Scale, shears, then a clockwise turn, about the origin; angles in degrees.
PlaneMap turn_and_shear(double angle, double scale, double shear_x, double shear_y) {
  const double turn = radians(angle), sx = radians(shear_x), sy = radians(shear_y);
  const double a = std::cos(turn - sy) / std::cos(sy), c = std::sin(turn - sy) / std::cos(sy);
  const double b = -a * std::tan(sx) - std::sin(turn), d = -c * std::tan(sx) + std::cos(turn);
  return PlaneMap({scale * a, scale * b, 0, scale * c, scale * d, 0, 0, 0, 1});
}

/// The projective map that takes each of four points to its partner.
PlaneMap four_points(const std::array<cv::Point2f, 4>& from, const std::array<cv::Point2f, 4>& to) {
  const cv::Matx33d m(cv::getPerspectiveTransform(from.data(), to.data()));
  return PlaneMap({m(0, 0), m(0, 1), m(0, 2), m(1, 0), m(1, 1), m(1, 2), m(2, 0), m(2, 1), m(2, 2)});
}

}  // namespace

void RandomRotation::fields(FieldVisitor& visitor) {
  visitor.field("degrees", degrees_, {});
  visitor.field("expand", expand_);
  visitor.field("center", center_, {});
}
void RandomRotation::check() const {
  if (center_ && expand_) refuse("RandomRotation: center", "none with expand", "one");
}
std::optional<DrawnMap> RandomRotation::draw(const SampleGeometry& sample, Random& random) const {
  const double angle = drawn_from(degrees_, random);
  const auto w = static_cast<double>(sample.size.width), h = static_cast<double>(sample.size.height);
  const Point center = center_.value_or(Point{w / 2, h / 2});
  const PlaneMap turn = turn_and_shear(-angle, 1, 0, 0) * PlaneMap::translation(-center.x, -center.y);
  if (!expand_) return DrawnMap{PlaneMap::translation(center.x, center.y) * turn, sample.size, {{"angle", {angle}}}};
  // Counted in whole pixels of the image's own grid, as Pillow does; an exact quarter turn exchanges the sides.
  const Bounds b = bounds(mapped(PlaneMap::translation(w / 2, h / 2) * turn, canvas_polygon(sample.size)));
  const auto side = [quarter = std::remainder(angle, 90) == 0](double low, double high) {
    if (quarter) return static_cast<std::int64_t>(std::llround(high - low));
    return static_cast<std::int64_t>(std::ceil(high - 1e-4) - std::floor(low + 1e-4));
  };
  const ImageSize size{side(b[1], b[3]), side(b[0], b[2])};
  const PlaneMap back =
      PlaneMap::translation(static_cast<double>(size.width) / 2, static_cast<double>(size.height) / 2);
  return DrawnMap{back * turn, size, {{"angle", {angle}}}};
}

void RandomAffine::fields(FieldVisitor& visitor) {
  visitor.field("degrees", degrees_, {});
  visitor.field("translate", translate_, {0, 1});
  visitor.field("scale", scale_, {1e-3, kLargestFactor});
  visitor.field("shear", shear_, {-80, 80});
}
void RandomAffine::check() const {
  if (shear_.size() != 0 && shear_.size() != 2 && shear_.size() != 4) {
    refuse("RandomAffine: shear", "two numbers or four", std::to_string(shear_.size()));
  }
  for (std::size_t i = 0; i < shear_.size(); i += 2) {
    if (shear_[i] <= shear_[i + 1]) continue;
    refuse("RandomAffine: shear", "low ≤ high", number_text(shear_[i]) + " to " + number_text(shear_[i + 1]));
  }
}
std::optional<DrawnMap> RandomAffine::draw(const SampleGeometry& sample, Random& random) const {
  const auto w = static_cast<double>(sample.size.width), h = static_cast<double>(sample.size.height);
  const double angle = drawn_from(degrees_, random);
  const auto moved = [&random](double share, double side) {
    return std::round(drawn_from({-1, 1}, random) * share * side);
  };
  const bool moves = translate_.x != 0 || translate_.y != 0;
  const double tx = moves ? moved(translate_.x, w) : 0, ty = moves ? moved(translate_.y, h) : 0;
  const double scale = drawn_from(scale_, random);
  const auto shear = [&](std::size_t i) {
    return i < shear_.size() ? drawn_from({shear_[i], shear_[i + 1]}, random) : 0;
  };
  const double shear_x = shear(0), shear_y = shear(2);
  return DrawnMap{PlaneMap::translation(w / 2 + tx, h / 2 + ty) * turn_and_shear(angle, scale, shear_x, shear_y) *
                      PlaneMap::translation(-w / 2, -h / 2),
                  sample.size,
                  {{"angle", {angle}}, {"translate", {tx, ty}}, {"scale", {scale}}, {"shear", {shear_x, shear_y}}}};
}

void RandomPerspective::fields(FieldVisitor& visitor) {
  visitor.field("distortion_scale", distortion_scale_, {0, 1});
  visitor.field("p", p_, {0, 1});
}
std::optional<DrawnMap> RandomPerspective::draw(const SampleGeometry& sample, Random& random) const {
  if (!random.bernoulli(p_)) return std::nullopt;
  const std::int64_t w = sample.size.width, h = sample.size.height;
  const auto inwards = [&](std::int64_t side) {
    const auto most = static_cast<std::uint64_t>(distortion_scale_ * static_cast<double>(side / 2));
    return static_cast<float>(random.below(most + 1));
  };
  const auto right = static_cast<float>(w - 1), bottom = static_cast<float>(h - 1);
  const std::array<cv::Point2f, 4> from{{{0, 0}, {right, 0}, {right, bottom}, {0, bottom}}};
  auto to = from;
  std::vector<double> ends;
  for (auto& point : to) {
    const float x = inwards(w), y = inwards(h);
    point += {point.x == 0 ? x : -x, point.y == 0 ? y : -y};
    ends.insert(ends.end(), {double{point.x}, double{point.y}});
  }
  // Corners may meet in small images (and do where one side is a pixel), or make a shape that is not convex; then
  // nothing is moved.
  for (std::size_t i = 0; i < 4; ++i) {
    const auto &a = to[i], &b = to[(i + 1) % 4], &c = to[(i + 2) % 4];
    if (cv::Point2d(b - a).cross(cv::Point2d(c - b)) < 1e-9) return std::nullopt;
  }
  const PlaneMap map = four_points(from, to);
  const auto& e = map.entries();
  for (const auto& corner : canvas_polygon(sample.size)) {
    if (e[6] * corner[0] + e[7] * corner[1] + e[8] <= 1e-3) return std::nullopt;
  }
  return DrawnMap{map, sample.size, {{"endpoints", ends}}};
}

}  // namespace boxfeed::transforms
