#include <boxfeed/transforms/geometry.h>
#include <boxfeed/transforms/mixer.h>

#include <algorithm>
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

Mixer mixer_of(const Mix& mix, std::vector<Transform> transforms = {}, ImageSize size = kSize) {
  return Mixer(Pipeline(std::move(transforms), PipelineOptions().mix(mix)), size);
}

cv::Mat rendered(const MixPlan& mix, const Sources& sources) {
  if (mix.layers.empty()) return testing::render(mix.plan, sources.images[0]);
  cv::Mat output;
  for (std::size_t k = 0; k < mix.layers.size(); ++k) {
    const auto& layer = mix.layers[k];
    paste(mix, k, testing::render(layer.plan, sources.images[layer.source]), output);
  }
  return output;
}

int value(const cv::Mat& image, float x, float y) {
  return image.at<cv::Vec3b>(static_cast<int>(y), static_cast<int>(x))[0];
}

}  // namespace

TEST_CASE("partners are drawn by index, the same for the same example") {
  const Mixer mixer = mixer_of(Mosaic());
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
  CHECK(mixer_of(MixUp()).begin(10, 3, Random(1, 0, 3)).sources.size() == 2);
  CHECK_THROWS_AS(mixer.begin(10, 10, Random(1, 0, 0)), std::invalid_argument);
}

TEST_CASE("a mosaic covers the whole canvas, and its boxes lie on their objects") {
  const Sources sources = sources_of(4);
  const Mixer mixer = mixer_of(Mosaic(), {RandomHorizontalFlip()});
  std::size_t boxes = 0;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const MixPlan mix = mixer.draw(mixer.begin(4, 0, Random(1, 0, i)), sources.geometries);
    const Plan& plan = mix.plan;
    const cv::Mat image = rendered(mix, sources);
    REQUIRE(image.size() == cv::Size(60, 40));
    // Each covers its part, and its corner lies at the center.
    REQUIRE(mix.layers.size() == 4);
    for (const auto& layer : mix.layers) {
      const auto [h, w] = sources.geometries[layer.source].size;
      const Box all = layer.plan.map.apply(Box{0, 0, static_cast<float>(w), static_cast<float>(h)});
      const auto height = static_cast<float>(layer.plan.size.height), width = static_cast<float>(layer.plan.size.width);
      REQUIRE((layer.left > 0 ? all.xmin : all.xmax - width) == Approx(0).margin(1e-4));
      REQUIRE((layer.top > 0 ? all.ymin : all.ymax - height) == Approx(0).margin(1e-4));
    }
    // No pixel is fill.
    double least = 0;
    cv::minMaxLoc(image.reshape(1), &least);
    REQUIRE(least >= 49);
    REQUIRE(plan.kept == mix.box_sources);  // one box each
    REQUIRE(plan.weights == std::vector<float>(plan.boxes.size(), 1));
    REQUIRE(plan.keypoints.size() == plan.boxes.size());
    REQUIRE(plan.boxes.size() + plan.dropped.size() == 4);
    for (std::size_t k = 0; k < plan.boxes.size(); ++k) {
      const Box& box = plan.boxes[k];
      if (box.width() < 3 || box.height() < 3) continue;
      const int object = 50 * static_cast<int>(mix.box_sources[k] + 1) + 20;
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
  const Mixer mixer = mixer_of(MixUp().alpha(8));
  double sum = 0, squares = 0;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const MixPlan mix = mixer.draw(mixer.begin(2, 0, Random(1, 0, i)), sources.geometries);
    const Plan& plan = mix.plan;
    REQUIRE(plan.boxes.size() == 2);
    REQUIRE(plan.kept == std::vector<std::size_t>{0, 1});
    REQUIRE(mix.box_sources == plan.kept);
    const auto first = double{plan.weights[0]};
    REQUIRE(first + double{plan.weights[1]} == Approx(1));
    REQUIRE(mix.layers[1].weight == Approx(1 - first));
    sum += first;
    squares += first * first;
    if (i < 20) REQUIRE(value(rendered(mix, sources), 1, 1) == Approx(first * 50 + (1 - first) * 100).margin(1));
  }
  // Beta(8, 8) has mean 1/2 and variance 1 / (4 · 17).
  const double mean = sum / 2000;
  CHECK(mean == Approx(0.5).margin(0.01));
  CHECK(squares / 2000 - mean * mean == Approx(1.0 / 68).margin(0.0015));
}

