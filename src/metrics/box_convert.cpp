#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <boxfeed/metrics/box_convert.h>

#include <sstream>
#include <stdexcept>

namespace boxfeed {
namespace {

at::Tensor first_two(const at::Tensor& boxes) { return boxes.narrow(-1, 0, 2); }
at::Tensor last_two(const at::Tensor& boxes) { return boxes.narrow(-1, 2, 2); }
at::Tensor swapped(const at::Tensor& pair) { return pair.flip(-1); }
at::Tensor joined(const at::Tensor& a, const at::Tensor& b) { return at::cat({a, b}, -1); }

at::Tensor to_corners(const at::Tensor& boxes, BoxFormat from) {
  const auto start = first_two(boxes), rest = last_two(boxes);
  switch (from) {
    case BoxFormat::kXYXY: break;
    case BoxFormat::kXYWH: return joined(start, start + rest);
    case BoxFormat::kXYHW: return joined(start, start + swapped(rest));
    case BoxFormat::kCXCYWH: return joined(start - rest / 2, start + rest / 2);
  }
  return boxes;
}

at::Tensor from_corners(const at::Tensor& boxes, BoxFormat to) {
  const auto low = first_two(boxes), high = last_two(boxes);
  switch (to) {
    case BoxFormat::kXYXY: break;
    case BoxFormat::kXYWH: return joined(low, high - low);
    case BoxFormat::kXYHW: return joined(low, swapped(high - low));
    case BoxFormat::kCXCYWH: return joined((low + high) / 2, high - low);
  }
  return boxes;
}

}  // namespace

at::Tensor box_convert(const at::Tensor& boxes, BoxFormat from, BoxFormat to) {
  if (boxes.dim() == 0 || boxes.size(-1) != 4) {
    std::ostringstream message;
    message << "box_convert: expected boxes of shape (..., 4), got " << boxes.sizes();
    throw std::invalid_argument(message.str());
  }
  return from == to ? boxes : from_corners(to_corners(boxes, from), to);
}

}  // namespace boxfeed
