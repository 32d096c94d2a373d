#include <boxfeed/transforms/affine.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "transforms/checks.h"
#include "transforms/polygon.h"

namespace boxfeed::transforms {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double radians(double degrees) { return degrees * 3.14159265358979323846 / 180; }

/// Scale, shears, then a clockwise turn, about the origin; angles in degrees.
PlaneMap turn_and_shear(double angle, double scale, double shear_x, double shear_y) {
  const double turn = radians(angle), sx = radians(shear_x), sy = radians(shear_y);
  const double a = std::cos(turn - sy) / std::cos(sy), c = std::sin(turn - sy) / std::cos(sy);
  const double b = -a * std::tan(sx) - std::sin(turn), d = -c * std::tan(sx) + std::cos(turn);
  return PlaneMap({scale * a, scale * b, 0, scale * c, scale * d, 0, 0, 0, 1});
}

/// The projective map that takes each of four points to its partner: eight linear equations.
PlaneMap four_points(const Polygon& from, const Polygon& to) {
  std::array<std::array<double, 9>, 8> m{};
  for (std::size_t i = 0; i < 4; ++i) {
    const double x = from[i][0], y = from[i][1], u = to[i][0], v = to[i][1];
    m[2 * i] = {x, y, 1, 0, 0, 0, -u * x, -u * y, u};
    m[2 * i + 1] = {0, 0, 0, x, y, 1, -v * x, -v * y, v};
  }
  for (std::size_t column = 0; column < 8; ++column) {
    std::size_t pivot = column;
    for (std::size_t row = column + 1; row < 8; ++row) {
      if (std::abs(m[row][column]) > std::abs(m[pivot][column])) pivot = row;
    }
    std::swap(m[column], m[pivot]);
    for (std::size_t row = 0; row < 8; ++row) {
      if (row == column) continue;
      const double factor = m[row][column] / m[column][column];
      for (std::size_t k = column; k < 9; ++k) m[row][k] -= factor * m[column][k];
    }
  }
  std::array<double, 9> e{};
  for (std::size_t i = 0; i < 8; ++i) e[i] = m[i][8] / m[i][i];
  e[8] = 1;
  return PlaneMap(e);
}

}  // namespace

std::optional<DrawnMap> RandomRotation::draw(const SampleGeometry& sample, Random& random) const {
  const double angle = random.uniform(degrees_.low, degrees_.high);
  const auto w = static_cast<double>(sample.size.width), h = static_cast<double>(sample.size.height);
  const Point center = center_.value_or(Point{w / 2, h / 2});
  const PlaneMap turn = turn_and_shear(-angle, 1, 0, 0) * PlaneMap::translation(-center.x, -center.y);
  if (!expand_) return DrawnMap{PlaneMap::translation(center.x, center.y) * turn, sample.size, {{"angle", {angle}}}};
  // Counted in whole pixels of the image's own grid, as Pillow does; an exact quarter turn exchanges the sides.
  const auto b = bounds(mapped(canvas_polygon(sample.size), PlaneMap::translation(w / 2, h / 2) * turn));
  const auto side = [quarter = std::remainder(angle, 90) == 0](double low, double high) {
    if (quarter) return static_cast<std::int64_t>(std::llround(high - low));
    return static_cast<std::int64_t>(std::ceil(high - 1e-4) - std::floor(low + 1e-4));
  };
  const ImageSize size{side(b[1], b[3]), side(b[0], b[2])};
  const PlaneMap back =
      PlaneMap::translation(static_cast<double>(size.width) / 2, static_cast<double>(size.height) / 2);
  return DrawnMap{back * turn, size, {{"angle", {angle}}}};
}
void RandomRotation::check() const {
  check_range("RandomRotation: degrees", degrees_, -kInfinity);
  if (!center_) return;
  check_finite("RandomRotation: center", center_->x);
  check_finite("RandomRotation: center", center_->y);
  if (expand_) throw std::invalid_argument("RandomRotation: center: expected none with expand");
}
void RandomRotation::fields(FieldVisitor& visitor) {
  visitor.field("degrees", degrees_);
  visitor.field("expand", expand_);
  visitor.field("center", center_);
}

