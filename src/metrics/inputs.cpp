#include "metrics/inputs.h"

#include <ATen/TensorOperators.h>

#include <cmath>
#include <cstdint>
#include <sstream>
#include <stdexcept>

namespace boxfeed::detail {

std::string shape_of(const at::Tensor& tensor) {
  std::ostringstream text;
  text << tensor.sizes();
  return text.str();
}

at::Tensor finite_values(const at::Tensor& values, const std::string& name) {
  auto out = values.detach().to(at::kCPU, at::kDouble).contiguous();
  const double* const data = out.data_ptr<double>();
  for (std::int64_t i = 0; i < out.numel(); ++i) {
    if (std::isfinite(data[i])) continue;
    throw std::invalid_argument(name + ": expected finite numbers, got " +
                                (std::isnan(data[i]) ? "nan" : std::to_string(data[i])) + " in row " +
                                std::to_string(i / (out.numel() / out.size(0))));
  }
  return out;
}

at::Tensor whole_values(const at::Tensor& values, const std::string& name) {
  if (!at::isIntegralType(values.scalar_type(), /*includeBool=*/true)) {
    throw std::invalid_argument(name + ": expected whole numbers, got " + toString(values.scalar_type()));
  }
  return values.to(at::kCPU, at::kLong).contiguous();
}

void check_same_shape(const at::Tensor& preds, const at::Tensor& target) {
  if (preds.sizes() == target.sizes()) return;
  throw std::invalid_argument("expected preds and target of equal shape, got " + shape_of(preds) + " and " +
                              shape_of(target));
}

at::Tensor truth_boxes(const at::Tensor& boxes, const std::string& name) {
  if (boxes.dim() != 2 || boxes.size(1) != 4) {
    throw std::invalid_argument(name + ": expected boxes of shape (N, 4), got " + shape_of(boxes));
  }
  auto out = finite_values(boxes, name);
  const double* box = out.data_ptr<double>();
  for (std::int64_t i = 0; i < out.size(0); ++i, box += 4) {
    if (box[0] <= box[2] && box[1] <= box[3]) continue;
    std::ostringstream message;
    message << name << ": expected xmin <= xmax and ymin <= ymax, got an inverted box in row " << i << ": " << box[0]
            << ' ' << box[1] << ' ' << box[2] << ' ' << box[3] << " (the option box_format names another format)";
    throw std::invalid_argument(message.str());
  }
  return out;
}

}  // namespace boxfeed::detail
