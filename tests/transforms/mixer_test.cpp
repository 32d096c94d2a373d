#include <boxfeed/transforms/flip.h>
#include <boxfeed/transforms/mixer.h>
#include <boxfeed/transforms/renderer.h>

#include <opencv2/core.hpp>
#include <set>
#include <stdexcept>

#include "support/catch.h"
#include "transforms/drawing.h"

using namespace boxfeed;
using namespace boxfeed::transforms;

namespace {

constexpr ImageSize kSize{40, 60};

/// Source k is an image of the gray 50 (k + 1) with a box of the gray 50 (k + 1) + 20.
struct Sources {
  std::vector<SampleGeometry> geometries;
  std::vector<cv::Mat> images;
};

Sources sources_of(std::size_t count) {
  Sources out;
  const ImageSize sizes[] = {{40, 60}, {80, 50}, {33, 77}, {100, 100}};
  for (std::size_t k = 0; k < count; ++k) {
    const auto [h, w] = sizes[k];
    const auto fh = static_cast<float>(h), fw = static_cast<float>(w);
    const Box box{std::round(fw * 0.25F), std::round(fh * 0.25F), std::round(fw * 0.75F), std::round(fh * 0.75F)};
    out.geometries.push_back({{h, w}, {box}, {{box.xmin, box.ymin, 2}}, 1});
    const double gray = 50.0 * static_cast<double>(k + 1);
    cv::Mat image(static_cast<int>(h), static_cast<int>(w), CV_8UC3, cv::Scalar::all(gray));
    image(cv::Rect(cv::Point(int(box.xmin), int(box.ymin)), cv::Point(int(box.xmax), int(box.ymax))))
        .setTo(cv::Scalar::all(gray + 20));
    out.images.push_back(image);
  }
  return out;
}

cv::Mat rendered(const MixPlan& plan, const Sources& sources) {
  Renderer renderer;
  cv::Mat part, output;
  for (std::size_t k = 0; k < plan.layers.size(); ++k) {
    const auto& layer = plan.layers[k];
    renderer.render(layer.plan, sources.images[layer.source], {}, part);
    paste(plan, k, part, output);
  }
  return output;
}

int value(const cv::Mat& image, float x, float y) {
  return image.at<cv::Vec3b>(static_cast<int>(y), static_cast<int>(x))[0];
}

}  // namespace

TEST_CASE("partners are drawn by index, the same for the same example") {
  const Mixer mixer(Mosaic(), Pipeline(), kSize);
  std::set<std::size_t> seen;
  for (std::size_t i = 0; i < 200; ++i) {
    const MixDraft draft = mixer.begin(10, i % 10, Random(1, 0, i));
    REQUIRE(draft.sources.size() == 4);
    REQUIRE(draft.sources[0] == i % 10);
    REQUIRE(mixer.begin(10, i % 10, Random(1, 0, i)).sources == draft.sources);
    for (std::size_t k = 1; k < 4; ++k) REQUIRE(draft.sources[k] < 10);
    seen.insert(draft.sources.begin() + 1, draft.sources.end());
  }
  CHECK(seen.size() == 10);
  CHECK(Mixer(MixUp(), Pipeline(), kSize).begin(10, 3, Random(1, 0, 3)).sources.size() == 2);
  CHECK_THROWS_AS(mixer.begin(10, 10, Random(1, 0, 0)), std::invalid_argument);
}

TEST_CASE("a mosaic covers the whole canvas, and its boxes lie on their objects") {
  const Sources sources = sources_of(4);
  const Mixer mixer(Mosaic(), Pipeline({RandomHorizontalFlip()}), kSize);
  std::size_t boxes = 0;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const MixPlan plan = mixer.draw(mixer.begin(4, 0, Random(1, 0, i)), sources.geometries);
    const cv::Mat image = rendered(plan, sources);
    REQUIRE(image.size() == cv::Size(60, 40));
    // No pixel is fill.
    double least = 0;
    cv::minMaxLoc(image.reshape(1), &least);
    REQUIRE(least >= 49);
    REQUIRE(plan.boxes.size() == plan.kept.size());
    REQUIRE(plan.keypoints.size() == plan.boxes.size());
    REQUIRE(plan.boxes.size() + plan.dropped == 4);
    for (std::size_t k = 0; k < plan.boxes.size(); ++k) {
      const Box& box = plan.boxes[k];
      if (box.width() < 3 || box.height() < 3) continue;
      const int object = 50 * static_cast<int>(plan.kept[k].source + 1) + 20;
      REQUIRE(value(image, (box.xmin + box.xmax) / 2, (box.ymin + box.ymax) / 2) == object);
      REQUIRE(std::abs(value(image, box.xmin + 1, box.ymin + 1) - object) <= 10);
      REQUIRE(std::abs(value(image, box.xmax - 2, box.ymax - 2) - object) <= 10);
      ++boxes;
    }
  }
  CHECK(boxes > 600);
}

