#include <boxfeed/ops/losses.h>
#include <torch/optim/sgd.h>
#include <torch/types.h>

#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>
#include <vector>

#include "support/catch.h"

using boxfeed::adaptive_wing_loss;
using boxfeed::complete_box_iou_loss;
using boxfeed::distance_box_iou_loss;
using boxfeed::generalized_box_iou_loss;
using boxfeed::sigmoid_focal_loss;
using boxfeed::wing_loss;

namespace {

/// Equal boxes (GIoU loss 0); 10 apart in a hull of 30 x 10 (1 + 1/3); half covered (1/2).
torch::Tensor inputs() { return torch::tensor({{0., 0., 10., 10.}}, torch::kDouble).expand({3, 4}); }
torch::Tensor targets() {
  return torch::tensor({{0., 0., 10., 10.}, {20., 0., 30., 10.}, {0., 0., 10., 5.}}, torch::kDouble);
}

using BoxLoss = at::Tensor (*)(const at::Tensor&, const at::Tensor&, std::int64_t, double);
const std::vector<BoxLoss> kBoxLosses{generalized_box_iou_loss, distance_box_iou_loss, complete_box_iou_loss};

using Loss = std::function<torch::Tensor(const torch::Tensor&)>;

/// The largest difference between the gradient and differences of the sum of losses.
double worst_gradient(const Loss& loss, const torch::Tensor& at) {
  auto input = at.clone().requires_grad_();
  loss(input).sum().backward();
  const auto gradient = input.grad().reshape(-1);
  const double step = 1e-6;
  double worst = 0;
  for (std::int64_t i = 0; i < at.numel(); ++i) {
    auto up = at.clone(), down = at.clone();
    up.view(-1)[i] += step;
    down.view(-1)[i] -= step;
    const double slope = (loss(up).sum() - loss(down).sum()).item<double>() / (2 * step);
    worst = std::max(worst, std::abs(gradient[i].item<double>() - slope) / std::max(std::abs(slope), 1.0));
  }
  return worst;
}

/// Boxes of sides from 0.1 to 1.1 and others near them.
std::pair<torch::Tensor, torch::Tensor> near_boxes() {
  torch::manual_seed(3);
  const auto low = torch::rand({12, 2}, torch::kDouble), size = torch::rand({12, 2}, torch::kDouble) + 0.1;
  const auto target = torch::cat({low, low + size}, 1);
  return {target + 0.2 * torch::rand({12, 4}, torch::kDouble), target};
}

/// Of the wing loss, as its paper writes it.
double wing(double x, double w, double e) {
  return std::abs(x) < w ? w * std::log(1 + std::abs(x) / e) : std::abs(x) - (w - w * std::log(1 + w / e));
}

/// Of the adaptive wing loss, as its paper writes it.
double adaptive_wing(double y, double guess, double omega, double theta, double e, double alpha) {
  const double d = std::abs(y - guess);
  if (d < theta) return omega * std::log(1 + std::pow(d / e, alpha - y));
  const double a =
      omega * (1 / (1 + std::pow(theta / e, alpha - y))) * (alpha - y) * std::pow(theta / e, alpha - y - 1) / e;
  const double c = theta * a - omega * std::log(1 + std::pow(theta / e, alpha - y));
  return a * d - c;
}

}  // namespace

TEST_CASE("the losses of boxes worked out by hand, in each reduction") {
  const auto each = generalized_box_iou_loss(inputs(), targets());
  CHECK(torch::allclose(each, torch::tensor({0., 4. / 3, 0.5}, torch::kDouble), 0, 1e-8));
  CHECK(generalized_box_iou_loss(inputs(), targets(), at::Reduction::Sum).item<double>() == Approx(11. / 6));
  CHECK(generalized_box_iou_loss(inputs(), targets(), at::Reduction::Mean).item<double>() == Approx(11. / 18));
  // Centers 20 apart, corners 30 and 10; 2.5 and 10, 10.
  const auto distance = distance_box_iou_loss(inputs(), targets());
  CHECK(torch::allclose(distance, torch::tensor({0., 1.4, 0.5 + 6.25 / 200}, torch::kDouble), 0, 1e-8));
  CHECK(distance_box_iou_loss(inputs(), targets(), at::Reduction::Sum).item<double>() == Approx(1.93125));
  const double pi = std::acos(-1), v = 4 / (pi * pi) * std::pow(std::atan(1) - std::atan(2), 2);
  const auto complete = complete_box_iou_loss(inputs(), targets());
  CHECK(torch::allclose(complete, torch::tensor({0., 1.4, 0.53125 + v * v / (0.5 + v)}, torch::kDouble), 0, 1e-8));
  CHECK(complete_box_iou_loss(inputs(), targets(), at::Reduction::Mean).item<double>() ==
        Approx((1.93125 + v * v / (0.5 + v)) / 3));
}

