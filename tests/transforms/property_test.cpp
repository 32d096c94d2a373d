#include <boxfeed/transforms/compose.h>
#include <boxfeed/transforms/geometry.h>
#include <boxfeed/transforms/renderer.h>
#include <boxfeed/transforms/transform.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <opencv2/core.hpp>

#include "support/catch.h"
#include "transforms/drawing.h"
#include "transforms/polygon.h"

using namespace boxfeed;
using namespace boxfeed::transforms;

namespace {

/// Every geometric transform, always drawn.
std::vector<Transform> all_geometry() {
  return {Resize({40, 52}),
          LetterBox({60, 50}),
          ScaleJitter({60, 60}).scale_range({0.7, 1.4}),
          RandomHorizontalFlip(1),
          RandomVerticalFlip(1),
          RandomCrop({34, 34}).pad_if_needed(true),
          CenterCrop({37, 45}),
          CenterResizedCrop({40, 50}),
          Resize(33),
          RandomResizedCrop({48, 48}).scale({0.4, 1}),
          RandomIoUCrop(),
          RandomZoomOut().side_range({1, 1.6}).p(1),
          Pad().left(3).top(5).right(7).bottom(2),
          RandomRotation(25),
          RandomRotation(Range{60, 120}).expand(true),
          RandomAffine(20).translate({0.1, 0.1}).scale({0.8, 1.2}).shear({-10, 10, -5, 5}),
          RandomPerspective(0.3, 1),
          LambdaGeometry("Transpose", [](const SampleGeometry& sample, Random&) {
            return DrawnMap{PlaneMap({0, 1, 0, 1, 0, 0, 0, 0, 1}), {sample.size.width, sample.size.height}, {}};
          })};
}

constexpr int kRows = 48, kCols = 64;
/// Gray levels for one pixel across and down; blue marks the image against a fill of 0.
constexpr double kAcross = 3, kDown = 4;
constexpr std::uint8_t kMark = 200;

/// Red is the column and green the row, so that every pixel says where it comes from.
cv::Mat coordinates() {
  cv::Mat image(kRows, kCols, CV_8UC3);
  for (int y = 0; y < kRows; ++y) {
    for (int x = 0; x < kCols; ++x) {
      image.at<cv::Vec3b>(y, x) = {static_cast<std::uint8_t>(kAcross * x + 20),
                                   static_cast<std::uint8_t>(kDown * y + 20), kMark};
    }
  }
  return image;
}

struct Seen {
  double u, v;
};
Seen origin_of(const cv::Vec3b& pixel) { return {(pixel[0] - 20) / kAcross + 0.5, (pixel[1] - 20) / kDown + 0.5}; }

/// True where the pixel and those around it, `margin` pixels wide, all show the image.
bool well_inside(const cv::Mat& image, int x, int y, int margin) {
  for (const int dy : {-margin, 0, margin}) {
    for (const int dx : {-margin, 0, margin}) {
      const int px = x + dx, py = y + dy;
      if (px < 0 || py < 0 || px >= image.cols || py >= image.rows) return false;
      if (image.at<cv::Vec3b>(py, px)[2] != kMark) return false;
    }
  }
  return true;
}

struct Checked {
  long pixels = 0;
  long in_box = 0;
};

/// Looks at what was drawn by its pixels alone: each says where it comes from, and what comes from the box must lie in
/// the plan's box; where one transform only was drawn, the box must also end where its pixels do.
Checked check(const Plan& plan, const cv::Mat& image, const Box& box, bool tight) {
  const cv::Mat out = boxfeed::testing::render(plan, image);
  const auto scales = largest_scale(plan.map, {{0, 0}, {kCols, 0}, {kCols, kRows}, {0, kRows}});
  const double scale = std::max({scales[0], scales[1], 1.0});
  const int margin = static_cast<int>(std::ceil(1.5 * scale)) + 1;
  Checked checked;
  double low_x = 1e9, low_y = 1e9, high_x = -1e9, high_y = -1e9;
  for (int y = 0; y < out.rows; ++y) {
    for (int x = 0; x < out.cols; ++x) {
      const auto& pixel = out.at<cv::Vec3b>(y, x);
      if (pixel[2] != kMark) {
        REQUIRE(pixel == cv::Vec3b(0, 0, 0));
        continue;
      }
      const Seen from = origin_of(pixel);
      if (from.u > box.xmin && from.u < box.xmax && from.v > box.ymin && from.v < box.ymax) {
        ++checked.in_box;
        low_x = std::min<double>(low_x, x), high_x = std::max<double>(high_x, x + 1);
        low_y = std::min<double>(low_y, y), high_y = std::max<double>(high_y, y + 1);
      }
      if (!well_inside(out, x, y, margin)) continue;
      ++checked.pixels;
      const auto to = plan.map.apply(from.u, from.v);
      REQUIRE(std::abs(to[0] - (x + 0.5)) < 0.4 * scale);
      REQUIRE(std::abs(to[1] - (y + 0.5)) < 0.4 * scale);
    }
  }
  if (checked.in_box == 0 || plan.boxes.empty()) {
    // Fewer pixels than a box of one pixel could show.
    REQUIRE(static_cast<double>(checked.in_box) <= 4 * scale * scale * 4);
    return checked;
  }
  const Box& moved = plan.boxes.at(0);
  const double slack = 1.0 * scale;
  REQUIRE(moved.xmin <= low_x + slack);
  REQUIRE(moved.ymin <= low_y + slack);
  REQUIRE(moved.xmax >= high_x - slack);
  REQUIRE(moved.ymax >= high_y - slack);
  if (tight) {
    REQUIRE(moved.xmin >= low_x - 2.5 * scale);
    REQUIRE(moved.ymin >= low_y - 2.5 * scale);
    REQUIRE(moved.xmax <= high_x + 2.5 * scale);
    REQUIRE(moved.ymax <= high_y + 2.5 * scale);
  }
  return checked;
}

}  // namespace

