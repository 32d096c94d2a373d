// The values in torchvision/ are made by torchvision_reference.py, which says how.
#include <boxfeed/core/file.h>
#include <boxfeed/image/image_decoder.h>
#include <boxfeed/transforms/color.h>
#include <boxfeed/transforms/geometry.h>
#include <boxfeed/transforms/renderer.h>

#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>

#include "support/catch.h"
#include "transforms/drawing.h"
#include "transforms/torchvision_cases.h"

using namespace boxfeed;
using namespace boxfeed::transforms;
using boxfeed::testing::torchvision_cases;
using boxfeed::testing::torchvision_sample;
using boxfeed::testing::TorchvisionCase;

namespace boxfeed::testing {

SampleGeometry torchvision_sample() {
  return {{48, 64},
          {{10, 8, 40, 30}, {0, 0, 64, 48}, {50.5F, 35.25F, 62, 46}},
          {{12, 9, 2}, {33.5F, 20.25F, 2}, {60, 40, 2}},
          0};
}

std::vector<TorchvisionCase> torchvision_cases() {
  const auto keep_all = PipelineOptions().sanitize(SanitizeBoundingBoxes().min_size(0).min_area(0));
  const auto one = [&](Transform transform) { return Pipeline({std::move(transform)}, keep_all); };
  constexpr double kWarp = 40;
  return {
      {"horizontal_flip", one(RandomHorizontalFlip(1)), 1},
      {"vertical_flip", one(RandomVerticalFlip(1)), 1},
      {"resize", one(Resize({31, 50})), 1},
      {"resize_larger", one(Resize({70, 90})), 1},
      {"center_crop", one(CenterCrop({31, 45})), 1},
      {"center_crop_larger", one(CenterCrop({60, 82})), 1},
      {"crop", one(RandomCrop({30, 40}))},
      {"pad", one(Pad().left(3).top(1).right(4).bottom(2)), 1},
      {"resized_crop", one(RandomResizedCrop({40, 40}))},
      {"zoom_out", one(RandomZoomOut().side_range({1, 2}).p(1))},
      {"scale_jitter", one(ScaleJitter({60, 60}))},
      {"rotation", one(RandomRotation(45)), 10, -1, kWarp},
      {"affine", one(RandomAffine(20).translate({0.2, 0.2}).scale({0.9, 1.4}).shear({-10, 10, -5, 5})), 10, -1, kWarp},
      {"perspective", one(RandomPerspective(0.4, 1)), 10, -1, kWarp},
      {"crop_flip_rotation",
       Pipeline({RandomResizedCrop({48, 48}).scale({0.5, 1}), RandomHorizontalFlip(1), RandomRotation(10)}, keep_all),
       10, -1, 40},
      {"brightness", one(ColorJitter(0.5)), 2},
      {"contrast", one(ColorJitter(0, 0.5)), 2},
      {"saturation", one(ColorJitter(0, 0, 0.9)), 2},
      // A gray that is one level off counts 1.6 times.
      {"saturation_high", one(ColorJitter().saturation(Range{2.5, 3})), 1, 2},
      {"hue", one(ColorJitter(0, 0, 0, 0.4)), 2},
      {"grayscale", one(RandomGrayscale(1)), 1},
      {"equalize", one(RandomEqualize(1)), 1, 0},
      {"autocontrast", one(RandomAutocontrast(1)), 1},
      {"posterize", one(RandomPosterize(3, 1)), 1, 0},
      {"blur", one(GaussianBlur(5)), 2},
  };
}

}  // namespace boxfeed::testing