TEST_CASE("small alphas give nearly one image only") {
  const Sources sources = sources_of(2);
  const Mixer mixer = mixer_of(MixUp().alpha(0.01));
  for (std::uint64_t i = 0; i < 200; ++i) {
    const MixPlan mix = mixer.draw(mixer.begin(2, 0, Random(1, 0, i)), sources.geometries);
    const Plan& plan = mix.plan;
    REQUIRE((plan.weights[0] >= 0 && plan.weights[0] <= 1));
  }
}

TEST_CASE("cut-mix lays a part of the partner over the image, and no box on what is covered") {
  const Sources sources = sources_of(2);
  const Mixer mixer = mixer_of(CutMix());
  std::size_t kept = 0, dropped = 0;
  for (std::uint64_t i = 0; i < 500; ++i) {
    const MixPlan mix = mixer.draw(mixer.begin(2, 0, Random(1, 0, i)), sources.geometries);
    const Plan& plan = mix.plan;
    const cv::Mat image = rendered(mix, sources);
    REQUIRE(image.size() == cv::Size(60, 40));
    dropped += plan.dropped.size();
    for (std::size_t k = 0; k < plan.boxes.size(); ++k) {
      const Box& box = plan.boxes[k];
      const int object = mix.box_sources[k] == 0 ? 70 : 120;
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

TEST_CASE("cut-mix with a part of less than a pixel lays nothing over the image") {
  const Sources sources = sources_of(2);
  const Mixer mixer = mixer_of(CutMix().alpha(0.05));
  std::size_t alone = 0;
  for (std::uint64_t i = 0; i < 500; ++i) {
    const MixPlan mix = mixer.draw(mixer.begin(2, 0, Random(1, 0, i)), sources.geometries);
    if (mix.layers.size() == 2) {
      REQUIRE((mix.layers[1].plan.size.height >= 1 && mix.layers[1].plan.size.width >= 1));
      continue;
    }
    REQUIRE(mix.plan.boxes == sources.geometries[0].boxes);
    ++alone;
  }
  CHECK(alone > 100);
}

TEST_CASE("cut-mix leaves of a box what the part does not cover, and the part has the share that was drawn") {
  const Sources sources = sources_of(2);
  // Nearly half of the area: at most sqrt(1 / 2) of either side, less at the edges.
  const Mixer mixer = mixer_of(CutMix().alpha(100000).sanitize(SanitizeBoundingBoxes().min_visibility(0.01)));
  std::int64_t widest = 0, highest = 0;
  std::size_t cut = 0;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const MixPlan mix = mixer.draw(mixer.begin(2, 0, Random(1, 0, i)), sources.geometries);
    REQUIRE(mix.layers.size() == 2);
    const auto& part = mix.layers[1];
    widest = std::max(widest, part.plan.size.width);
    highest = std::max(highest, part.plan.size.height);
    if (mix.box_sources.empty() || mix.box_sources[0] != 0) continue;
    const auto& corner = mix.plan.keypoints[0];
    const bool is_covered = corner.x >= static_cast<float>(part.left) && corner.y >= static_cast<float>(part.top) &&
                            corner.x < static_cast<float>(part.left + part.plan.size.width) &&
                            corner.y < static_cast<float>(part.top + part.plan.size.height);
    REQUIRE((corner.visibility == 0) == is_covered);
    const Box& whole = sources.geometries[0].boxes[0];  // of an image as large as the output
    Box left{1000, 1000, 0, 0};
    for (auto row = static_cast<std::int64_t>(whole.ymin); row < static_cast<std::int64_t>(whole.ymax); ++row) {
      for (auto column = static_cast<std::int64_t>(whole.xmin); column < static_cast<std::int64_t>(whole.xmax);
           ++column) {
        if (row >= part.top && row < part.top + part.plan.size.height && column >= part.left &&
            column < part.left + part.plan.size.width) {
          continue;
        }
        const auto x = static_cast<float>(column), y = static_cast<float>(row);
        left = {std::min(left.xmin, x), std::min(left.ymin, y), std::max(left.xmax, x + 1), std::max(left.ymax, y + 1)};
      }
    }
    REQUIRE(mix.plan.boxes[0] == left);
    cut += !(left == whole);
  }
  CHECK((widest == 42 || widest == 43));  // of 60, where both edges are rounded
  CHECK((highest == 28 || highest == 29));
  CHECK(cut > 20);
}

TEST_CASE("a mix says of each dropped box which it was, and why") {
  // Two boxes each; the second is below a pixel.
  Sources sources = sources_of(2);
  for (auto& geometry : sources.geometries) {
    geometry.boxes.push_back({1, 1, 1.25F, 1.5F});
    geometry.keypoints.push_back({1, 1, 2});
  }
  const Mixer mixer = mixer_of(CutMix().sanitize(SanitizeBoundingBoxes().min_visibility(0.5)));
  std::set<DropReason> reasons;
  for (std::uint64_t i = 0; i < 300; ++i) {
    const MixPlan mix = mixer.draw(mixer.begin(2, 0, Random(1, 0, i)), sources.geometries);
    std::set<std::size_t> all(mix.plan.kept.begin(), mix.plan.kept.end());
    for (const auto& dropped : mix.plan.dropped) {
      REQUIRE(all.insert(dropped.index).second);
      reasons.insert(dropped.reason);
      if (dropped.index % 2 == 1) REQUIRE((dropped.reason == DropReason::kTooSmall || dropped.index == 3));
      if (dropped.index == 0 && dropped.reason == DropReason::kNotVisible) REQUIRE(dropped.visible < 0.5);
    }
    // All of the first source, and of the second where it is seen at all.
    REQUIRE(all == (mix.layers.size() == 2 ? std::set<std::size_t>{0, 1, 2, 3} : std::set<std::size_t>{0, 1}));
  }
  CHECK(reasons == std::set<DropReason>{DropReason::kOutside, DropReason::kTooSmall, DropReason::kNotVisible,
                                        DropReason::kCovered});
}

TEST_CASE("without a mix an example is planned alone, as its pipeline does") {
  const Pipeline pipeline({RandomHorizontalFlip(), RandomCrop({30, 30})});
  const Mixer mixer(pipeline, kSize, ResizeMode::kLetterbox);
  const Sources sources = sources_of(1);
  CHECK(mixer.most_sources() == 1);
  for (std::uint64_t i = 0; i < 20; ++i) {
    const MixDraft draft = mixer.begin(9, 4, Random(1, 0, i));
    REQUIRE(draft.sources == std::vector<std::size_t>{4});
    const MixPlan mix = mixer.draw(draft, sources.geometries);
    const Plan expected = pipeline.then(LetterBox(kSize)).draw(sources.geometries[0], Random(1, 0, i));
    REQUIRE(mix.layers.empty());
    REQUIRE(mix.plan.map.entries() == expected.map.entries());
    REQUIRE(mix.plan.explain() == expected.explain());
    REQUIRE(mix.plan.boxes == expected.boxes);
    REQUIRE(mix.box_sources == std::vector<std::size_t>(expected.boxes.size(), 0));
  }
}

TEST_CASE("with probability 0 nothing is mixed") {
  const Sources sources = sources_of(1);
  const Mixer mixer = mixer_of(Mosaic().p(0));
  const MixDraft draft = mixer.begin(9, 4, Random(1, 0, 4));
  REQUIRE(draft.sources == std::vector<std::size_t>{4});
  const MixPlan mix = mixer.draw(draft, sources.geometries);
  const Plan& plan = mix.plan;
  CHECK(plan.boxes == sources.geometries[0].boxes);
  CHECK(boxfeed::testing::equal(rendered(mix, sources), sources.images[0]));
}

TEST_CASE("mixes refuse what cannot be") {
  CHECK_THROWS_AS(mixer_of(Mosaic().p(2)), std::invalid_argument);
  CHECK_THROWS_AS(mixer_of(Mosaic().center({0.5, 1.5})), std::invalid_argument);
  CHECK_THROWS_AS(mixer_of(Mosaic(), {}, {1, 1}), std::invalid_argument);
  CHECK_THROWS_AS(mixer_of(MixUp().alpha(0)), std::invalid_argument);
  CHECK_THROWS_AS(mixer_of(CutMix(), {}, {0, 10}), std::invalid_argument);
  const Mixer mixer = mixer_of(MixUp());
  CHECK_THROWS_AS(mixer.draw(mixer.begin(2, 0, Random(1, 0, 0)), sources_of(1).geometries), std::invalid_argument);
}