TEST_CASE("eps is added to what is divided by") {
  CHECK(generalized_box_iou_loss(inputs(), targets(), at::Reduction::None, 100)[1].item<double>() ==
        Approx(1 + 100. / 400));
  CHECK(distance_box_iou_loss(inputs(), targets(), at::Reduction::None, 100)[2].item<double>() ==
        Approx(1 - 50. / 200 + 6.25 / 300));
}

TEST_CASE("descent on each loss brings boxes together that do not touch") {
  for (const auto loss : kBoxLosses) {
    auto box = torch::tensor({{0.1, 0.1, 0.2, 0.2}}, torch::requires_grad());
    const auto target = torch::tensor({{0.6, 0.5, 0.9, 0.9}});
    torch::optim::SGD optimizer({box}, torch::optim::SGDOptions(0.01));
    for (int step = 0; step < 500; ++step) {
      optimizer.zero_grad();
      loss(box, target, at::Reduction::Mean, 1e-7).backward();
      optimizer.step();
    }
    CHECK(generalized_box_iou_loss(box, target).item<double>() < 0.2);
  }
}

TEST_CASE("gradients agree with differences") {
  const auto [boxes, target_boxes] = near_boxes();
  const auto target = target_boxes;
  for (const auto loss : {generalized_box_iou_loss, distance_box_iou_loss}) {
    CHECK(worst_gradient([&](const auto& x) { return loss(x, target, at::Reduction::None, 1e-7); }, boxes) < 1e-6);
  }
  torch::manual_seed(4);
  const auto logits = 4 * torch::randn({30}, torch::kDouble), classes = (torch::rand({30}) > 0.5).to(torch::kDouble);
  CHECK(worst_gradient([&](const auto& x) { return sigmoid_focal_loss(x, classes, 0.3, 1.5); }, logits) < 1e-6);
  const auto points = 10 * torch::randn({30}, torch::kDouble), zeros = torch::zeros({30}, torch::kDouble);
  CHECK(worst_gradient([&](const auto& x) { return wing_loss(x, zeros); }, points) < 1e-6);
  const auto heat = torch::rand({30}, torch::kDouble), guess = heat + torch::randn({30}, torch::kDouble);
  CHECK(worst_gradient([&](const auto& x) { return adaptive_wing_loss(x, heat); }, guess) < 1e-6);
}

TEST_CASE("the weight of the aspect ratios has no gradient") {
  // Centers and IoU stay: a box of 4 x 1 in one of 8 x 8 is stretched about its center.
  auto stretch = torch::tensor(1., torch::TensorOptions(torch::kDouble).requires_grad(true));
  const auto value = [](const torch::Tensor& s) {
    const auto box = torch::stack({4 - 2 * s, 4 - 0.5 / s, 4 + 2 * s, 4 + 0.5 / s}).unsqueeze(0);
    return complete_box_iou_loss(box, torch::tensor({{0., 0., 8., 8.}}, torch::kDouble)).sum();
  };
  value(stretch).backward();
  const double pi = std::acos(-1), angle = std::atan(4) - std::atan(1), v = 4 / (pi * pi) * angle * angle;
  const double weight = v / (1 - 4. / 64 + v), slope = 4 / (pi * pi) * 2 * angle * 8 / 17;  // d atan(4 s^2) / ds
  CHECK(stretch.grad().item<double>() == Approx(weight * slope));
}

TEST_CASE("boxes that only touch share nothing, and have no gradient of it") {
  auto box = torch::tensor({{0., 0., 10., 10.}}, torch::requires_grad());
  distance_box_iou_loss(box, torch::tensor({{10., 0., 20., 10.}}), at::Reduction::Sum).backward();
  // Of 1 + (distance 10)^2 / (20^2 + 10^2) by xmax: the center moves half as far, the hull stays.
  CHECK(box.grad()[0][2].item<double>() == Approx(-10. / 500));
}

TEST_CASE("empty batches and empty boxes give neither NaN nor infinite gradients") {
  for (const auto loss : kBoxLosses) {
    auto nothing = torch::empty({0, 4}, torch::requires_grad());
    const auto mean = loss(nothing, torch::empty({0, 4}), at::Reduction::Mean, 1e-7);
    CHECK(mean.item<float>() == 0.F);
    mean.backward();
    auto point = torch::full({1, 4}, 0.5, torch::requires_grad());
    const auto value = loss(point, torch::full({1, 4}, 0.5F), at::Reduction::Mean, 1e-7);
    value.backward();
    CHECK(value.item<float>() == 1.F);
    CHECK(point.grad().isfinite().all().template item<bool>());
    auto inverted = torch::tensor({{5., 5., 2., 2.}, {5., 0., 2., 4.}}, torch::requires_grad());
    loss(inverted, torch::tensor({{0., 0., 4., 4.}, {1., 1., 1., 9.}}), at::Reduction::Sum, 1e-7).backward();
    CHECK(inverted.grad().isfinite().all().template item<bool>());
  }
  CHECK(sigmoid_focal_loss(torch::empty(0), torch::empty(0), 0.25, 2, at::Reduction::Mean).item<float>() == 0.F);
  CHECK(wing_loss(torch::empty(0), torch::empty(0), 10, 2, at::Reduction::Mean).item<float>() == 0.F);
  CHECK(adaptive_wing_loss(torch::empty(0), torch::empty(0)).numel() == 0);
}