TEST_CASE("pixels and boxes move together, for every transform") {
  const cv::Mat image = coordinates();
  const Box box{14, 10, 48, 38};
  const auto transforms = all_geometry();
  for (const auto& transform : transforms) {
    INFO(transform.name());
    Checked checked;
    for (std::uint64_t index = 0; index < 50; ++index) {
      const Plan plan = boxfeed::testing::plan_of(transform, {kRows, kCols}, {box}, index);
      INFO(plan.explain());
      const Checked now = check(plan, image, box, true);
      checked.pixels += now.pixels;
      checked.in_box += now.in_box;
    }
    CHECK(checked.pixels > 10000);
    CHECK(checked.in_box > 10000);
  }
}

TEST_CASE("pixels and boxes move together, for every composition of three") {
  const cv::Mat image = coordinates();
  const Box box{14, 10, 48, 38};
  const auto transforms = all_geometry();
  for (const bool clip : {true, false}) {
    Checked checked;
    std::uint64_t index = 0;
    for (const auto& a : transforms) {
      for (const auto& b : transforms) {
        for (const auto& c : transforms) {
          const Pipeline pipeline({a, b, c}, PipelineOptions().clip(clip));
          const Plan plan = pipeline.draw({{kRows, kCols}, {box}, {}, 0}, Random(3, 0, index++));
          INFO(plan.explain());
          const Checked now = check(plan, image, box, false);
          checked.pixels += now.pixels;
          checked.in_box += now.in_box;
        }
      }
    }
    CHECK(checked.pixels > 1000000);
    CHECK(checked.in_box > 1000000);
  }
}

TEST_CASE("the inverse takes every point back, for every transform and every size") {
  for (const ImageSize size : {ImageSize{1, 1}, {1, 7}, {7, 1}, {2, 2}, {3, 5}, {17, 31}, {48, 64}}) {
    for (const auto& transform : all_geometry()) {
      for (std::uint64_t index = 0; index < 20; ++index) {
        const auto w = static_cast<float>(size.width), h = static_cast<float>(size.height);
        const std::vector<Keypoint> points{{0, 0, 2}, {w, 0, 2}, {w, h, 2}, {0, h, 2}, {w / 3, h / 2, 2}};
        const Pipeline pipeline({transform, RandomHorizontalFlip(1), Resize({33, 21})});
        const Plan plan = pipeline.draw({size, {{0, 0, w, h}}, points, 0}, Random(9, 0, index));
        INFO(transform.name() << ' ' << size.height << " × " << size.width);
        REQUIRE(plan.keypoints.size() == points.size());
        const auto back = plan.to_original(plan.keypoints);
        for (std::size_t k = 0; k < points.size(); ++k) {
          REQUIRE(std::abs(back[k].x - points[k].x) < 1e-4F);
          REQUIRE(std::abs(back[k].y - points[k].y) < 1e-4F);
        }
      }
    }
  }
}

TEST_CASE("every size renders, down to one pixel") {
  for (const ImageSize size : {ImageSize{1, 1}, {1, 7}, {7, 1}, {2, 2}, {3, 5}}) {
    const cv::Mat image(static_cast<int>(size.height), static_cast<int>(size.width), CV_8UC3, cv::Scalar::all(90));
    for (const auto& transform : all_geometry()) {
      for (std::uint64_t index = 0; index < 20; ++index) {
        const Plan plan = Pipeline({transform}).draw({size, {}, {}, 0}, Random(9, 0, index));
        const cv::Mat out = boxfeed::testing::render(plan, image);
        INFO(transform.name() << ' ' << size.height << " × " << size.width);
        REQUIRE((out.rows == plan.size.height && out.cols == plan.size.width));
        // A flat image stays flat where it is seen.
        for (int y = 0; y < out.rows; ++y) {
          for (int x = 0; x < out.cols; ++x) {
            const auto value = out.at<cv::Vec3b>(y, x)[0];
            REQUIRE((value == 90 || value == 0));
          }
        }
      }
    }
  }
}
