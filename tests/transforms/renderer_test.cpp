#include <boxfeed/image/image_header.h>
#include <boxfeed/transforms/geometry.h>
#include <boxfeed/transforms/renderer.h>

#include <algorithm>
#include <array>
#include <opencv2/core.hpp>
#include <stdexcept>

#include "support/catch.h"
#include "transforms/drawing.h"

using namespace boxfeed;
using namespace boxfeed::transforms;
using boxfeed::testing::equal;
using boxfeed::testing::gray;

namespace {

cv::Mat rendered(std::vector<Transform> transforms, const cv::Mat& image, PipelineOptions options = {}) {
  const Plan plan =
      Pipeline(std::move(transforms), std::move(options)).draw({{image.rows, image.cols}, {}, {}, 0}, Random(1, 0, 0));
  return boxfeed::testing::render(plan, image);
}

/// Moves every image alike, on a canvas of its own size.
Transform moved_by(const std::array<double, 9>& entries) {
  return LambdaGeometry("Moved", [entries](const SampleGeometry& sample, Random&) {
    return DrawnMap{PlaneMap(entries), sample.size, {}};
  });
}

cv::Mat noise(int rows, int cols, int type) {
  cv::Mat image(rows, cols, type);
  Random random(5, 0, 0);
  for (int y = 0; y < rows; ++y) {
    for (int i = 0; i < cols * image.channels(); ++i) image.ptr(y)[i] = static_cast<std::uint8_t>(random.below(256));
  }
  return image;
}

/// The stored pixels that an orientation shows as `displayed`, one by one.
cv::Mat stored_pixels(const cv::Mat& displayed, int orientation) {
  const bool turned = orientation >= 5;
  const ImageSize size = turned ? ImageSize{displayed.cols, displayed.rows} : ImageSize{displayed.rows, displayed.cols};
  const PlaneMap map = orientation_map(size, orientation);
  cv::Mat stored(static_cast<int>(size.height), static_cast<int>(size.width), displayed.type());
  for (int y = 0; y < stored.rows; ++y) {
    for (int x = 0; x < stored.cols; ++x) {
      const auto to = map.apply(x + 0.5, y + 0.5);
      stored.at<cv::Vec3b>(y, x) = displayed.at<cv::Vec3b>(static_cast<int>(to[1]), static_cast<int>(to[0]));
    }
  }
  return stored;
}

const cv::Mat kSmall = gray({{1, 2, 3}, {4, 5, 6}});

}  // namespace

TEST_CASE("flips, crops and pads move pixels as they are") {
  CHECK(equal(rendered({RandomHorizontalFlip(1)}, kSmall), gray({{3, 2, 1}, {6, 5, 4}})));
  CHECK(equal(rendered({RandomVerticalFlip(1)}, kSmall), gray({{4, 5, 6}, {1, 2, 3}})));
  CHECK(equal(rendered({CenterCrop({2, 1})}, kSmall), gray({{2}, {5}})));
  CHECK(equal(rendered({Pad().left(1).bottom(1)}, kSmall), gray({{0, 1, 2, 3}, {0, 4, 5, 6}, {0, 0, 0, 0}})));
}

TEST_CASE("quarter turns move pixels as they are") {
  const auto turn = [](double angle) { return RandomRotation(Range{angle, angle}).expand(true); };
  CHECK(equal(rendered({turn(90)}, kSmall), gray({{3, 6}, {2, 5}, {1, 4}})));
  CHECK(equal(rendered({turn(-90)}, kSmall), gray({{4, 1}, {5, 2}, {6, 3}})));
  CHECK(equal(rendered({turn(180)}, kSmall), gray({{6, 5, 4}, {3, 2, 1}})));
}

TEST_CASE("a map that differs by rounding alone from one that keeps the axes is that one") {
  const cv::Mat image = noise(40, 60, CV_8UC3);
  const Transform smaller = Resize({39, 58});
  const cv::Mat expected = rendered({smaller}, image);
  for (const std::size_t entry : {1, 3, 6, 7}) {
    std::array<double, 9> entries{1, 0, 0, 0, 1, 0, 0, 0, 1};
    entries[entry] = 1e-15;
    CAPTURE(entry);
    CHECK(equal(rendered({moved_by(entries), smaller}, image), expected));
  }
}

TEST_CASE("a pixel whose center is mapped to the far edge shows the last one before it") {
  const cv::Mat image = gray({{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}, {13, 14, 15, 16}});
  const auto moved = [&](const cv::Mat& source, const std::array<double, 9>& entries) {
    return rendered({moved_by(entries)}, source,
                    PipelineOptions().resample(ResampleOptions().interpolation(Interpolation::kNearest)));
  };
  // Half a pixel to the left, and a quarter of the column down: the last column comes from x = 4.
  const cv::Mat across = moved(image, {1, 0, -0.5, 0.25, 1, 0, 0, 0, 1});
  const cv::Mat down = moved(image.t(), {1, 0.25, 0, 0, 1, -0.5, 0, 0, 1});
  for (const auto& column : {across.col(3), cv::Mat(down.row(3).t())}) {
    CHECK(equal(column.rowRange(1, 4), gray({{4}, {8}, {12}})));
  }
}