TEST_CASE("leading dimensions are kept, half precision and integers become float") {
  for (const auto loss : kBoxLosses) {
    const auto a = inputs().view({3, 1, 4}), b = targets().view({3, 1, 4});
    CHECK(loss(a, b, at::Reduction::None, 1e-7).sizes() == std::vector<std::int64_t>{3, 1});
    CHECK(loss(a[0][0], b[0][0], at::Reduction::None, 1e-7).dim() == 0);
    CHECK(torch::allclose(loss(a.to(torch::kHalf), b.to(torch::kLong), at::Reduction::None, 1e-7),
                          loss(a, b, at::Reduction::None, 1e-7).to(torch::kFloat)));
  }
  const auto halves = torch::ones(2, torch::kHalf), integers = torch::zeros(2, torch::kLong);
  CHECK(sigmoid_focal_loss(halves, integers).scalar_type() == torch::kFloat);
  CHECK(torch::equal(wing_loss(halves, integers), wing_loss(torch::ones(2), torch::zeros(2))));
  CHECK(torch::equal(adaptive_wing_loss(halves, integers), adaptive_wing_loss(torch::ones(2), torch::zeros(2))));
}

TEST_CASE("the focal loss by hand, and finite where the class is certain") {
  // Logit 0: p = 1/2 and the entropy log 2.
  const auto zero = torch::zeros(2, torch::kDouble), classes = torch::tensor({1., 0.}, torch::kDouble);
  const double log2 = std::log(2);
  CHECK(torch::allclose(sigmoid_focal_loss(zero, classes),
                        torch::tensor({0.25 * log2 / 4, 0.75 * log2 / 4}, torch::kDouble)));
  CHECK(torch::allclose(sigmoid_focal_loss(zero, classes, -1, 1), torch::full({2}, log2 / 2, torch::kDouble)));
  CHECK(sigmoid_focal_loss(zero, classes, 0.25, 2, at::Reduction::Sum).item<double>() == Approx(log2 / 4));
  CHECK(sigmoid_focal_loss(zero, classes, 0.25, 2, at::Reduction::Mean).item<double>() == Approx(log2 / 8));
  for (const double gamma : {0.0, 0.5, 2.0}) {
    auto certain =
        torch::tensor({500., -500., 90., -500., 500.}, torch::TensorOptions(torch::kFloat).requires_grad(true));
    const auto loss = sigmoid_focal_loss(certain, torch::tensor({1., 0., 1., 1., 0.}), 0.25, gamma);
    loss.sum().backward();
    CHECK(loss.isfinite().all().item<bool>());
    CHECK(certain.grad().isfinite().all().item<bool>());
    CHECK(loss[3].item<float>() == Approx(125));
    CHECK(loss[4].item<float>() == Approx(375));
  }
}

TEST_CASE("the wing losses are those of their papers") {
  const std::vector<double> errors{0, 0.1, -0.3, 0.49, 0.5, 0.51, -2, 9.9, 10, 10.1, -40};
  for (const double error : errors) {
    const auto x = torch::full({1}, 3 + error, torch::kDouble), y = torch::full({1}, 3, torch::kDouble);
    CHECK(wing_loss(x, y).item<double>() == Approx(wing(error, 10, 2)));
    CHECK(wing_loss(x, y, 5, 0.5).item<double>() == Approx(wing(error, 5, 0.5)));
    for (const double target : {0.0, 0.4, 1.0}) {
      const auto heat = torch::full({1}, target, torch::kDouble);
      CHECK(adaptive_wing_loss(heat + error, heat).item<double>() ==
            Approx(adaptive_wing(target, target + error, 14, 0.5, 1, 2.1)));
      CHECK(adaptive_wing_loss(heat + error, heat, 8, 0.3, 0.7, 2.5).item<double>() ==
            Approx(adaptive_wing(target, target + error, 8, 0.3, 0.7, 2.5)));
    }
  }
  CHECK(wing_loss(torch::ones(4), torch::zeros(4), 10, 2, at::Reduction::Mean).item<float>() == Approx(wing(1, 10, 2)));
  CHECK(adaptive_wing_loss(torch::ones(4), torch::zeros(4), 14, 0.5, 1, 2.1, at::Reduction::Sum).item<float>() ==
        Approx(4 * adaptive_wing(0, 1, 14, 0.5, 1, 2.1)));
}

