#include "made_data/scene.h"

#include <boxfeed/core/random.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "made_data/figure.h"

namespace localization {
namespace {

using boxfeed::Random;

/// Smooth noise in [0, 1]: random numbers on coarse grids, the finer ones weaker.
cv::Mat1f clouds(Random& random, cv::Size size) {
  cv::Mat1f sum(size, 0.F);
  float weight = 0.5F;
  for (int cells = 3 + static_cast<int>(random.below(4)); cells <= 64; cells *= 3, weight *= 0.6F) {
    cv::Mat1f coarse(cells, cells), fine;
    for (float& value : coarse) value = random.uniform();
    cv::resize(coarse, fine, size, 0, 0, cv::INTER_CUBIC);
    sum += weight * fine;
  }
  cv::normalize(sum, sum, 0, 1, cv::NORM_MINMAX);
  return sum;
}

/// A ground that is mottled in two colors.
cv::Mat3f render_ground(Random& random, cv::Size size) {
  const cv::Vec3f one = random_color(random), other = random_color(random);
  const cv::Mat1f mix = clouds(random, size);
  cv::Mat3f ground(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) ground(y, x) = one + mix(y, x) * (other - one);
  }
  return ground;
}

void add_strokes(Random& random, cv::Mat3f& image, std::uint64_t count, int max_width) {
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto point = [&] {
      return cv::Point(static_cast<int>(random.uniform(-0.1, 1.1) * image.cols),
                       static_cast<int>(random.uniform(-0.1, 1.1) * image.rows));
    };
    const cv::Point from = point(), to = from + (point() - from) / static_cast<int>(1 + random.below(4));
    const cv::Vec3f color = random_color(random);
    const int width = 1 + static_cast<int>(random.below(static_cast<std::uint64_t>(max_width)));
    cv::line(image, from, to, cv::Scalar(color), width, cv::LINE_AA);
  }
}

void add_distractors(Random& random, cv::Mat3f& image) {
  const double side = std::min(image.cols, image.rows);
  const auto count = 2 + random.below(6);
  for (std::uint64_t i = 0; i < count; ++i) {
    const Figure figure = random_figure(
        random, {static_cast<float>(random.uniform(0, image.cols)), static_cast<float>(random.uniform(0, image.rows))},
        random.uniform(0.05, 0.28) * side);
    paint(image, figure, random_plain_filling(random));
  }
}

/// A figure whose box, less than 70 % of the picture on either side, is wholly inside.
Figure place_object(Random& random, cv::Size size) {
  const double side = std::min(size.width, size.height);
  for (;;) {
    Figure figure = random_figure(random, {0, 0}, random.uniform(0.13, 0.34) * side);
    const boxfeed::Box box = figure.box();
    if (box.width() > 0.7F * static_cast<float>(size.width) || box.height() > 0.7F * static_cast<float>(size.height) ||
        std::min(box.width(), box.height()) < 0.14F * static_cast<float>(side)) {
      continue;
    }
    figure.move({static_cast<float>(random.uniform(1 - box.xmin, size.width - 1.0 - box.xmax)),
                 static_cast<float>(random.uniform(1 - box.ymin, size.height - 1.0 - box.ymax))});
    return figure;
  }
}

/// Light that is brighter on one side, with a soft shadow.
void light(Random& random, cv::Mat3f& image) {
  const cv::Mat1f shade = clouds(random, image.size());
  const double angle = random.uniform(0, 2 * CV_PI), slope = random.uniform(0, 0.35);
  const auto along_x = static_cast<float>(slope * std::cos(angle) / image.cols),
             along_y = static_cast<float>(slope * std::sin(angle) / image.rows);
  const auto depth = static_cast<float>(random.uniform(0, 0.35));
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x) {
      const float gain = 1 + along_x * static_cast<float>(2 * x - image.cols) +
                         along_y * static_cast<float>(2 * y - image.rows) - depth * shade(y, x);
      image(y, x) *= gain;
    }
  }
}

