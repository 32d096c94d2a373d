// Every kind of picture at the smallest and at a large size. With BOXFEED_PICTURES the pictures are written into that
// folder, for the eye: in color, in gray.
#include <boxfeed/visual/draw_bars.h>
#include <boxfeed/visual/draw_batch.h>
#include <boxfeed/visual/draw_boxes.h>
#include <boxfeed/visual/draw_confusion_matrix.h>
#include <boxfeed/visual/draw_curves.h>
#include <boxfeed/visual/draw_heat_map.h>
#include <boxfeed/visual/draw_keypoints.h>
#include <boxfeed/visual/write_png.h>
#include <torch/types.h>

#include <cmath>
#include <cstdlib>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "support/catch.h"
#include "visual/canvas.h"
#include "visual/palette.h"
#include "visual/pixels.h"

using boxfeed::ImageSize;

namespace {

const std::vector<ImageSize> kSizes{{64, 64}, {360, 560}, {3000, 4000}};

/// Checks that something is drawn which a gray picture shows, too.
void look(const cv::Mat& picture, const std::string& name, ImageSize size) {
  CHECK(picture.rows == size.height);
  CHECK(picture.cols == size.width);
  cv::Mat gray;
  cv::cvtColor(picture, gray, cv::COLOR_RGB2GRAY);
  cv::Scalar mean, deviation;
  cv::meanStdDev(gray, mean, deviation);
  CHECK(deviation[0] > 5);
  if (const char* const folder = std::getenv("BOXFEED_PICTURES")) {
    const std::string path = std::string(folder) + "/" + name + "_" + std::to_string(size.height);
    boxfeed::write_png(path + ".png", picture);
    boxfeed::write_png(path + "_gray.png", gray);
  }
}

boxfeed::PrecisionRecallCurve curve_of(double skill) {
  boxfeed::PrecisionRecallCurve curve;
  for (int i = 1; i <= 200; ++i) {
    const double share = i / 200.0;
    curve.scores.push_back(1 - share * 0.95);
    curve.recall.push_back(skill * std::pow(share, 0.5));
    curve.precision.push_back(1 - (1 - skill) * share - 0.03 * (i % 7) / 7);
  }
  return curve;
}

cv::Mat photograph(ImageSize size) {
  cv::Mat image(static_cast<int>(size.height), static_cast<int>(size.width), CV_8UC3);
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x) {
      const double a = 6.3 * x / image.cols, b = 6.3 * y / image.rows;
      image.at<cv::Vec3b>(y, x) =
          cv::Vec3b(static_cast<uchar>(110 + 60 * std::sin(a + b)), static_cast<uchar>(100 + 50 * std::cos(a)),
                    static_cast<uchar>(90 + 60 * std::sin(b)));
    }
  }
  return image;
}

}  // namespace

TEST_CASE("curves are legible at any size") {
  for (const auto size : kSizes) {
    const auto options = boxfeed::CurveOptions().image_size(size);
    look(boxfeed::draw_precision_recall({{"raccoon", curve_of(0.9)}, {"fox", curve_of(0.7)}, {"all", curve_of(0.5)}},
                                        options),
         "precision_recall", size);
    look(boxfeed::draw_confidence(curve_of(0.8), options), "confidence", size);
    std::vector<boxfeed::Curve> curves;
    for (std::size_t i = 0; i < 8; ++i) {
      curves.push_back({"curve " + std::to_string(i), boxfeed::line_color(i), {}});
      for (int x = 0; x <= 60; ++x)
        curves.back().points.push_back({x * 1.0, 3.0 / (1 + 0.1 * x) + 0.3 * static_cast<double>(i)});
    }
    look(boxfeed::draw_curves(curves, boxfeed::CurveOptions(options).title("Loss").x_label("epoch")), "curves", size);
  }
}

TEST_CASE("confusion matrices are legible at any size") {
  for (const auto size : kSizes) {
    const auto options = boxfeed::ConfusionMatrixOptions().image_size(size);
    const auto few = torch::tensor({{90, 6, 4, 11}, {3, 45, 2, 5}, {0, 1, 210, 1}, {12, 4, 9, 0}});
    look(boxfeed::draw_confusion_matrix(
             few, boxfeed::ConfusionMatrixOptions(options).class_names({"raccoon", "fox", "cat"})),
         "confusion_4", size);
    const auto many = 100 * torch::eye(81, torch::kLong) + torch::arange(81 * 81).view({81, 81}) % 13;
    look(boxfeed::draw_confusion_matrix(many, options), "confusion_81", size);
  }
}

