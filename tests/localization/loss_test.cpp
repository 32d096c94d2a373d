#include "training/loss.h"

#include <cmath>

#include "support/catch.h"

namespace loss_test {

using localization::loss_of;
using localization::Prediction;
using localization::Truth;

namespace {

/// A prediction of one box, whose 4 x 4 cells have equal weights and all say the box, too.
Prediction says(const torch::Tensor& box) {
  Prediction prediction;
  prediction.boxes = box;
  prediction.weights = torch::full({1, 1, 4, 4}, 1. / 16);
  prediction.box_cells = box.view({1, 4, 1, 1}).expand({1, 4, 4, 4});
  return prediction;
}

double value(const torch::Tensor& loss) {
  REQUIRE(loss.sizes() == std::vector<std::int64_t>{1});
  return loss.item<double>();
}

}  // namespace

TEST_CASE("the loss of a box worked out by hand") {
  Truth truth;
  truth.boxes = torch::tensor({{0.F, 0.F, 1.F, 1.F}});
  // All cells are within the box, so that the place costs nothing.
  CHECK(value(loss_of(says(truth.boxes), truth)) == Approx(0).margin(1e-5));
  // The upper half of the target: GIoU 0.5. Smooth L1 with beta 0.05 of one difference of 0.5: (0.5 - 0.025) / 4, which
  // counts twice, and half for what the cells say.
  const auto half = torch::tensor({{0.F, 0.F, 1.F, 0.5F}});
  CHECK(value(loss_of(says(half), truth)) == Approx(0.5 + 2.5 * 0.475 / 4).epsilon(1e-4));
}

TEST_CASE("the weight beside the box costs its logarithm, and cells beside it say nothing") {
  // Of 4 x 4 cells the box holds the four whose middles are at 3/8 and 5/8; half a cell of tolerance does not reach the
  // next ones.
  Truth truth;
  truth.boxes = torch::tensor({{0.26F, 0.26F, 0.74F, 0.74F}});
  auto prediction = says(truth.boxes);
  CHECK(value(loss_of(prediction, truth)) == Approx(0.1 * std::log(4.)).epsilon(1e-3));
  prediction.box_cells = prediction.box_cells.clone();
  prediction.box_cells.select(2, 0).fill_(0);  // the first row of cells
  CHECK(value(loss_of(prediction, truth)) == Approx(0.1 * std::log(4.)).epsilon(1e-3));
  prediction.box_cells.select(2, 1).add_(1);  // half of the cells in the box: each side is wrong by 1
  CHECK(value(loss_of(prediction, truth)) == Approx(0.1 * std::log(4.) + 0.5 * 0.5 * 0.975).epsilon(1e-3));
}

TEST_CASE("the smallest box still has a cell") {
  Truth truth;
  truth.boxes = torch::tensor({{0.4F, 0.9F, 0.4F, 0.9F}});
  CHECK(value(loss_of(says(truth.boxes), truth)) == Approx(1 + 0.1 * std::log(16.)).epsilon(1e-3));  // no IoU at all
}

TEST_CASE("keypoints that are not there leave the loss, whatever stands in their place") {
  Prediction prediction;
  prediction.keypoints = torch::tensor({0.2F, 0.2F, 0.9F, 0.9F}).view({1, 2, 2});
  prediction.weights = torch::full({1, 2, 1, 1}, 1.);
  Truth truth;
  truth.keypoints = torch::tensor({0.2F, 0.7F, 1e30F, -1e30F}).view({1, 2, 2});
  truth.present = torch::tensor({1.F, 0.F}).view({1, 2});
  // One of two coordinates is wrong by 0.5: four times smooth L1 with beta 0.05, (0.5 - 0.025) / 2.
  CHECK(value(loss_of(prediction, truth)) == Approx(4 * 0.475 / 2).epsilon(1e-4));
  truth.present.zero_();
  CHECK(value(loss_of(prediction, truth)) == 0);
  prediction.visibility = torch::zeros({1, 2});  // it is undecided
  CHECK(value(loss_of(prediction, truth)) == Approx(std::log(2.)).epsilon(1e-5));
}

TEST_CASE("classes and numbers add their losses") {
  Prediction prediction;
  prediction.classes = torch::zeros({1, 4});
  prediction.numbers = torch::tensor({{0.5F, 3.F}});
  Truth truth;
  truth.classes = torch::tensor({2}, torch::kInt64);
  CHECK(value(loss_of(prediction, truth)) == Approx(std::log(4.)).epsilon(1e-5));
  truth.numbers = torch::zeros({1, 2});
  CHECK(value(loss_of(prediction, truth)) == Approx(std::log(4.) + (0.125 + 2.5) / 2).epsilon(1e-5));
}

}  // namespace loss_test
