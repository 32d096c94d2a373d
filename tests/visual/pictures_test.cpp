// Whole pictures, which were looked at: every letter, tick and line in its place.
#include <boxfeed/visual/draw_bars.h>
#include <boxfeed/visual/draw_boxes.h>
#include <boxfeed/visual/draw_confusion_matrix.h>
#include <boxfeed/visual/draw_curves.h>
#include <boxfeed/visual/draw_heat_map.h>
#include <boxfeed/visual/draw_keypoints.h>
#include <boxfeed/visual/make_grid.h>
#include <boxfeed/visual/write_png.h>
#include <torch/types.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "support/catch.h"

using namespace boxfeed;

namespace {

/// Compares with `golden/NAME.png`. A picture that is meant to change is written where the message says, to be looked
/// at and put in its place.
void check_picture(const std::string& name, const cv::Mat& picture) {
  const std::string path = (std::filesystem::temp_directory_path() / ("boxfeed-" + name + ".png")).string();
  const cv::Mat golden = cv::imread(BOXFEED_TEST_DATA "/golden/" + name + ".png", cv::IMREAD_COLOR);
  int different = -1;
  if (golden.size() == picture.size()) {
    cv::Mat rgb, distance;
    cv::cvtColor(golden, rgb, cv::COLOR_BGR2RGB);
    cv::absdiff(rgb, picture, distance);
    different = cv::countNonZero(distance.reshape(1) > 8);
  }
  if (different != 0) write_png(path, picture);
  INFO("this is another picture: " + path);
  CHECK(different == 0);
}

std::vector<Curve> six_curves() {
  std::vector<Curve> curves;
  const Color colors[] = {{200, 40, 40}, {40, 90, 200}, {30, 140, 60}, {150, 80, 170}, {0, 0, 0}, {120, 120, 0}};
  for (std::size_t k = 0; k < 6; ++k) {
    curves.push_back({"curve number " + std::to_string(k), colors[k], {}});
    for (int x = 0; x <= 40; ++x) {
      const double gap = k == 1 && x > 15 && x < 20 ? std::numeric_limits<double>::quiet_NaN() : 0;
      curves[k].points.push_back({x * 1.0, 3 + std::sin(0.2 * x + static_cast<double>(k)) + gap});
    }
  }
  return curves;
}

std::vector<double> values(std::size_t count, double growth) {
  std::vector<double> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(std::pow(growth, std::fmod(static_cast<double>(i) * 0.618, 1)));
  return out;
}

cv::Mat ground(int rows, int columns) {
  cv::Mat image(rows, columns, CV_8UC3);
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < columns; ++x) image.at<cv::Vec3b>(y, x) = cv::Vec3b::all(static_cast<std::uint8_t>(80 + x / 4));
  }
  return image;
}

const PrecisionRecallCurve kCurve{{0.9, 0.8, 0.6, 0.5, 0.2}, {1, 0.5, 2. / 3, 0.5, 0.4}, {0.25, 0.25, 0.5, 0.5, 0.5}};

}  // namespace

TEST_CASE("diagrams of curves are as they were looked at") {
  const auto options = CurveOptions().image_size({240, 360}).title("Losses").x_label("epoch");
  check_picture("curves", draw_curves(six_curves(), options));
  check_picture("curves_small", draw_curves(six_curves(), CurveOptions().image_size({80, 120})));
  check_picture("curves_range", draw_curves(six_curves(), CurveOptions().image_size({240, 360}).y_range({{-2, 11}})));
  check_picture("curves_long_numbers",
                draw_curves({{"", {200, 40, 40}, {{0, 0}, {7e6, 2}}}}, CurveOptions().image_size({160, 240})));
  check_picture("precision", draw_precision_recall({{"raccoon", kCurve}, {"all", kCurve}}));
  check_picture("confidence", draw_confidence(kCurve, CurveOptions().image_size({240, 360})));
}