TEST_CASE("bars, histograms and heat maps are legible at any size") {
  for (const auto size : kSizes) {
    look(boxfeed::draw_bars({{"raccoon", 217}, {"fox", 90}, {"domestic cat", 12}, {"dog", 3}, {"bear", 1}},
                            boxfeed::BarOptions().image_size(size).title("Boxes by their class")),
         "bars", size);
    std::vector<double> values;
    std::vector<std::array<double, 2>> points;
    for (int i = 0; i < 500; ++i) {
      const double a = i * 0.618 - std::floor(i * 0.618), b = i * 0.414 - std::floor(i * 0.414);
      values.push_back(100 * a * b + 5);
      points.push_back({0.5 + (a - 0.5) * b, 0.4 + (b - 0.4) * a});
    }
    look(boxfeed::draw_histogram(values, boxfeed::HistogramOptions().image_size(size).title("Width").x_label("pixels")),
         "histogram", size);
    look(boxfeed::draw_heat_map(points, boxfeed::HeatMapOptions().image_size(size).title("Centers")), "heat_map", size);
  }
}

TEST_CASE("boxes, labels and keypoints are legible at any size") {
  for (const auto size : kSizes) {
    const float h = static_cast<float>(size.height), w = static_cast<float>(size.width);
    const cv::Mat boxes = boxfeed::draw_bounding_boxes(
        photograph(size), {{{0.1F * w, 0.3F * h, 0.5F * w, 0.8F * h}, boxfeed::box_color(0), "cat"},
                           {{0.4F * w, 0.5F * h, 0.9F * w, 0.95F * h}, boxfeed::box_color(1), "dog 0.9"}});
    look(boxfeed::draw_keypoints(boxes, {{0.3F * w, 0.5F * h, 2}, {0.6F * w, 0.7F * h, 1}, {0.7F * w, 0.2F * h, 2}}),
         "boxes", size);
  }
}

TEST_CASE("batches are legible at any size") {
  for (const auto size : kSizes) {
    const auto rows = static_cast<float>(size.height), columns = static_cast<float>(size.width);
    const cv::Mat image = photograph(size);
    boxfeed::DetectionBatch batch;
    batch.images =
        torch::from_blob(image.data, {1, size.height, size.width, 3}, torch::kByte).permute({0, 3, 1, 2}).contiguous();
    batch.boxes = torch::tensor({{0.1F * columns, 0.4F * rows, 0.6F * columns, 0.9F * rows},
                                 {0.5F * columns, 0.3F * rows, 0.9F * columns, 0.7F * rows}});
    batch.labels = torch::tensor({0, 1}, torch::kLong);
    batch.offsets = torch::tensor({0, 2}, torch::kLong);
    const cv::Mat sheet = boxfeed::draw_batch(batch, boxfeed::BatchDrawingOptions().class_names({"cat", "dog"}));
    look(sheet, "batch", {size.height + 8, size.width + 8});
  }
}

TEST_CASE("text grows with the picture, and is never too small to read") {
  using boxfeed::scale_of;
  CHECK(scale_of({64, 64}) == 0.75);
  CHECK(scale_of({360, 270}) == Approx(0.9));
  CHECK(scale_of({400, 300}) == 1);
  CHECK(scale_of({560, 360}) == 1);
  CHECK(scale_of({4000, 3000}) == Approx(10 / 1.5));
  CHECK(scale_of({4000, 300}) == 1);
  CHECK(boxfeed::text_size("0", scale_of({64, 64})).height >= 8);
  CHECK(boxfeed::text_size("0", scale_of({4000, 3000})).height > 60);
}

TEST_CASE("colors of lines and boxes differ in lightness from their neighbors") {
  const auto brightness = [](boxfeed::Color c) { return 0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2]; };
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(std::abs(brightness(boxfeed::line_color(i)) - brightness(boxfeed::line_color(i + 1))) > 30);
    CHECK(std::abs(brightness(boxfeed::box_color(i)) - brightness(boxfeed::box_color(i + 1))) > 10);
  }
}
