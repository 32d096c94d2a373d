#include <boxfeed/visual/draw_batch.h>
#include <boxfeed/visual/draw_boxes.h>
#include <boxfeed/visual/make_grid.h>
#include <boxfeed/visual/to_image.h>
#include <torch/types.h>

#include <stdexcept>

#include "support/catch.h"
#include "visual/palette.h"
#include "visual/pixels.h"

using boxfeed::BatchDrawingOptions;
using boxfeed::DetectionBatch;
using boxfeed::draw_batch;

namespace {

/// Three gray images of 60 x 80: two boxes of classes 0 and 1, none, one of class 7.
DetectionBatch three_images() {
  DetectionBatch batch;
  batch.images = torch::full({3, 3, 60, 80}, 0.5F);
  batch.boxes = torch::tensor({{10.F, 20.F, 40.F, 50.F}, {30.F, 30.F, 70.F, 58.F}, {5.F, 20.F, 25.F, 40.F}});
  batch.labels = torch::tensor({0, 1, 7}, torch::kLong);
  batch.offsets = torch::tensor({0, 2, 2, 3}, torch::kLong);
  return batch;
}

}  // namespace

TEST_CASE("a batch is drawn as its images with their boxes, by hand") {
  const auto batch = three_images();
  const cv::Mat gray = boxfeed::to_image(batch.images[0]);
  const cv::Mat first = boxfeed::draw_bounding_boxes(
      gray, {{{10, 20, 40, 50}, boxfeed::box_color(0), "cat"}, {{30, 30, 70, 58}, boxfeed::box_color(1), "dog"}});
  const cv::Mat third = boxfeed::draw_bounding_boxes(gray, {{{5, 20, 25, 40}, boxfeed::box_color(7), "7"}});
  const cv::Mat sheet = draw_batch(batch, BatchDrawingOptions().class_names({"cat", "dog"}).columns(2));
  CHECK(cv::norm(sheet, boxfeed::make_grid({first, gray, third}, 2), cv::NORM_INF) == 0);
  CHECK(draw_batch(batch).cols == 3 * 84 + 4);
}

TEST_CASE("the images of a batch are shown as they were before they were normalized") {
  auto batch = three_images();
  const cv::Mat plain = draw_batch(batch);
  batch.images = (batch.images - 0.25) / 0.5;
  CHECK(cv::norm(draw_batch(batch, BatchDrawingOptions().mean({0.25F}).std({0.5F})), plain, cv::NORM_INF) == 0);
  CHECK(cv::norm(draw_batch(batch), plain, cv::NORM_INF) == 0);  // of these numbers (0.5 - 0.25) / 0.5 is 0.5
  batch.images = batch.images + 0.25;
  CHECK(cv::norm(draw_batch(batch), plain, cv::NORM_INF) > 50);
}

TEST_CASE("a label without a name is a number, a negative one too") {
  auto batch = three_images();
  batch.labels = torch::tensor({-1, 2, 0}, torch::kLong);
  CHECK_NOTHROW(draw_batch(batch, BatchDrawingOptions().class_names({"a"})));
}

TEST_CASE("a batch without images and wrong options are refused") {
  auto batch = three_images();
  CHECK_THROWS_AS(draw_batch(batch, BatchDrawingOptions().columns(0)), std::invalid_argument);
  CHECK_THROWS_AS(draw_batch(batch, BatchDrawingOptions().mean({0.1F, 0.2F})), std::invalid_argument);
  batch.images = torch::empty({0, 3, 60, 80});
  CHECK_THROWS_WITH(draw_batch(batch), "expected at least one image, got none");
}