TEST_CASE("bars and histograms are as they were looked at") {
  std::vector<std::pair<std::string, std::size_t>> counts;
  for (std::size_t i = 0; i < 20; ++i) counts.emplace_back("a class with name " + std::to_string(i), 1000 / (i + 1));
  check_picture("bars", draw_bars(counts, BarOptions().image_size({220, 320}).title("Objects")));
  check_picture("bars_small", draw_bars(counts, BarOptions().image_size({90, 110})));
  const auto histogram = HistogramOptions().image_size({220, 320}).title("Sides").x_label("pixels");
  check_picture("histogram", draw_histogram(values(300, 40), histogram));
  check_picture("histogram_far", draw_histogram(
                                     [] {
                                       auto all = values(50, 2);
                                       for (auto& value : all) value += 100;
                                       return all;
                                     }(),
                                     HistogramOptions(histogram).bins(7)));
  check_picture("histogram_logarithmic",
                draw_histogram(values(300, 30), HistogramOptions(histogram).logarithmic(true)));
  const auto small = HistogramOptions().image_size({100, 240});
  check_picture("histogram_many_bins", draw_histogram(values(300, 40), HistogramOptions(small).bins(60)));
  check_picture("histogram_empty", draw_histogram({}, HistogramOptions(small).logarithmic(true)));
  auto hundreds = values(300, 30);
  for (auto& value : hundreds) value *= 100;
  check_picture("histogram_hundreds", draw_histogram(hundreds, HistogramOptions(histogram).logarithmic(true)));
  check_picture("histogram_decades", draw_histogram(values(300, 1e6), HistogramOptions(histogram).logarithmic(true)));
}

TEST_CASE("maps and matrices are as they were looked at") {
  std::vector<std::array<double, 2>> points;
  for (int i = 0; i < 400; ++i) {
    points.push_back({std::fmod(i * 0.618, 1) * std::fmod(i * 0.414, 1), std::fmod(i * 0.732, 1)});
  }
  points.insert(points.end(), {{0, 0}, {1, 1}, {-0.1, 0.5}, {0.5, 1.1}, {1, 0}});
  const auto options = HeatMapOptions().image_size({220, 320}).title("Centers").x_label("x").cells({9, 12});
  check_picture("heat_map", draw_heat_map(points, options));
  check_picture("heat_map_single", draw_heat_map({{0.3, 0.7}}, HeatMapOptions().image_size({80, 120}).cells({3, 4})));
  const auto counts = torch::tensor({{18, 2, 0}, {1, 1500, 300}, {7, 30, 0}});
  check_picture(
      "confusion",
      draw_confusion_matrix(counts, ConfusionMatrixOptions().image_size({240, 300}).class_names({"raccoon", "cat"})));
  check_picture("confusion_many_classes", draw_confusion_matrix(torch::arange(900).view({30, 30}) % 37,
                                                                ConfusionMatrixOptions().image_size({200, 260})));
  check_picture("confusion_small", draw_confusion_matrix(counts, ConfusionMatrixOptions().image_size({80, 100})));
}

TEST_CASE("images with boxes, keypoints and labels are as they were looked at") {
  const std::vector<DrawnBox> boxes{{{20, 30, 90, 80}, {255, 0, 0}, "raccoon 0.93"},
                                    {{-10, -10, 60, 40}, {0, 200, 0}, "at the corner"},
                                    {{100, 60, 170, 130}, {0, 90, 255}, "below", true},
                                    {{130, 5, 155, 15}, {255, 220, 0}, "a long label at the edge"},
                                    {{0, 0, 160, 120}, {255, 255, 255}, "all", true}};
  const cv::Mat drawn = draw_bounding_boxes(ground(120, 160), boxes);
  check_picture("boxes", drawn);
  check_picture("boxes_large", draw_bounding_boxes(ground(480, 640), {{{100, 100, 400, 300}, {255, 0, 0}, "raccoon"}}));
  check_picture("boxes_small", draw_bounding_boxes(ground(10, 30), {{{5, 4, 20, 8}, {255, 0, 0}, "a long label"}}));
  const cv::Mat points =
      draw_keypoints(ground(60, 80), {{20, 20, 2}, {40, 30, 1}, {60, 40, 0}, {79, 59, 2}, {1, 30, 1}});
  check_picture("keypoints", points);
  check_picture("grid", make_grid({drawn, points, ground(30, 200)}, 2, 3, {10, 60, 90}));
}