TEST_CASE("wing losses have finite gradients at no error and at any") {
  for (const auto& loss : std::vector<Loss>{[](const auto& x) { return wing_loss(x, torch::zeros(3)); },
                                            [](const auto& x) { return adaptive_wing_loss(x, torch::zeros(3)); },
                                            [](const auto& x) {
                                              return adaptive_wing_loss(x, torch::tensor({0.F, 1.F, .5F}));
                                            }}) {
    auto input = torch::tensor({0.F, 1.F, 1e30F}, torch::requires_grad());
    loss(input).sum().backward();
    CHECK(input.grad().isfinite().all().item<bool>());
  }
}

TEST_CASE("constants, reductions and shapes that cannot be are refused") {
  CHECK_THROWS_WITH(generalized_box_iou_loss(inputs(), targets(), 7),
                    "reduction: expected at::Reduction::None, Mean or Sum, got 7");
  CHECK_THROWS_WITH(
      distance_box_iou_loss(torch::ones({2, 4}), torch::ones({3, 4})),
      "distance_box_iou_loss: expected two sets of as many boxes, (..., 4) and (..., 4), got [2, 4] and [3, 4]");
  CHECK_THROWS_WITH(complete_box_iou_loss(inputs(), targets(), at::Reduction::None, 0),
                    "eps: expected a number above 0, got 0.000000");
  CHECK_THROWS_WITH(sigmoid_focal_loss(torch::ones(2), torch::ones(3)),
                    "sigmoid_focal_loss: expected tensors of equal shape, got [2] and [3]");
  CHECK_THROWS_WITH(sigmoid_focal_loss(torch::ones(2), torch::full({2}, 1.5)),
                    "sigmoid_focal_loss: expected targets from 0 to 1, got 1.500000 to 1.500000");
  CHECK_THROWS_AS(sigmoid_focal_loss(torch::ones(2), torch::tensor({-0.1F, 0.F})), std::invalid_argument);
  CHECK_THROWS_AS(sigmoid_focal_loss(torch::ones(2), torch::ones(2), 1.1), std::invalid_argument);
  CHECK_THROWS_AS(sigmoid_focal_loss(torch::ones(2), torch::ones(2), -0.5), std::invalid_argument);
  CHECK_THROWS_AS(sigmoid_focal_loss(torch::ones(2), torch::ones(2), 0.5, -1), std::invalid_argument);
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS(sigmoid_focal_loss(torch::ones(2), torch::ones(2), 0.5, infinity), std::invalid_argument);
  CHECK_THROWS_AS(wing_loss(torch::ones(2), torch::ones({2, 1})), std::invalid_argument);
  CHECK_THROWS_AS(wing_loss(torch::ones(2), torch::ones(2), 0), std::invalid_argument);
  CHECK_THROWS_AS(wing_loss(torch::ones(2), torch::ones(2), 1, infinity), std::invalid_argument);
  CHECK_THROWS_AS(adaptive_wing_loss(torch::ones(2), torch::ones(3)), std::invalid_argument);
  CHECK_THROWS_AS(adaptive_wing_loss(torch::ones(2), torch::full({2}, 1.1)), std::invalid_argument);
  CHECK_THROWS_AS(adaptive_wing_loss(torch::ones(2), torch::ones(2), 14, 0.5, 1, 2), std::invalid_argument);
  CHECK_THROWS_AS(adaptive_wing_loss(torch::ones(2), torch::ones(2), 14, 0.5, 1, infinity), std::invalid_argument);
  CHECK_THROWS_AS(adaptive_wing_loss(torch::ones(2), torch::ones(2), 0), std::invalid_argument);
  CHECK_THROWS_AS(adaptive_wing_loss(torch::ones(2), torch::ones(2), 14, 0), std::invalid_argument);
  CHECK_THROWS_AS(adaptive_wing_loss(torch::ones(2), torch::ones(2), 14, 0.5, 0), std::invalid_argument);
}

TEST_CASE("targets of x, y, width and height are told from corners") {
  CHECK_THROWS_WITH(
      generalized_box_iou_loss(torch::ones({2, 4}), torch::tensor({{5., 5., 9., 9.}, {120., 40., 30., 60.}})),
      "generalized_box_iou_loss: expected boxes2 as xmin, ymin, xmax, ymax, got an inverted box in row 1: "
      "120 40 30 60 (see box_convert for other formats)");
  CHECK_THROWS_AS(distance_box_iou_loss(torch::ones({1, 4}), torch::tensor({{5., 9., 9., 5.}})), std::invalid_argument);
}
