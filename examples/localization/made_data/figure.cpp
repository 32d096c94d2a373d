#include "made_data/figure.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <utility>

namespace localization {
namespace {

using boxfeed::Random;

/// A point at an angle on a circle around the origin.
cv::Point2f polar(double angle, double radius) {
  return {static_cast<float>(radius * std::cos(angle)), static_cast<float>(radius * std::sin(angle))};
}

/// `count` points around the circle whose distances alternate between 1 and `inner`.
std::vector<cv::Point2f> ring(int count, double inner = 1) {
  std::vector<cv::Point2f> points;
  points.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) points.push_back(polar(2 * CV_PI * i / count, i % 2 == 0 ? 1 : inner));
  return points;
}

std::vector<cv::Point2f> random_outline(Random& random) {
  constexpr float kArm = 0.4F;
  switch (random.below(6)) {
    case 0: return ring(60);
    case 1: return {{-0.9F, -0.7F}, {0.9F, -0.7F}, {0.9F, 0.7F}, {-0.9F, 0.7F}};
    case 2: return ring(3);
    case 3: return ring(10, 0.5);
    case 4: return ring(6);
    default:
      return {{-kArm, -1}, {kArm, -1}, {kArm, -kArm}, {1, -kArm}, {1, kArm},   {kArm, kArm},
              {kArm, 1},   {-kArm, 1}, {-kArm, kArm}, {-1, kArm}, {-1, -kArm}, {-kArm, -kArm}};
  }
}

cv::Point2f rotated(cv::Point2f p, float angle) {
  const float c = std::cos(angle), s = std::sin(angle);
  return {c * p.x - s * p.y, s * p.x + c * p.y};
}

bool odd(float value) { return (static_cast<int>(std::floor(value)) & 1) != 0; }

/// How much of each pixel of `area` lies in the figure, from 0 to 255: drawn at four times the size, because OpenCV's
/// own smooth edges lie a pixel outside the outline.
cv::Mat1b coverage(const Figure& figure, const cv::Rect& area) {
  constexpr int kFine = 4, kShift = 4;
  std::vector<cv::Point> polygon;
  for (const auto& point : figure.outline) {
    const cv::Point2f fine = kFine * (point - cv::Point2f(area.tl()));
    // OpenCV counts from the middle of a pixel, boxes from its corner.
    polygon.emplace_back(cvRound((fine.x - 0.5F) * (1 << kShift)), cvRound((fine.y - 0.5F) * (1 << kShift)));
  }
  cv::Mat1b fine(kFine * area.size().height, kFine * area.size().width, static_cast<unsigned char>(0)), cover;
  cv::fillPoly(fine, std::vector<std::vector<cv::Point>>{polygon}, cv::Scalar(255), cv::LINE_8, kShift);
  cv::resize(fine, cover, area.size(), 0, 0, cv::INTER_AREA);
  return cover;
}

/// A figure of radius 1 around the origin, stretched and turned at random, and brought to its place.
Figure placed(Figure figure, Random& random, cv::Point2f center, double radius) {
  figure.center = center;
  figure.angle = static_cast<float>(random.uniform(0, 2 * CV_PI));
  figure.radius = static_cast<float>(radius);
  const auto stretch = static_cast<float>(std::exp(random.uniform(-0.35, 0.35)));
  for (auto* points : {&figure.outline, &figure.marks}) {
    for (auto& point : *points) {
      point = center + rotated({point.x * figure.radius * stretch, point.y * figure.radius / stretch}, figure.angle);
    }
  }
  return figure;
}

/// Two colors that are far apart.
std::pair<cv::Vec3f, cv::Vec3f> contrasting_colors(Random& random) {
  for (;;) {
    const cv::Vec3f one = random_color(random), other = random_color(random);
    if (cv::norm(one - other) > 140) return {one, other};
  }
}

}  // namespace

boxfeed::Box Figure::box() const {
  boxfeed::Box box{outline[0].x, outline[0].y, outline[0].x, outline[0].y};
  for (const auto& point : outline) {
    box = {std::min(box.xmin, point.x), std::min(box.ymin, point.y), std::max(box.xmax, point.x),
           std::max(box.ymax, point.y)};
  }
  return box;
}

void Figure::move(cv::Point2f by) {
  for (auto* points : {&outline, &marks}) {
    for (auto& point : *points) point += by;
  }
  center += by;
}