std::optional<DrawnMap> RandomAffine::draw(const SampleGeometry& sample, Random& random) const {
  const auto w = static_cast<double>(sample.size.width), h = static_cast<double>(sample.size.height);
  const double angle = random.uniform(degrees_.low, degrees_.high);
  double tx = 0, ty = 0;
  if (translate_) {
    tx = std::round(random.uniform(-1, 1) * translate_->low * w);
    ty = std::round(random.uniform(-1, 1) * translate_->high * h);
  }
  const auto from = [&random](const std::optional<Range>& range, double otherwise) {
    return range ? random.uniform(range->low, range->high) : otherwise;
  };
  const double scale = from(scale_, 1), shear_x = from(shear_, 0), shear_y = from(shear_y_, 0);
  return DrawnMap{PlaneMap::translation(w / 2 + tx, h / 2 + ty) * turn_and_shear(angle, scale, shear_x, shear_y) *
                      PlaneMap::translation(-w / 2, -h / 2),
                  sample.size,
                  {{"angle", {angle}}, {"translate", {tx, ty}}, {"scale", {scale}}, {"shear", {shear_x, shear_y}}}};
}
void RandomAffine::check() const {
  check_range("RandomAffine: degrees", degrees_, -kInfinity);
  if (translate_) {
    check_probability("RandomAffine: translate", translate_->low);
    check_probability("RandomAffine: translate", translate_->high);
  }
  if (scale_) check_range("RandomAffine: scale", *scale_, 1e-3, kLargestFactor);
  for (const auto& shear : {shear_, shear_y_}) {
    if (!shear) continue;
    check_range("RandomAffine: shear", *shear, -80);
    if (shear->high > 80)
      throw std::invalid_argument("RandomAffine: shear: expected at most 80, got " + number_text(shear->high));
  }
}
void RandomAffine::fields(FieldVisitor& visitor) {
  visitor.field("degrees", degrees_);
  visitor.field("translate", translate_);
  visitor.field("scale", scale_);
  visitor.field("shear", shear_);
  visitor.field("shear_y", shear_y_);
}

std::optional<DrawnMap> RandomPerspective::draw(const SampleGeometry& sample, Random& random) const {
  if (!(double{random.uniform()} < p_)) return std::nullopt;
  const std::int64_t w = sample.size.width, h = sample.size.height;
  // Three points in line have no map: an image of one pixel's width stays as it is.
  if (w < 2 || h < 2) return std::nullopt;
  const auto inwards = [&](std::int64_t side) {
    const auto most = static_cast<std::uint64_t>(distortion_scale_ * static_cast<double>(side / 2));
    return static_cast<double>(random.below(most + 1));
  };
  const auto right = static_cast<double>(w - 1), bottom = static_cast<double>(h - 1);
  const Polygon from{{0, 0}, {right, 0}, {right, bottom}, {0, bottom}};
  Polygon to = from;
  std::vector<double> ends;
  for (auto& point : to) {
    const double x = inwards(w), y = inwards(h);
    point[0] += point[0] == 0 ? x : -x;
    point[1] += point[1] == 0 ? y : -y;
    ends.insert(ends.end(), point.begin(), point.end());
  }
  // Corners may meet in small images, or make a shape that is not convex; then nothing is moved.
  for (std::size_t i = 0; i < 4; ++i) {
    const auto &a = to[i], &b = to[(i + 1) % 4], &c = to[(i + 2) % 4];
    if ((b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]) < 1e-9) return std::nullopt;
  }
  const PlaneMap map = four_points(from, to);
  const auto& e = map.entries();
  for (const auto& corner : canvas_polygon(sample.size)) {
    if (e[6] * corner[0] + e[7] * corner[1] + e[8] <= 1e-3) return std::nullopt;
  }
  return DrawnMap{map, sample.size, {{"endpoints", ends}}};
}
void RandomPerspective::check() const {
  check_probability("RandomPerspective: distortion_scale", distortion_scale_);
  check_probability("RandomPerspective: p", p_);
}
void RandomPerspective::fields(FieldVisitor& visitor) {
  visitor.field("distortion_scale", distortion_scale_);
  visitor.field("p", p_);
}

}  // namespace boxfeed::transforms
