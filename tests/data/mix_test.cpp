#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/csv.h>
#include <boxfeed/core/error.h>
#include <boxfeed/data/detection_dataset.h>
#include <boxfeed/transforms/geometry.h>
#include <boxfeed/transforms/mix.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>
#include <stdexcept>

#include "data/coordinate_images.h"
#include "support/catch.h"

using namespace boxfeed;
using namespace boxfeed::transforms;
using Catch::Matchers::ContainsSubstring;

// Mixes in a DetectionDataset, by pictures whose pixels say which image they are of, and where in it they stand.

namespace {

constexpr int kImages = 12, kRows = 40, kColumns = 60;
const Box kBox{12, 8, 48, 32};

/// Image k has the blue value 20 k and one object of the class k.
class Photographs : public testing::CoordinateImages {
 public:
  Photographs() {
    std::string csv = "image,class,xmin,ymin,xmax,ymax\n";
    for (int k = 0; k < kImages; ++k) {
      add(20 * k, kRows, kColumns);
      csv += std::to_string(20 * k) + ".png," + std::to_string(k) + ",12,8,48,32\n";
    }
    folder().write("labels.csv", csv);
  }
  DetectionDataset dataset(const Mix& mix, std::vector<Transform> transforms = {}) const {
    return DetectionDataset(
        group_by_image(read_csv(folder() / "labels.csv")), folder() / "images",
        DatasetOptions().image_size({48, 64}).pipeline(Pipeline(std::move(transforms), PipelineOptions().mix(mix))));
  }
};

/// The examples that a plan says it is made of, and their weights, layer by layer.
std::vector<std::pair<int, double>> sources_of(const Plan& plan) {
  std::vector<std::pair<int, double>> out;
  for (const auto& drawn : plan.drawn) {
    if (drawn.parameters.empty() || drawn.parameters[0].name != "example") continue;
    out.emplace_back(static_cast<int>(drawn.parameters[0].values[0]), drawn.parameters[3].values[0]);
  }
  return out;
}

/// The box around the pixels of `image` (3, H, W) that come from image k's object.
Box seen(const torch::Tensor& image, int k) {
  const auto levels = (image * 255).contiguous();
  const auto at = levels.accessor<float, 3>();
  Box out{1e6F, 1e6F, -1e6F, -1e6F};
  for (std::int64_t y = 0; y < levels.size(1); ++y) {
    for (std::int64_t x = 0; x < levels.size(2); ++x) {
      const float u = at[0][y][x] + 0.5F, v = at[1][y][x] + 0.5F;
      const bool here = std::abs(at[2][y][x] - static_cast<float>(20 * k)) < 5 && u > kBox.xmin && u < kBox.xmax &&
                        v > kBox.ymin && v < kBox.ymax;
      if (!here) continue;
      out = {std::min(out.xmin, static_cast<float>(x)), std::min(out.ymin, static_cast<float>(y)),
             std::max(out.xmax, static_cast<float>(x + 1)), std::max(out.ymax, static_cast<float>(y + 1))};
    }
  }
  return out;
}

void check_boxes(DetectionDataset& dataset, std::size_t at_least_boxes) {
  std::size_t checked = 0;
  for (std::size_t i = 0; i < kImages; ++i) {
    CAPTURE(i);
    const auto example = dataset.get(i);
    const Plan plan = dataset.plan({0, 0, i});
    std::multiset<int> sources;
    for (const auto& [source, weight] : sources_of(plan)) sources.insert(source);
    REQUIRE(example.target.boxes.size(0) == example.target.labels.size(0));
    for (std::int64_t b = 0; b < example.target.boxes.size(0); ++b) {
      const auto label = static_cast<int>(example.target.labels[b].item<std::int64_t>());
      REQUIRE(sources.count(label) >= 1);
      if (sources.count(label) > 1) continue;
      const auto side = testing::values(example.target.boxes[b]);
      const Box pixels = seen(example.data, label);
      CHECK(std::abs(side[0] - pixels.xmin) <= 2);
      CHECK(std::abs(side[1] - pixels.ymin) <= 2);
      CHECK(std::abs(side[2] - pixels.xmax) <= 2);
      CHECK(std::abs(side[3] - pixels.ymax) <= 2);
      ++checked;
    }
  }
  CHECK(checked >= at_least_boxes);
}

}  // namespace

TEST_CASE("in a mosaic every object stands where its pixels do, with its own class") {
  const Photographs photographs;
  auto dataset = photographs.dataset(Mosaic(), {RandomHorizontalFlip()});
  check_boxes(dataset, 24);
  // The map takes the own image's object back to where it stands there; a partner may be the same image again.
  const auto example = dataset.get(4);
  const auto kept = dataset.plan({0, 0, 4}).kept;
  for (std::int64_t b = 0; b < example.target.boxes.size(0); ++b) {
    if (kept[static_cast<std::size_t>(b)] != 0) continue;
    CHECK(example.target.labels[b].item<std::int64_t>() == 4);
    const auto side = testing::values(example.target.boxes[b]);
    const auto back = example.target.to_original.apply((side[0] + side[2]) / 2, (side[1] + side[3]) / 2);
    CHECK(back[0] > kBox.xmin);
    CHECK(back[0] < kBox.xmax);
    CHECK(back[1] > kBox.ymin);
    CHECK(back[1] < kBox.ymax);
  }
}