namespace {

std::string folder() { return std::string(BOXFEED_TEST_DATA) + "/torchvision/"; }

std::vector<std::uint8_t> bytes_of(const std::string& path) {
  std::vector<std::uint8_t> bytes;
  InputFile(path).read_all(bytes, 1 << 20);
  return bytes;
}

cv::Mat picture(const std::string& name) {
  ImageDecoder decoder;
  return decoder.decode(bytes_of(folder() + name)).pixels.clone();
}

Plan drawn(const TorchvisionCase& a_case, int draw) {
  return a_case.pipeline.draw(torchvision_sample(), Random(11, 0, static_cast<std::uint64_t>(draw)));
}

nlohmann::json parameters_of(const Plan& plan) {
  auto out = nlohmann::json::array();
  for (const auto& transform : plan.drawn) {
    for (const auto& parameter : transform.parameters) out.push_back({parameter.name, parameter.values});
  }
  return out;
}

/// The pixels that show the image, and whose neighbors do.
cv::Mat inner(const Plan& plan) {
  const cv::Mat white(48, 64, CV_8UC3, cv::Scalar::all(255));
  cv::Mat seen, mask;
  Renderer().resample(plan, white, {}, seen);
  cv::extractChannel(seen, mask, 0);
  cv::Mat out = cv::Mat::zeros(mask.size(), CV_8UC1);
  for (int y = 2; y + 2 < mask.rows; ++y) {
    for (int x = 2; x + 2 < mask.cols; ++x) {
      out.at<std::uint8_t>(y, x) = cv::countNonZero(mask(cv::Rect(x - 2, y - 2, 5, 5))) == 25 ? 255 : 0;
    }
  }
  return out;
}

double psnr(const cv::Mat& a, const cv::Mat& b, const cv::Mat& mask) {
  const double norm = cv::norm(a, b, cv::NORM_L2, mask);
  const double count = 3.0 * cv::countNonZero(mask);
  return 10 * std::log10(255 * 255 / (norm * norm / count + 1e-9));
}

}  // namespace

// Not a test: prints what torchvision_reference.py reads.
TEST_CASE("drawn parameters for torchvision", "[.reference]") {
  for (const auto& a_case : torchvision_cases()) {
    for (int draw = 0; draw < a_case.draws; ++draw) {
      const Plan plan = drawn(a_case, draw);
      std::cout << nlohmann::json{{"case", a_case.name}, {"draw", draw}, {"parameters", parameters_of(plan)}} << '\n';
    }
  }
}

TEST_CASE("boxes, keypoints and pixels are those of torchvision") {
  const auto bytes = bytes_of(folder() + "reference.json");
  const auto reference = nlohmann::json::parse(bytes.begin(), bytes.end());
  const cv::Mat source = picture("source.png");
  std::size_t compared = 0;
  for (const auto& a_case : torchvision_cases()) {
    for (int draw = 0; draw < a_case.draws; ++draw) {
      INFO(a_case.name << ' ' << draw);
      const Plan plan = drawn(a_case, draw);
      const auto& expected = reference.at(a_case.name).at(static_cast<std::size_t>(draw));
      // Drawn numbers that changed ask for new values, not for a wider tolerance.
      REQUIRE(parameters_of(plan) == expected.at("parameters"));
      REQUIRE(plan.size == ImageSize{expected.at("size")[0], expected.at("size")[1]});
      REQUIRE(plan.boxes.size() == 3);
      for (std::size_t i = 0; i < 3; ++i) {
        const auto values = box_values(BoxFormat::kXYXY, plan.boxes[i]);
        for (std::size_t k = 0; k < 4; ++k) {
          CHECK(values[k] == Approx(expected.at("boxes")[i][k].get<double>()).margin(1e-3).epsilon(0));
        }
        CHECK(plan.keypoints[i].x == Approx(expected.at("keypoints")[i][0].get<double>()).margin(1e-3).epsilon(0));
        CHECK(plan.keypoints[i].y == Approx(expected.at("keypoints")[i][1].get<double>()).margin(1e-3).epsilon(0));
      }
      if (!expected.contains("picture")) continue;
      const cv::Mat out = boxfeed::testing::render(plan, source);
      const cv::Mat picture_of_torchvision = picture(expected.at("picture"));
      REQUIRE(out.size() == picture_of_torchvision.size());
      if (a_case.levels >= 0) {
        CHECK(cv::norm(out, picture_of_torchvision, cv::NORM_INF) <= a_case.levels);
      } else {
        CHECK(psnr(out, picture_of_torchvision, inner(plan)) >= a_case.psnr);
      }
      ++compared;
    }
  }
  CHECK(compared >= 30);
}
