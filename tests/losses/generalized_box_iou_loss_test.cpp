#include <boxfeed/losses/generalized_box_iou_loss.h>
#include <torch/optim/sgd.h>
#include <torch/types.h>

#include <vector>

#include "support/catch.h"

using boxfeed::generalized_box_iou_loss;

namespace {

/// Equal boxes (loss 0); 10 apart in a hull of 30 x 10 (1 + 1/3); half covered (1/2).
torch::Tensor inputs() { return torch::tensor({{0., 0., 10., 10.}}, torch::kDouble).expand({3, 4}); }
torch::Tensor targets() {
  return torch::tensor({{0., 0., 10., 10.}, {20., 0., 30., 10.}, {0., 0., 10., 5.}}, torch::kDouble);
}

}  // namespace

TEST_CASE("the GIoU loss of boxes worked out by hand, in each reduction") {
  const auto each = generalized_box_iou_loss(inputs(), targets(), at::Reduction::None);
  CHECK(torch::allclose(each, torch::tensor({0., 4. / 3, 0.5}, torch::kDouble), 0, 1e-12));
  CHECK(generalized_box_iou_loss(inputs(), targets(), at::Reduction::Sum).item<double>() == Approx(11. / 6));
  CHECK(generalized_box_iou_loss(inputs(), targets()).item<double>() == Approx(11. / 18));
}

TEST_CASE("descent on the GIoU loss brings boxes together that do not touch") {
  auto box = torch::tensor({{0.1, 0.1, 0.2, 0.2}}, torch::requires_grad());
  const auto target = torch::tensor({{0.6, 0.5, 0.9, 0.9}});
  torch::optim::SGD optimizer({box}, torch::optim::SGDOptions(0.01));
  for (int step = 0; step < 500; ++step) {
    optimizer.zero_grad();
    generalized_box_iou_loss(box, target).backward();
    optimizer.step();
  }
  CHECK(generalized_box_iou_loss(box, target).item<double>() < 0.1);
}

TEST_CASE("analytic gradients of the GIoU loss agree with differences") {
  torch::manual_seed(3);
  const auto low = torch::rand({8, 2}, torch::kDouble), size = torch::rand({8, 2}, torch::kDouble) + 0.1;
  const auto target = torch::cat({low, low + size}, 1);
  auto input = (target + 0.2 * torch::rand({8, 4}, torch::kDouble)).requires_grad_();
  generalized_box_iou_loss(input, target, at::Reduction::Sum).backward();
  const double step = 1e-6;
  for (std::int64_t i = 0; i < 8; ++i) {
    for (std::int64_t j = 0; j < 4; ++j) {
      auto up = input.detach().clone(), down = input.detach().clone();
      up[i][j] += step;
      down[i][j] -= step;
      const double slope = (generalized_box_iou_loss(up, target, at::Reduction::Sum) -
                            generalized_box_iou_loss(down, target, at::Reduction::Sum))
                               .item<double>() /
                           (2 * step);
      CHECK(input.grad()[i][j].item<double>() == Approx(slope).margin(1e-6));
    }
  }
}

TEST_CASE("empty batches and empty boxes give neither NaN nor infinite gradients") {
  CHECK(generalized_box_iou_loss(torch::empty({0, 4}), torch::empty({0, 4})).item<float>() == 0.F);
  auto point = torch::full({1, 4}, 0.5, torch::requires_grad());
  const auto loss = generalized_box_iou_loss(point, torch::full({1, 4}, 0.5F));
  loss.backward();
  CHECK(loss.item<float>() == 1.F);
  CHECK(point.grad().isfinite().all().item<bool>());
}

TEST_CASE("an unknown reduction and other shapes are refused") {
  CHECK_THROWS_WITH(generalized_box_iou_loss(inputs(), targets(), 7),
                    "reduction: expected at::Reduction::None, Mean or Sum, got 7");
  CHECK_THROWS_AS(generalized_box_iou_loss(torch::ones({2, 4}), torch::ones({3, 4})), std::invalid_argument);
}
