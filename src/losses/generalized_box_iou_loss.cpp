#include <ATen/TensorOperators.h>
#include <boxfeed/losses/generalized_box_iou_loss.h>
#include <boxfeed/metrics/box_iou.h>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace boxfeed {

at::Tensor generalized_box_iou_loss(const at::Tensor& input, const at::Tensor& target, std::int64_t reduction) {
  const auto loss = 1 - paired_generalized_box_iou(input, target);
  switch (reduction) {
    case at::Reduction::None: return loss;
    case at::Reduction::Mean: return loss.sum() / std::max<std::int64_t>(loss.numel(), 1);
    case at::Reduction::Sum: return loss.sum();
    default: break;
  }
  throw std::invalid_argument("reduction: expected at::Reduction::None, Mean or Sum, got " + std::to_string(reduction));
}

}  // namespace boxfeed