TEST_CASE("the fill color stands where no image is") {
  const auto options = PipelineOptions().resample(ResampleOptions().fill(Color{7, 7, 7}));
  CHECK(equal(rendered({Pad().left(1)}, kSmall, options), gray({{7, 1, 2, 3}, {7, 4, 5, 6}})));
  // What a crop cut off is filled, not shown again.
  CHECK(equal(rendered({CenterCrop({2, 1}), Pad().left(1).right(1)}, kSmall, options), gray({{7, 2, 7}, {7, 5, 7}})));
  CHECK(equal(rendered({CenterCrop({2, 1}), Pad().left(1).right(1)}, kSmall, PipelineOptions().clip(false)), kSmall));
  // Nothing of the image is left.
  CHECK(equal(rendered({Pad().left(4), CenterCrop({2, 1}), CenterCrop({2, 1})}, gray({{9}, {9}}), options),
              gray({{7}, {7}})));
}

TEST_CASE("a warp agrees with bilinear interpolation by hand, for every interpolation at pixel centers") {
  // Moved by half a pixel to the right: the mean of neighbors; the first column is beyond the edge's center.
  const cv::Mat image = noise(9, 11, CV_8UC3);
  const auto shear = [](double degrees) { return RandomAffine(0).shear({degrees, degrees}); };
  const cv::Mat out = rendered({shear(20)}, image);
  const double lean = std::tan(20 * 3.14159265358979 / 180);
  int checked = 0;
  for (int y = 0; y < 9; ++y) {
    for (int x = 0; x < 11; ++x) {
      const double u = x + 0.5 + lean * (y + 0.5 - 4.5) - 0.5;
      const int left = static_cast<int>(std::floor(u));
      if (left < 0 || left + 1 > 10) continue;
      const double t = u - left;
      for (int c = 0; c < 3; ++c) {
        const double expected = (1 - t) * image.at<cv::Vec3b>(y, left)[c] + t * image.at<cv::Vec3b>(y, left + 1)[c];
        REQUIRE(out.at<cv::Vec3b>(y, x)[c] == Approx(expected).margin(0.51));
        ++checked;
      }
    }
  }
  CHECK(checked > 200);
  for (const auto interpolation : {Interpolation::kNearest, Interpolation::kBilinear, Interpolation::kBicubic}) {
    for (const int type : {CV_8UC1, CV_8UC3}) {
      const cv::Mat source = noise(9, 9, type);
      // A turn by so little that centers stay in place to 1e-3 pixels, and yet a warp.
      const auto options = PipelineOptions().resample(ResampleOptions().interpolation(interpolation));
      const cv::Mat same = rendered({RandomRotation(Range{0.001, 0.001})}, source, options);
      CHECK(cv::norm(same, source, cv::NORM_INF) <= 1);
    }
  }
}

TEST_CASE("a warp that shrinks does not alias") {
  // Columns of 0 and 255 by turns, made four times smaller and turned: gray everywhere, whatever the phase.
  cv::Mat stripes(400, 400, CV_8UC3);
  for (int y = 0; y < 400; ++y) {
    for (int x = 0; x < 400; ++x) stripes.at<cv::Vec3b>(y, x) = cv::Vec3b::all(x % 2 ? 255 : 0);
  }
  const cv::Mat out = rendered({Resize({100, 100}), RandomRotation(Range{20, 20})}, stripes);
  for (int y = 30; y < 70; ++y) {
    for (int x = 30; x < 70; ++x) REQUIRE(std::abs(out.at<cv::Vec3b>(y, x)[0] - 127) <= 4);
  }
  // The same in one direction only, and without antialiasing.
  const auto distance = [&](ImageSize size, const cv::Mat& image, bool antialias) {
    const cv::Mat turned = rendered({Resize(size), RandomRotation(Range{3, 3})}, image,
                                    PipelineOptions().resample(ResampleOptions().antialias(antialias)));
    int most = 0;
    for (int y = turned.rows / 2 - 10; y < turned.rows / 2 + 10; ++y) {
      for (int x = turned.cols / 2 - 10; x < turned.cols / 2 + 10; ++x) {
        most = std::max(most, std::abs(turned.at<cv::Vec3b>(y, x)[0] - 127));
      }
    }
    return most;
  };
  const cv::Mat rows = stripes.t();
  CHECK(distance({400, 100}, stripes, true) <= 8);
  CHECK(distance({100, 400}, rows, true) <= 8);
  CHECK(distance({400, 100}, stripes, false) > 50);
  CHECK(distance({100, 400}, rows, false) > 50);
}