Figure Figure::scaled(float factor) const {
  Figure figure = *this;
  for (auto* points : {&figure.outline, &figure.marks}) {
    for (auto& point : *points) point = center + factor * (point - center);
  }
  figure.radius *= factor;
  return figure;
}

cv::Vec3f random_color(Random& random) {
  const auto channel = [&] { return static_cast<float>(random.uniform(15, 240)); };
  const float red = channel(), green = channel(), blue = channel();
  return {red, green, blue};
}

Figure random_figure(Random& random, cv::Point2f center, double radius) {
  Figure figure;
  figure.outline = random_outline(random);
  return placed(std::move(figure), random, center, radius);
}

Figure random_arrow(Random& random, cv::Point2f center, double radius) {
  Figure arrow;
  arrow.outline = {{1, 0}, {0.1F, 0.8F}, {0.1F, 0.3F}, {-1, 0.3F}, {-1, -0.3F}, {0.1F, -0.3F}, {0.1F, -0.8F}};
  arrow.marks = {{1, 0}, {0.1F, -0.8F}, {0.1F, 0.8F}, {-1, 0}};  // y points down
  return placed(arrow, random, center, radius);
}

Filling random_plain_filling(Random& random) {
  const cv::Vec3f one = random_color(random), other = random_color(random);
  const auto angle = static_cast<float>(random.uniform(0, 2 * CV_PI));
  const auto phase = static_cast<float>(random.uniform(0, 6));
  switch (random.below(3)) {
    case 0: return [=](cv::Point2f) { return one; };
    case 1:
      return [=](cv::Point2f p) {
        return cv::Vec3f(one + (0.5F + 0.5F * std::sin(rotated(p, angle).x / 40 + phase)) * (other - one));
      };
    default:  // mottled: waves of four directions that never repeat
      return [=](cv::Point2f p) {
        const float mix = std::sin(0.31F * p.x + phase) + std::sin(0.23F * p.y + 0.17F * p.x) +
                          std::sin(0.41F * p.y - 0.11F * p.x + 2 * phase) + std::sin(0.13F * (p.x + p.y));
        return cv::Vec3f(one + (0.5F + 0.06F * mix) * (other - one));
      };
  }
}

Filling random_rim(Random& random) {
  const cv::Vec3f dark = 0.2F * random_color(random);
  return [=](cv::Point2f) { return dark; };
}

Filling random_pattern(Random& random, const Figure& figure) {
  const auto [one, other] = contrasting_colors(random);
  const auto kind = random.below(4);
  const float period = std::max(figure.radius * static_cast<float>(random.uniform(0.3, 0.5)), 9.F);
  const auto center = figure.center;
  const float angle = -figure.angle;
  return [=, one = one, other = other](cv::Point2f p) {
    const cv::Point2f q = rotated(p - center, angle) / period;
    const cv::Point2f cell{q.x - std::round(q.x), q.y - std::round(q.y)};
    bool first = false;
    switch (kind) {
      case 0: first = odd(q.x); break;
      case 1: first = odd(q.x) != odd(q.y); break;
      case 2: first = std::hypot(cell.x, cell.y) < 0.33F; break;
      default: first = odd(std::hypot(q.x, q.y)); break;
    }
    return first ? one : other;
  };
}

void paint(cv::Mat3f& image, const Figure& figure, const Filling& filling) {
  const boxfeed::Box box = figure.box();
  const cv::Rect area =
      cv::Rect(cv::Point(static_cast<int>(std::floor(box.xmin)) - 1, static_cast<int>(std::floor(box.ymin)) - 1),
               cv::Point(static_cast<int>(std::ceil(box.xmax)) + 1, static_cast<int>(std::ceil(box.ymax)) + 1)) &
      cv::Rect({0, 0}, image.size());
  if (area.empty()) return;
  const cv::Mat1b cover = coverage(figure, area);
  cv::Mat3f part = image(area);
  for (int y = 0; y < area.height; ++y) {
    for (int x = 0; x < area.width; ++x) {
      if (cover(y, x) == 0) continue;
      const cv::Vec3f color = filling({static_cast<float>(area.x + x) + 0.5F, static_cast<float>(area.y + y) + 0.5F});
      part(y, x) += static_cast<float>(cover(y, x)) / 255 * (color - part(y, x));
    }
  }
}

}  // namespace localization
