#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/csv.h>
#include <boxfeed/core/file.h>
#include <boxfeed/data/csv_dataset.h>
#include <boxfeed/data/detection_dataset.h>
#include <boxfeed/transforms/geometry.h>
#include <boxfeed/transforms/pipeline.h>
#include <torch/types.h>

#include <cmath>
#include <limits>

#include "data/coordinate_images.h"
#include "image/sample_images.h"
#include "support/catch.h"

using namespace boxfeed;
using namespace boxfeed::transforms;

// Pixels, boxes and keypoints of a dataset with a pipeline, held against each other by pictures in which every pixel
// says where it stands in the photograph as displayed.

namespace {

constexpr int kRows = 48, kColumns = 64;
/// Gray levels for one pixel; blue marks the photograph against what is filled.
constexpr double kAcross = 3, kDown = 4;
constexpr std::uint8_t kMark = 200;

cv::Vec3b color_of(int row, int column) {
  return {static_cast<std::uint8_t>(kAcross * column + 20), static_cast<std::uint8_t>(kDown * row + 20), kMark};
}

/// The photograph as it is stored, so that the orientation turns it upright: row by row from EXIF 2.32, tag 0x0112.
cv::Mat stored(int orientation) {
  const bool exchanged = orientation >= 5;
  const int h = exchanged ? kColumns : kRows, w = exchanged ? kRows : kColumns;
  cv::Mat image(h, w, CV_8UC3);
  for (int y = 0; y < kRows; ++y) {
    for (int x = 0; x < kColumns; ++x) {
      const cv::Point at[] = {{x, y}, {w - 1 - x, y}, {w - 1 - x, h - 1 - y}, {x, h - 1 - y},
                              {y, x}, {y, h - 1 - x}, {w - 1 - y, h - 1 - x}, {w - 1 - y, x}};
      image.at<cv::Vec3b>(at[orientation - 1]) = color_of(y, x);
    }
  }
  return image;
}

/// Eight photographs, k.png with the orientation k + 1, each with two boxes and a keypoint in each.
class Photographs {
 public:
  Photographs() {
    for (int k = 0; k < 8; ++k) {
      const auto bytes = samples::with_chunk(samples::encoded(stored(k + 1), ".png"), "eXIf", samples::exif(k + 1));
      folder_.write("images/" + std::to_string(k) + ".png", std::string(bytes.begin(), bytes.end()));
      single_ += std::to_string(k) + ".png,20,12,42,40,24,30,2\n";
      many_ += std::to_string(k) + ".png,20,12,42,40\n" + std::to_string(k) + ".png,2,3,12,9\n";
    }
  }
  CsvDataset single(const DatasetOptions& options) const {
    return CsvDataset(folder_.write("single.csv", single_), folder_ / "images", options,
                      CsvOptions().box({1, 2, 3, 4}).box_format(BoxFormat::kXYXY).keypoints({{5, 6, 7}}));
  }
  DetectionDataset many(const DatasetOptions& options) const {
    return DetectionDataset(group_by_image(read_csv(folder_.write("many.csv", many_))), folder_ / "images", options);
  }

