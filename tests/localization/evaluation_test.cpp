#include "training/evaluation.h"

#include <cmath>

#include "report/picture.h"
#include "support/catch.h"

TEST_CASE("the loss of boxes worked out by hand") {
  // The lower half of the target: GIoU 0.5. Smooth L1 with beta 0.05 of one difference of 0.5: (0.5 - 0.025) / 4.
  const auto box = torch::tensor({{0.F, 0.F, 1.F, 0.5F}}), target = torch::tensor({{0.F, 0.F, 1.F, 1.F}});
  CHECK(localization::box_loss(box, target).item<double>() == Approx(0.5 + 2 * 0.475 / 4));
  CHECK(localization::box_loss(target, target).item<double>() == Approx(0).margin(1e-6));
}

TEST_CASE("fractions become pixels of an image") {
  CHECK(localization::scaled({0.25F, 0.5F, 0.75F, 1}, {200, 400}) == boxfeed::Box{100, 100, 300, 200});
  CHECK(localization::box_at(torch::tensor({{1., 2., 3., 4.}, {5., 6., 7., 8.}}), 1) == boxfeed::Box{5, 6, 7, 8});
}

TEST_CASE("an evaluation in words") {
  localization::Evaluation evaluation;
  evaluation.mean_iou = 0.8714;
  evaluation.share_50 = 0.985;
  evaluation.iou = torch::zeros({240});
  CHECK(localization::describe(evaluation) == "IoU 0.871, 98.5 % of 240 boxes with IoU >= 0.5");
}

TEST_CASE("the loss of the place is the logarithm of the weight inside the box") {
  // Of 4 x 4 cells of equal weight the box holds the four whose middles are at 3/8 and 5/8; half a cell of tolerance
  // does not reach the next ones.
  const auto weights = torch::full({1, 4, 4}, 1.F / 16), target = torch::tensor({{0.26F, 0.26F, 0.74F, 0.74F}});
  CHECK(localization::place_loss(weights, target).item<double>() == Approx(std::log(4.)).epsilon(1e-4));
  // The smallest box still has a cell.
  const auto point = torch::tensor({{0.4F, 0.9F, 0.4F, 0.9F}});
  CHECK(localization::place_loss(weights, point).item<double>() == Approx(std::log(16.)).epsilon(1e-4));
}