TEST_CASE("mix-up is the weighted mean, with the boxes of both") {
  const Sources sources = sources_of(2);
  const Mixer mixer(MixUp().alpha(8), Pipeline(), kSize);
  double sum = 0, squares = 0;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const MixPlan plan = mixer.draw(mixer.begin(2, 0, Random(1, 0, i)), sources.geometries);
    REQUIRE(plan.boxes.size() == 2);
    REQUIRE(plan.kept[1].source == 1);
    const double first = plan.kept[0].weight;
    REQUIRE(first + plan.kept[1].weight == Approx(1));
    sum += first;
    squares += first * first;
    if (i < 20) REQUIRE(value(rendered(plan, sources), 1, 1) == Approx(first * 50 + (1 - first) * 100).margin(1));
  }
  // Beta(8, 8) has mean 1/2 and variance 1 / (4 · 17).
  const double mean = sum / 2000;
  CHECK(mean == Approx(0.5).margin(0.01));
  CHECK(squares / 2000 - mean * mean == Approx(1.0 / 68).margin(0.0015));
}

TEST_CASE("small alphas give nearly one image only") {
  const Sources sources = sources_of(2);
  const Mixer mixer(MixUp().alpha(0.01), Pipeline(), kSize);
  for (std::uint64_t i = 0; i < 200; ++i) {
    const MixPlan plan = mixer.draw(mixer.begin(2, 0, Random(1, 0, i)), sources.geometries);
    REQUIRE((plan.kept[0].weight >= 0 && plan.kept[0].weight <= 1));
  }
}

TEST_CASE("cut-mix lays a part of the partner over the image, and no box on what is covered") {
  const Sources sources = sources_of(2);
  const Mixer mixer(CutMix(), Pipeline(), kSize);
  std::size_t kept = 0, dropped = 0;
  for (std::uint64_t i = 0; i < 500; ++i) {
    const MixPlan plan = mixer.draw(mixer.begin(2, 0, Random(1, 0, i)), sources.geometries);
    const cv::Mat image = rendered(plan, sources);
    REQUIRE(image.size() == cv::Size(60, 40));
    dropped += plan.dropped;
    for (std::size_t k = 0; k < plan.boxes.size(); ++k) {
      const Box& box = plan.boxes[k];
      const int object = plan.kept[k].source == 0 ? 70 : 120;
      // Some pixel of the object is at each edge: the box is no larger than what is left.
      long found = 0;
      for (int y = static_cast<int>(box.ymin); y < static_cast<int>(std::ceil(box.ymax)); ++y) {
        for (int x = static_cast<int>(box.xmin); x < static_cast<int>(std::ceil(box.xmax)); ++x) {
          found += std::abs(image.at<cv::Vec3b>(y, x)[0] - object) <= 10;
        }
      }
      if (box.width() >= 3 && box.height() >= 3) {
        REQUIRE(static_cast<double>(found) >= 0.25 * double{box.width()} * double{box.height()});
      }
      ++kept;
    }
  }
  CHECK(kept > 400);
  CHECK(dropped > 50);
}

TEST_CASE("with probability 0 nothing is mixed") {
  const Sources sources = sources_of(1);
  const Mixer mixer(Mosaic().p(0), Pipeline(), kSize);
  const MixDraft draft = mixer.begin(9, 4, Random(1, 0, 4));
  REQUIRE(draft.sources == std::vector<std::size_t>{4});
  const MixPlan plan = mixer.draw(draft, sources.geometries);
  CHECK(plan.boxes == sources.geometries[0].boxes);
  CHECK(boxfeed::testing::equal(rendered(plan, sources), sources.images[0]));
}

TEST_CASE("mixes refuse what cannot be") {
  CHECK_THROWS_AS(Mixer(Mosaic().p(2), Pipeline(), kSize), std::invalid_argument);
  CHECK_THROWS_AS(Mixer(Mosaic().center({0.5, 1.5}), Pipeline(), kSize), std::invalid_argument);
  CHECK_THROWS_AS(Mixer(Mosaic(), Pipeline(), {1, 1}), std::invalid_argument);
  CHECK_THROWS_AS(Mixer(MixUp().alpha(0), Pipeline(), kSize), std::invalid_argument);
  CHECK_THROWS_AS(Mixer(CutMix(), Pipeline(), {0, 10}), std::invalid_argument);
  const Mixer mixer(MixUp(), Pipeline(), kSize);
  CHECK_THROWS_AS(mixer.draw(mixer.begin(2, 0, Random(1, 0, 0)), sources_of(1).geometries), std::invalid_argument);
}