 private:
  testing::TemporaryFolder folder_;
  std::string single_ = "image,xmin,ymin,xmax,ymax,px,py,pv\n";
  std::string many_ = "image,xmin,ymin,xmax,ymax\n";
};

const Box kBox{20, 12, 42, 40}, kSmallBox{2, 3, 12, 9};

/// Where the pixel (row, column) of (3, H, W) levels comes from; nothing where it is filled.
std::optional<std::array<double, 2>> origin(const torch::TensorAccessor<float, 3>& levels, std::int64_t row,
                                            std::int64_t column) {
  if (std::abs(levels[2][row][column] - kMark) > 0.5) return std::nullopt;
  return std::array<double, 2>{(levels[0][row][column] - 20) / kAcross + 0.5,
                               (levels[1][row][column] - 20) / kDown + 0.5};
}

/// The smallest box around the pixels that come from `box`.
Box seen(const torch::Tensor& image, const Box& box) {
  const auto levels = image.accessor<float, 3>();
  constexpr float kFar = std::numeric_limits<float>::infinity();
  Box out{kFar, kFar, -kFar, -kFar};
  for (std::int64_t y = 0; y < image.size(1); ++y) {
    for (std::int64_t x = 0; x < image.size(2); ++x) {
      const auto from = origin(levels, y, x);
      if (!from || (*from)[0] < box.xmin || (*from)[0] > box.xmax || (*from)[1] < box.ymin || (*from)[1] > box.ymax) {
        continue;
      }
      out = {std::min(out.xmin, static_cast<float>(x)), std::min(out.ymin, static_cast<float>(y)),
             std::max(out.xmax, static_cast<float>(x + 1)), std::max(out.ymax, static_cast<float>(y + 1))};
    }
  }
  return out;
}

bool near(const Box& a, const Box& b, float by) {
  return std::abs(a.xmin - b.xmin) <= by && std::abs(a.ymin - b.ymin) <= by && std::abs(a.xmax - b.xmax) <= by &&
         std::abs(a.ymax - b.ymax) <= by;
}

struct Named {
  const char* name;
  std::vector<Transform> transforms;
};

/// Pipelines that keep the axes, so that a box ends where its pixels do, and some that do not.
std::vector<Named> pipelines() {
  return {{"none", {}},
          {"flip", {RandomHorizontalFlip(1)}},
          {"both flips and a crop", {RandomHorizontalFlip(1), CenterCrop({44, 50}), RandomVerticalFlip(1)}},
          {"resized crop", {RandomResizedCrop({40, 60}).scale({0.7, 1}), RandomVerticalFlip(1)}},
          {"padding", {Pad(5), RandomHorizontalFlip(1)}},
          {"turn", {RandomRotation(Range{20, 25})}},
          {"quarter turn and a flip", {RandomRotation(Range{90, 90}).expand(true), RandomHorizontalFlip(1)}},
          {"perspective", {RandomPerspective(0.2, 1)}}};
}

torch::Tensor levels_of(const torch::Tensor& data) { return (data * 255).contiguous(); }

}  // namespace

TEST_CASE("pixels, boxes and keypoints move together, for every EXIF orientation, pipeline and resize mode") {
  const Photographs photographs;
  for (const auto& [name, transforms] : pipelines()) {
    for (const auto mode : {ResizeMode::kStretch, ResizeMode::kLetterbox, ResizeMode::kCover}) {
      auto dataset =
          photographs.single(DatasetOptions().image_size({72, 80}).resize_mode(mode).pipeline(Pipeline(transforms)));
      for (std::size_t k = 0; k < 8; ++k) {
        CAPTURE(name, static_cast<int>(mode), k);
        const auto example = dataset.get(k);
        const auto image = levels_of(example.data);
        const auto target = testing::values(example.target);
        REQUIRE(target.size() == 7);
        const Box box{target[0], target[1], target[2], target[3]};
        // A box of the target ends where the pixels from the photograph's box do, to what one pixel blurs.
        CHECK(near(box, seen(image, kBox), 2.5F));
        const auto at = origin(image.accessor<float, 3>(), static_cast<std::int64_t>(target[5]),
                               static_cast<std::int64_t>(target[4]));
        REQUIRE(at.has_value());
        CHECK(target[6] == 2);
        CHECK((*at)[0] == Approx(24).margin(1));
        CHECK((*at)[1] == Approx(30).margin(1));
        // And back to the photograph.
        const Plan plan = dataset.plan({0, 0, k});
        CHECK(plan.source == ImageSize{kRows, kColumns});
        const auto point = plan.to_original(std::vector<Keypoint>{{target[4], target[5], 2}}).at(0);
        CHECK(point.x == Approx(24).margin(1e-3));
        CHECK(point.y == Approx(30).margin(1e-3));
      }
    }
  }
}

