#include "made_data/scene.h"

#include <boxfeed/core/random.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "made_data/figure.h"
#include "support/catch.h"

using localization::Figure;

TEST_CASE("a scene is a function of the seed and its number") {
  const auto scene = localization::render_scene(3, 5), again = localization::render_scene(3, 5);
  CHECK(scene.box == again.box);
  CHECK(cv::norm(scene.image, again.image, cv::NORM_INF) == 0);
  CHECK(localization::render_scene(3, 6).box != scene.box);
  CHECK(localization::render_scene(4, 5).box != scene.box);
}

TEST_CASE("the object is wholly in its picture, neither tiny nor all of it") {
  for (std::uint64_t i = 0; i < 60; ++i) {
    const auto scene = localization::render_scene(1, i);
    const auto& image = scene.image;
    const auto& box = scene.box;
    INFO(i);
    CHECK(image.type() == CV_8UC3);
    CHECK(box.xmin >= 0);
    CHECK(box.ymin >= 0);
    CHECK(box.xmax <= static_cast<float>(image.cols));
    CHECK(box.ymax <= static_cast<float>(image.rows));
    CHECK(std::min(box.width(), box.height()) > 25);
    CHECK(box.width() < 0.71F * static_cast<float>(image.cols));
  }
}

TEST_CASE("the box of a figure is that of the pixels it covers, to a pixel") {
  for (std::uint64_t i = 0; i < 40; ++i) {
    boxfeed::Random random(8, 0, i);
    const Figure figure = localization::random_figure(random, {150, 120}, 60);
    cv::Mat3f image(240, 300, cv::Vec3f(0, 0, 0));
    localization::paint(image, figure, [](cv::Point2f) { return cv::Vec3f(255, 255, 255); });
    cv::Mat1f red;
    cv::extractChannel(image, red, 0);
    const cv::Rect covered = cv::boundingRect(cv::Mat1b(red > 64));
    const boxfeed::Box box = figure.box();
    INFO(i);
    // A pointed corner covers less than a quarter of its outermost pixels.
    CHECK(box.xmin == Approx(covered.x).margin(2.5));
    CHECK(box.ymin == Approx(covered.y).margin(2.5));
    CHECK(box.xmax == Approx(covered.x + covered.width).margin(2.5));
    CHECK(box.ymax == Approx(covered.y + covered.height).margin(2.5));
    // No pixel outside the box is covered by a quarter.
    CHECK(static_cast<float>(covered.x) >= box.xmin - 1);
    CHECK(static_cast<float>(covered.x + covered.width) <= box.xmax + 1);
    CHECK(static_cast<float>(covered.y) >= box.ymin - 1);
    CHECK(static_cast<float>(covered.y + covered.height) <= box.ymax + 1);
  }
}

TEST_CASE("a moved figure's box moves with it") {
  boxfeed::Random random(8, 0, 1);
  Figure figure = localization::random_figure(random, {0, 0}, 10);
  const auto before = figure.box();
  figure.move({5, -7});
  CHECK(figure.box().xmin == Approx(before.xmin + 5));
  CHECK(figure.box().ymax == Approx(before.ymax - 7));
  CHECK(figure.center.x == 5);
}