TEST_CASE("boxes are those of the displayed image, whatever the orientation of the stored one") {
  const cv::Mat displayed = noise(31, 42, CV_8UC3);
  for (const auto& transforms :
       std::vector<std::vector<Transform>>{{RandomHorizontalFlip(1), CenterCrop({21, 30})},
                                           {RandomRotation(Range{90, 90})},
                                           {CenterCrop({21, 30}), Resize({13, 17})},
                                           {RandomAffine(Range{17, 17}).scale({0.6, 0.6}), RandomVerticalFlip(1)}}) {
    const Plan plan = Pipeline(transforms).draw({{31, 42}, {{4, 5, 20, 25}}, {}, 0}, Random(1, 0, 0));
    const cv::Mat upright = boxfeed::testing::render(plan, displayed);
    for (int orientation = 1; orientation <= 8; ++orientation) {
      const cv::Mat stored = stored_pixels(displayed, orientation);
      const cv::Mat out =
          boxfeed::testing::render(plan, stored, orientation_map({stored.rows, stored.cols}, orientation));
      REQUIRE(out.size() == upright.size());
      CHECK(cv::norm(out, upright, cv::NORM_INF) <= 1);
    }
  }
}

TEST_CASE("a reduced image serves as the whole one") {
  // A ramp, and its half, each pixel of which is the mean of four.
  cv::Mat half(40, 60, CV_8UC3), full(80, 120, CV_8UC3);
  for (int y = 0; y < 80; ++y) {
    for (int x = 0; x < 120; ++x) full.at<cv::Vec3b>(y, x) = cv::Vec3b::all(static_cast<std::uint8_t>(2 * x));
  }
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 60; ++x) half.at<cv::Vec3b>(y, x) = cv::Vec3b::all(static_cast<std::uint8_t>(4 * x + 1));
  }
  const Plan plan =
      Pipeline({RandomRotation(Range{10, 10}), Resize({40, 60})}).draw({{80, 120}, {}, {}, 0}, Random(1, 0, 0));
  const cv::Mat a = boxfeed::testing::render(plan, full),
                b = boxfeed::testing::render(plan, half, PlaneMap::scale(2, 2));
  CHECK(cv::norm(a(cv::Rect(3, 3, 54, 34)), b(cv::Rect(3, 3, 54, 34)), cv::NORM_INF) <= 1);
}

TEST_CASE("a resize alone is one resampling straight out of the reduced, stored pixels, in every mode") {
  Renderer renderer;
  const auto resample = ResampleOptions().fill(Color{9, 9, 9});
  for (const ImageSize displayed : {ImageSize{83, 121}, {121, 83}, {64, 64}}) {
    for (const auto mode : {ResizeMode::kStretch, ResizeMode::kLetterbox, ResizeMode::kCover}) {
      for (const ImageSize to : {ImageSize{32, 32}, {40, 24}, {100, 150}}) {
        const Pipeline pipeline = Pipeline({}, PipelineOptions().resample(resample)).then(fit(to, mode));
        const Plan plan = pipeline.draw({displayed, {}, {}, 0}, Random(1, 0, 0));
        for (int orientation = 1; orientation <= 8; ++orientation) {
          for (const int reduced : {1, 2, 4}) {
            for (const int type : {CV_8UC3, CV_32FC1}) {
              const ImageSize whole = orientation >= 5 ? ImageSize{displayed.width, displayed.height} : displayed;
              cv::Mat stored = noise((static_cast<int>(whole.height) + reduced - 1) / reduced,
                                     (static_cast<int>(whole.width) + reduced - 1) / reduced, CV_8UC3);
              if (type == CV_32FC1) {
                cv::extractChannel(stored, stored, 0);
                stored.convertTo(stored, CV_32F);
              }
              const PlaneMap to_displayed = orientation_map(whole, orientation) *
                                            PlaneMap::scale(static_cast<double>(whole.width) / stored.cols,
                                                            static_cast<double>(whole.height) / stored.rows);
              cv::Mat expected(static_cast<int>(to.height), static_cast<int>(to.width), stored.type()), out;
              Resampler(resample).resample(stored, resize_map(displayed, to, mode) * to_displayed, expected);
              renderer.resample(plan, stored, to_displayed, out);
              REQUIRE(equal(out, expected));
            }
          }
        }
      }
    }
  }
}