TEST_CASE("with CutMix every object stands where its pixels do") {
  const Photographs photographs;
  // Only objects that the patch does not touch end where their pixels do: nothing of the others may be left.
  auto dataset = photographs.dataset(CutMix().alpha(0.05).sanitize(SanitizeBoundingBoxes().min_visibility(1)));
  check_boxes(dataset, 6);
}

TEST_CASE("MixUp is the weighted mean of two images, and has the objects of both") {
  const Photographs photographs;
  auto dataset = photographs.dataset(MixUp());
  for (std::size_t i = 0; i < kImages; ++i) {
    CAPTURE(i);
    const auto sources = sources_of(dataset.plan({0, 0, i}));
    REQUIRE(sources.size() == 2);
    CHECK(sources[0].first == static_cast<int>(i));
    const auto example = dataset.get(i);
    CHECK(example.target.labels[0].item<std::int64_t>() == sources[0].first);
    CHECK(example.target.labels[1].item<std::int64_t>() == sources[1].first);
    const double second = sources[1].second;
    const double expected = 20 * ((1 - second) * sources[0].first + second * sources[1].first);
    CHECK(example.data[2][20][30].item<float>() * 255 == Approx(expected).margin(1));
    const auto side = testing::values(example.target.boxes[0]);
    CHECK(side[0] == Approx(12 * 64.0 / 60));
    CHECK(side[1] == Approx(8 * 48.0 / 40));
  }
}

TEST_CASE("with a probability, the other examples are alone and whole") {
  const Photographs photographs;
  auto dataset = photographs.dataset(Mosaic().p(0.5));
  std::size_t alone = 0;
  for (std::size_t i = 0; i < kImages; ++i) {
    const auto example = dataset.get(i);
    if (!sources_of(dataset.plan({0, 0, i})).empty()) continue;
    ++alone;
    REQUIRE(example.target.boxes.size(0) == 1);
    const auto side = testing::values(example.target.boxes[0]);
    CHECK(side[2] == Approx(48 * 64.0 / 60));
    CHECK(example.data[2][20][30].item<float>() * 255 == Approx(20.0 * static_cast<double>(i)).margin(0.5));
  }
  CHECK(alone > 1);
  CHECK(alone < kImages - 1);
}

TEST_CASE("an explained mix is the picture of its example") {
  const Photographs photographs;
  auto dataset = photographs.dataset(Mosaic());
  const auto explained = dataset.explain({0, 0, 3});
  const auto example = dataset.get(3);
  REQUIRE(explained.image.size() == cv::Size(64, 48));
  CHECK(explained.image.at<cv::Vec3b>(10, 10)[2] == std::lround(example.data[2][10][10].item<float>() * 255));
  CHECK(explained.plan.boxes.size() == static_cast<std::size_t>(example.target.boxes.size(0)));
  CHECK(explained.labels ==
        std::vector<std::int64_t>(example.target.labels.data_ptr<std::int64_t>(),
                                  example.target.labels.data_ptr<std::int64_t>() + example.target.labels.size(0)));
  CHECK_THAT(explained.plan.explain(), ContainsSubstring("Mosaic example=3 top=0 left=0 weight=1\n"));
}

TEST_CASE("a partner that cannot be read is an error at the partner's place that names the example, too") {
  const Photographs photographs;
  auto dataset = photographs.dataset(Mosaic());
  std::filesystem::remove(photographs.folder() / "images/140.png");  // image 7, line 9
  std::size_t failed = 0;
  for (std::size_t i = 0; i < kImages; ++i) {
    if (i == 7) continue;
    try {
      dataset.get(i);
    } catch (const ImageError& error) {
      ++failed;
      CHECK(error.reason() == Reason::kNotFound);
      REQUIRE(error.place().has_value());
      CHECK(error.place()->index == 7);
      CHECK_THAT(error.what(), ContainsSubstring("labels.csv:9 (example 7)") && ContainsSubstring("140.png") &&
                                   ContainsSubstring("(mixed into example " + std::to_string(i) + ", ") &&
                                   ContainsSubstring("labels.csv:" + std::to_string(i + 2) + ")"));
    }
  }
  CHECK(failed > 0);
  CHECK_THROWS_WITH(dataset.get(7), ContainsSubstring("example 7") && !ContainsSubstring("mixed into"));
}

TEST_CASE("a dataset of one target an example refuses mixes") {
  const testing::FortyImages images;
  CHECK_THROWS_AS(images.dataset(DatasetOptions().pipeline(Pipeline({}, PipelineOptions().mix(MixUp())))),
                  std::invalid_argument);
  CHECK_THROWS_WITH(images.dataset(DatasetOptions().pipeline(Pipeline({}, PipelineOptions().mix(MixUp())))),
                    ContainsSubstring("without MixUp") && ContainsSubstring("DetectionDataset"));
}
