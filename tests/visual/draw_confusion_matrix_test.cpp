#include <boxfeed/visual/draw_confusion_matrix.h>
#include <torch/types.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/catch.h"
#include "visual/pixels.h"
#include "visual/shade.h"

using boxfeed::ConfusionMatrixOptions;
using boxfeed::draw_confusion_matrix;

namespace {

cv::Vec3b pixel(boxfeed::Color color) { return {color[0], color[1], color[2]}; }

/// The corner of each cell's ground, just inside of it, at 300 x 400 with names of one letter.
cv::Vec3b ground(const cv::Mat& image, const torch::Tensor& counts, int i, int j) {
  const auto classes = static_cast<int>(counts.size(0));
  // 4 pixels, a letter's width and 4 pixels on the left, 14 on the right; 30 above, a line and 4 pixels below.
  const int left = 17, top = 30, right = image.cols - 14, bottom = image.rows - 18;
  return image.at<cv::Vec3b>(top + (bottom - top) * i / classes + 4, left + (right - left) * j / classes + 4);
}

}  // namespace

TEST_CASE("cells are the darker the larger their share of the row") {
  const auto counts = torch::tensor({{8, 2, 0}, {0, 500, 500}, {0, 0, 0}});
  const cv::Mat image =
      draw_confusion_matrix(counts, ConfusionMatrixOptions().image_size({300, 400}).class_names({"a", "b", "c"}));
  CHECK(image.size() == cv::Size(400, 300));
  const std::vector<std::vector<double>> shares{{0.8, 0.2, 0}, {0, 0.5, 0.5}, {0, 0, 0}};
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      CAPTURE(i, j);
      CHECK(ground(image, counts, i, j) ==
            pixel(boxfeed::shade(shares[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)])));
    }
  }
}

TEST_CASE("shades grow darker all the way") {
  int last = 256;
  for (int i = 0; i <= 20; ++i) {
    const auto color = boxfeed::shade(i / 20.0);
    const int brightness = (299 * color[0] + 587 * color[1] + 114 * color[2]) / 1000;
    CHECK(brightness < last);
    last = brightness;
  }
  CHECK(boxfeed::shade(-1) == boxfeed::shade(0));
  CHECK(boxfeed::shade(2) == boxfeed::shade(1));
}

TEST_CASE("counts are written where there is room for them") {
  const auto options = ConfusionMatrixOptions().image_size({300, 400});
  const auto drawn = [&](std::int64_t value, std::int64_t classes) {
    const auto counts = torch::zeros({classes, classes}, torch::kLong);
    counts[0][1] = value;
    return draw_confusion_matrix(counts, options);
  };
  CHECK(cv::norm(drawn(123, 4), drawn(124, 4), cv::NORM_INF) > 0);
  CHECK(cv::norm(drawn(123, 40), drawn(124, 40), cv::NORM_INF) == 0);
}

TEST_CASE("names are those of the classes, with the background last, or numbers") {
  const auto counts = torch::eye(3, torch::kLong);
  const auto drawn = [&](const std::vector<std::string>& names) {
    return draw_confusion_matrix(counts, ConfusionMatrixOptions().class_names(names));
  };
  CHECK(cv::norm(drawn({"a", "b"}), drawn({"a", "b", "background"}), cv::NORM_INF) == 0);
  CHECK(cv::norm(drawn({}), drawn({"0", "1", "2"}), cv::NORM_INF) == 0);
  CHECK(cv::norm(drawn({}), drawn({"0", "1", "3"}), cv::NORM_INF) > 0);
}

TEST_CASE("any number of classes fits into any picture") {
  for (const std::int64_t classes : {1, 2, 81, 500}) {
    for (const boxfeed::ImageSize size : {boxfeed::ImageSize{64, 64}, {420, 480}, {3000, 4000}}) {
      const cv::Mat image =
          draw_confusion_matrix(torch::eye(classes, torch::kLong), ConfusionMatrixOptions().image_size(size));
      CHECK(image.rows == size.height);
      CHECK(count(image, pixel(boxfeed::shade(1))) > 0);
    }
  }
}

TEST_CASE("of cells smaller than a pixel the darkest is seen, so that a diagonal is whole") {
  const cv::Mat image =
      draw_confusion_matrix(torch::eye(500, torch::kLong), ConfusionMatrixOptions().image_size({64, 64}));
  int rows = 0, first = image.rows, last = 0;
  for (int i = 0; i < image.rows; ++i) {
    if (count(image.row(i), pixel(boxfeed::shade(1))) == 0) continue;
    ++rows;
    first = std::min(first, i);
    last = i;
  }
  CHECK(rows > 30);
  CHECK(last - first + 1 == rows);
}

TEST_CASE("what is no confusion matrix is refused") {
  CHECK_THROWS_WITH(draw_confusion_matrix(torch::ones({2, 3}, torch::kLong)),
                    "counts: expected whole numbers of shape (C, C), got Long of [2, 3]");
  CHECK_THROWS_WITH(draw_confusion_matrix(torch::ones({2, 2})),
                    "counts: expected whole numbers of shape (C, C), got Float of [2, 2]");
  CHECK_THROWS_AS(draw_confusion_matrix(torch::ones({0, 0}, torch::kLong)), std::invalid_argument);
  CHECK_THROWS_AS(draw_confusion_matrix(torch::ones(4, torch::kLong)), std::invalid_argument);
  CHECK_THROWS_WITH(draw_confusion_matrix(torch::full({2, 2}, -3, torch::kLong)),
                    "counts: expected numbers of 0 or more, got -3");
  CHECK_THROWS_WITH(draw_confusion_matrix(torch::eye(3, torch::kLong), ConfusionMatrixOptions().class_names({"a"})),
                    "class_names: expected 3, or one less, got 1");
  CHECK_THROWS_AS(draw_confusion_matrix(torch::eye(3, torch::kLong), ConfusionMatrixOptions().image_size({63, 64})),
                  std::invalid_argument);
}