TEST_CASE(
    "a crop that is resized afterwards shows nothing of what it cut off, one that cuts at the end blends with it") {
  cv::Mat halves(40, 80, CV_8UC1, cv::Scalar(0));
  halves.colRange(20, 60).setTo(200);
  // 40 × 40 in the middle, at whole pixels.
  const cv::Mat crop_first = rendered({CenterCrop({40, 40}), Resize({10, 10})}, halves);
  CHECK(equal(crop_first, cv::Mat(10, 10, CV_8UC1, cv::Scalar(200))));
  CHECK(equal(rendered({CenterCrop({40, 40}), Resize({10, 10}), RandomHorizontalFlip(1)}, halves), crop_first));
  cv::Mat small(10, 20, CV_8UC1);
  Resampler().resample(halves, PlaneMap::scale(0.25, 0.25), small);
  REQUIRE(small.at<std::uint8_t>(0, 5) < 190);
  CHECK(equal(rendered({Resize({10, 20}), CenterCrop({10, 10})}, halves), small.colRange(5, 15)));
  CHECK(equal(rendered({CenterResizedCrop({10, 10})}, halves), small.colRange(5, 15)));
}

TEST_CASE("a crop that is not at whole pixels of the image blends with what it cut off, however far the filter looks") {
  const cv::Mat image = noise(160, 320, CV_8UC3);
  for (const auto interpolation : {Interpolation::kNearest, Interpolation::kBilinear, Interpolation::kBicubic}) {
    const auto resample = ResampleOptions().interpolation(interpolation);
    const Plan plan =
        Pipeline({Resize({151, 303}), CenterCrop({75, 151}), Resize({5, 10})}, PipelineOptions().resample(resample))
            .draw({{160, 320}, {}, {}, 0}, Random(1, 0, 0));
    cv::Mat expected(5, 10, CV_8UC3);
    Resampler(resample).resample(image, plan.map, expected);
    CHECK(cv::norm(boxfeed::testing::render(plan, image), expected, cv::NORM_INF) <= 1);
  }
}

TEST_CASE("a warp that cuts at the end blends with what it cut off") {
  // Eight times smaller, the light square fills the crop. Its outermost pixels are a triangle 16 pixels wide, or a
  // wider one, whose middle lies 4 within the square: an eighth at least is dark.
  cv::Mat square(256, 256, CV_8UC3, cv::Scalar::all(0));
  square(cv::Rect(96, 96, 64, 64)).setTo(cv::Scalar::all(200));
  const cv::Mat part = rendered({RandomRotation(Range{0.3, 0.3}), Resize({32, 32}), CenterCrop({8, 8})}, square);
  CHECK(part.at<cv::Vec3b>(4, 4)[0] == 200);
  for (const int edge : {0, 7}) {
    for (const int value : {part.at<cv::Vec3b>(edge, 4)[0], part.at<cv::Vec3b>(4, edge)[0]}) {
      CHECK(value <= 176);
      CHECK(value >= 125);
    }
  }
}

TEST_CASE("floats are rendered as bytes are, without their rounding") {
  const cv::Mat bytes = noise(31, 42, CV_8UC3);
  cv::Mat floats, one, one_floats;
  bytes.convertTo(floats, CV_32F);
  cv::extractChannel(bytes, one, 1);
  one.convertTo(one_floats, CV_32F);
  for (const auto& transforms : std::vector<std::vector<Transform>>{{Resize({17, 50}), CenterCrop({20, 30})},
                                                                    {RandomRotation(Range{90, 90}).expand(true)},
                                                                    {RandomRotation(Range{17, 17}), Resize({20, 20})},
                                                                    {RandomPerspective(0.5, 1)}}) {
    for (const auto interpolation : {Interpolation::kNearest, Interpolation::kBilinear, Interpolation::kBicubic}) {
      const auto options = PipelineOptions().resample(ResampleOptions().interpolation(interpolation).fill({7, 7, 7}));
      for (const auto& [from, to] : {std::pair{bytes, floats}, std::pair{one, one_floats}}) {
        const cv::Mat expected = rendered(transforms, from, options), out = rendered(transforms, to, options);
        REQUIRE(out.depth() == CV_32F);
        cv::Mat rounded;
        out.convertTo(rounded, CV_8U);
        CHECK(cv::norm(rounded, expected, cv::NORM_INF) <= 1);
      }
    }
  }
}

TEST_CASE("pixels that cannot be are refused") {
  const Plan plan = Pipeline().draw({{4, 4}, {}, {}, 0}, Random(1, 0, 0));
  cv::Mat out;
  CHECK_THROWS_WITH(Renderer().resample(plan, cv::Mat::zeros(4, 4, CV_16UC3), {}, out),
                    "Renderer: expected pixels of 8 bits or floats with 1 or 3 channels, got CV_16UC3");
  CHECK_THROWS_AS(Renderer().resample(plan, cv::Mat(), {}, out), std::invalid_argument);
}