TEST_CASE("a turned box is the box around its corners, and goes back to one around itself") {
  const Photographs photographs;
  auto dataset = photographs.single(
      DatasetOptions().image_size({kRows, kColumns}).pipeline(Pipeline({RandomRotation(Range{30, 30})})));
  const auto target = testing::values(dataset.get(5).target);
  // By hand, about the center (32, 24), counter-clockwise: (x, y) goes to (c dx + s dy, -s dx + c dy) + center.
  const double c = std::cos(M_PI / 6), s = 0.5;
  CHECK(target[0] == Approx(32 + c * (20 - 32) + s * (12 - 24)).margin(1e-3));  // the corner (20, 12)
  CHECK(target[1] == Approx(24 - s * (42 - 32) + c * (12 - 24)).margin(1e-3));  // the corner (42, 12)
  CHECK(target[2] == Approx(32 + c * (42 - 32) + s * (40 - 24)).margin(1e-3));  // the corner (42, 40)
  CHECK(target[3] == Approx(24 - s * (20 - 32) + c * (40 - 24)).margin(1e-3));  // the corner (20, 40)
}

TEST_CASE("the objects of a detection example move with its pixels, and their map takes them back") {
  const Photographs photographs;
  for (const auto& [name, transforms] : pipelines()) {
    auto dataset = photographs.many(
        DatasetOptions().image_size({72, 80}).resize_mode(ResizeMode::kLetterbox).pipeline(Pipeline(transforms)));
    for (std::size_t k = 0; k < 8; ++k) {
      CAPTURE(name, k);
      const auto example = dataset.get(k);
      const auto image = levels_of(example.data);
      const auto boxes = example.target.boxes;
      REQUIRE(boxes.size(0) >= 1);
      REQUIRE(boxes.size(0) == example.target.labels.size(0));
      const Plan plan = dataset.plan({0, 0, k});
      REQUIRE(plan.kept.size() == static_cast<std::size_t>(boxes.size(0)));
      for (std::int64_t i = 0; i < boxes.size(0); ++i) {
        const auto side = testing::values(boxes[i]);
        const Box box{side[0], side[1], side[2], side[3]};
        const Box& original = plan.kept[static_cast<std::size_t>(i)] == 0 ? kBox : kSmallBox;
        CHECK(near(box, seen(image, original), 2.5F));
        // The middle of the box, back by the example's map: it lies in the photograph's box.
        const auto back = example.target.to_original.apply((box.xmin + box.xmax) / 2, (box.ymin + box.ymax) / 2);
        CHECK(back[0] > original.xmin);
        CHECK(back[0] < original.xmax);
        CHECK(back[1] > original.ymin);
        CHECK(back[1] < original.ymax);
      }
    }
  }
}

TEST_CASE("layouts and types are other forms of the same augmented numbers") {
  const Photographs photographs;
  const Pipeline pipeline({RandomHorizontalFlip(), RandomRotation(15)});
  const auto options = DatasetOptions().image_size({40, 40}).pipeline(pipeline);
  const auto data = [&](const DatasetOptions& o) { return photographs.single(o).get(3).data; };
  const auto base = data(options);
  auto other = options;
  CHECK(torch::equal(base, data(other.memory_format(c10::MemoryFormat::ChannelsLast))));
  other = options;
  const auto bytes = data(other.dtype(torch::kUInt8));
  REQUIRE(bytes.scalar_type() == torch::kUInt8);
  CHECK(torch::equal(bytes.to(torch::kFloat32), (base * 255).round()));
  other = options;
  const auto normalized = data(other.mean({0.5F}).std({0.25F}));
  CHECK(torch::allclose(normalized, (base - 0.5) / 0.25, 1e-5, 1e-5));
  other = options;
  const auto gray = data(other.channels(1));
  REQUIRE(gray.sizes() == torch::IntArrayRef({1, 40, 40}));
  // ITU-R BT.601, to what rounding the channels, the gray and the resampled numbers makes of it.
  const auto expected = 0.299 * base[0] + 0.587 * base[1] + 0.114 * base[2];
  CHECK(((gray[0] - expected).abs().max() * 255).item<float>() < 2);
}