/// Adds noise to every value: the sum of four random bytes, which is close to a normal distribution.
void add_noise(Random& random, cv::Mat3f& image, double deviation) {
  const auto scale = static_cast<float>(deviation / 147.8);  // the standard deviation of such a sum
  for (cv::Vec3f& pixel : image) {
    for (float& value : pixel.val) {
      const std::uint32_t bits = random.bits();
      const auto sum = (bits & 0xFF) + (bits >> 8 & 0xFF) + (bits >> 16 & 0xFF) + (bits >> 24);
      value += scale * (static_cast<float>(sum) - 510);
    }
  }
}

cv::Size random_size(Random& random) {
  return {260 + static_cast<int>(random.below(121)), 200 + static_cast<int>(random.below(81))};
}

/// A ground with strokes and figures that are not the object.
cv::Mat3f render_surroundings(Random& random, cv::Size size) {
  cv::Mat3f image = render_ground(random, size);
  add_strokes(random, image, 4 + random.below(10), 6);
  add_distractors(random, image);
  return image;
}

void paint_object(Random& random, cv::Mat3f& image, const Figure& object) {
  paint(image, object, random_rim(random));
  paint(image, object.scaled(0.84F), random_pattern(random, object));
}

/// What light, lens and sensor make of the picture.
cv::Mat photographed(Random& random, cv::Mat3f& image, double exposure = 1) {
  light(random, image);
  image *= exposure;
  if (const double sigma = random.uniform(-0.4, 1.3); sigma > 0.2) cv::GaussianBlur(image, image, {}, sigma);
  add_noise(random, image, random.uniform(1, 12));
  cv::Mat bytes;
  image.convertTo(bytes, CV_8U);
  return bytes;
}

bool covers(const Figure& figure, cv::Point2f point) { return cv::pointPolygonTest(figure.outline, point, false) >= 0; }

}  // namespace

Scene render_scene(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, 0, index);
  const auto size = random_size(random);
  cv::Mat3f image = render_surroundings(random, size);
  const Figure object = place_object(random, size);
  paint_object(random, image, object);
  add_strokes(random, image, random.below(4), 2);
  return {photographed(random, image), object.box(), {}, {}};
}

Scene render_keypoint_scene(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, 2, index);
  const auto size = random_size(random);
  cv::Mat3f image = render_surroundings(random, size);
  const double side = std::min(size.width, size.height);
  const cv::Point2f center(static_cast<float>(random.uniform(0.15, 0.85) * size.width),
                           static_cast<float>(random.uniform(0.15, 0.85) * size.height));
  const Figure arrow = random_arrow(random, center, random.uniform(0.18, 0.38) * side);
  paint_object(random, image, arrow);
  std::vector<Figure> covering;
  for (auto count = random.below(3); count > 0; --count) {
    const auto at = arrow.marks[random.below(arrow.marks.size())];
    covering.push_back(random_figure(random, at, random.uniform(0.04, 0.1) * side));
    paint(image, covering.back(), random_plain_filling(random));
  }
  Scene scene{photographed(random, image), arrow.box(), {}, {}};
  for (const auto& mark : arrow.marks) {
    const bool inside = cv::Rect2f({0, 0}, cv::Size2f(size)).contains(mark);
    const bool covered =
        std::any_of(covering.begin(), covering.end(), [&](const Figure& figure) { return covers(figure, mark); });
    const bool seen = inside && !covered;
    scene.keypoints.push_back({seen ? mark.x : 0, seen ? mark.y : 0, seen ? 2.F : 0.F});
  }
  return scene;
}

Scene render_number_scene(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, 3, index);
  const auto size = random_size(random);
  cv::Mat3f image = render_surroundings(random, size);
  const Figure object = place_object(random, size);
  paint_object(random, image, object);
  const double exposure = random.uniform(0.4, 1.2);
  Scene scene{photographed(random, image, exposure), object.box(), {}, {}};
  scene.numbers = {100 * cv::contourArea(object.outline) / size.area(), exposure};
  return scene;
}

}  // namespace localization
