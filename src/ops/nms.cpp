#include <ATen/Dispatch.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/sort.h>
#include <ATen/ops/tensor.h>
#include <boxfeed/ops/nms.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "ops/box_terms.h"

namespace boxfeed {
namespace {

/// Boxes on the CPU, contiguous, and the indices from the best score to the worst.
struct Candidates {
  at::Tensor boxes, scores, order;

  std::int64_t size() const { return boxes.size(0); }
};

void refuse_nan(const at::Tensor& values, const char* name) {
  if (values.isnan().any().item<bool>()) throw std::invalid_argument(std::string(name) + ": expected numbers, got NaN");
}

void check_length(const at::Tensor& values, const char* name, std::int64_t length) {
  if (values.dim() != 1 || values.size(0) != length) {
    std::ostringstream message;
    message << name << ": expected shape (" << length << "), one for each box, got " << values.sizes();
    throw std::invalid_argument(message.str());
  }
}

Candidates candidates(const at::Tensor& boxes, const at::Tensor& scores) {
  detail::check_boxes(boxes, "boxes", "(N, 4)", 2, 2);
  check_length(scores, "scores", boxes.size(0));
  Candidates c{detail::floating(boxes.detach()).cpu().contiguous(), detail::floating(scores.detach()).cpu(), {}};
  refuse_nan(c.boxes, "boxes");
  refuse_nan(c.scores, "scores");
  c.order = std::get<1>(at::sort(c.scores, /*stable=*/true, /*dim=*/0, /*descending=*/true)).contiguous();
  return c;
}

void check_threshold(const char* name, double value) {
  if (std::isnan(value)) throw std::invalid_argument(std::string(name) + ": expected a number, got NaN");
}

/// The largest number of a type that is not above `value`.
template <typename T>
T rounded_down(double value) {
  const auto near = static_cast<T>(value);
  return static_cast<double>(near) > value ? std::nextafter(near, -std::numeric_limits<T>::infinity()) : near;
}

/// Boxes by coordinate, so that the compiler works on several at once.
template <typename T>
struct Columns {
  std::vector<T> xmin, ymin, xmax, ymax, area;

  Columns(const T* boxes, const std::int64_t* rows, std::size_t count) {
    for (auto* column : {&xmin, &ymin, &xmax, &ymax, &area}) column->reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      const T* const box = boxes + 4 * rows[i];
      xmin.push_back(box[0]);
      ymin.push_back(box[1]);
      xmax.push_back(box[2]);
      ymax.push_back(box[3]);
      area.push_back((box[2] - box[0]) * (box[3] - box[1]));
    }
  }
};

/// The IoU of box i with each of the boxes `from` to the last is above the threshold: then `covered` is set.
template <typename T, typename Flag>
void cover(const Columns<T>& c, std::size_t i, std::size_t from, T threshold, std::vector<Flag>& covered) {
  const T xmin = c.xmin[i], ymin = c.ymin[i], xmax = c.xmax[i], ymax = c.ymax[i], area = c.area[i];
  const T *const xmins = c.xmin.data(), *const ymins = c.ymin.data(), *const xmaxs = c.xmax.data(),
                 *const ymaxs = c.ymax.data(), *const areas = c.area.data();
  Flag* const flags = covered.data();
  for (std::size_t j = from; j < covered.size(); ++j) {
    const T w = std::max(T{0}, std::min(xmax, xmaxs[j]) - std::max(xmin, xmins[j]));
    const T h = std::max(T{0}, std::min(ymax, ymaxs[j]) - std::max(ymin, ymins[j]));
    const T shared = w * h;
    flags[j] |= static_cast<Flag>(shared / (area + areas[j] - shared) > threshold);
  }
}

/// Marks in `kept` which of `rows`, the best first, are kept.
template <typename T>
void suppress(const T* boxes, const std::int64_t* rows, std::size_t count, double iou_threshold,
              std::vector<char>& kept) {
  using Flag = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;  // as wide as T, for the compiler
  const Columns<T> columns(boxes, rows, count);
  const T threshold = rounded_down<T>(iou_threshold);
  std::vector<Flag> covered(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (covered[i] != 0) continue;
    kept[static_cast<std::size_t>(rows[i])] = 1;
    cover(columns, i, i + 1, threshold, covered);
  }
}

/// `suppress` among each group of rows.
at::Tensor kept_of(const Candidates& c, const std::vector<std::vector<std::int64_t>>& groups, double iou_threshold,
                   at::Device device) {
  check_threshold("iou_threshold", iou_threshold);
  std::vector<char> kept(static_cast<std::size_t>(c.size()));
  AT_DISPATCH_FLOATING_TYPES(c.boxes.scalar_type(), "nms", [&] {
    for (const auto& rows : groups) {
      suppress(c.boxes.data_ptr<scalar_t>(), rows.data(), rows.size(), iou_threshold, kept);
    }
  });
  std::vector<std::int64_t> indices;
  const auto* const order = c.order.data_ptr<std::int64_t>();
  std::copy_if(order, order + c.size(), std::back_inserter(indices),
               [&](std::int64_t row) { return kept[static_cast<std::size_t>(row)] != 0; });
  return at::tensor(indices, at::kLong).to(device);
}

}  // namespace

at::Tensor nms(const at::Tensor& boxes, const at::Tensor& scores, double iou_threshold) {
  const auto c = candidates(boxes, scores);
  const auto* const order = c.order.data_ptr<std::int64_t>();
  return kept_of(c, {{order, order + c.size()}}, iou_threshold, boxes.device());
}

at::Tensor batched_nms(const at::Tensor& boxes, const at::Tensor& scores, const at::Tensor& idxs,
                       double iou_threshold) {
  const auto c = candidates(boxes, scores);
  check_length(idxs, "idxs", c.size());
  const auto classes = idxs.cpu().to(at::kLong).contiguous();
  const auto *const order = c.order.data_ptr<std::int64_t>(), *const ids = classes.data_ptr<std::int64_t>();
  std::vector<std::int64_t> rows(order, order + c.size());
  std::stable_sort(rows.begin(), rows.end(), [&](std::int64_t a, std::int64_t b) { return ids[a] < ids[b]; });
  std::vector<std::vector<std::int64_t>> groups;
  for (const std::int64_t row : rows) {
    if (groups.empty() || ids[groups.back().back()] != ids[row]) groups.emplace_back();
    groups.back().push_back(row);
  }
  return kept_of(c, groups, iou_threshold, boxes.device());
}

std::tuple<at::Tensor, at::Tensor> soft_nms(const at::Tensor& boxes, const at::Tensor& scores,
                                            const SoftNmsOptions& options) {
  check_threshold("iou_threshold", options.iou_threshold());
  check_threshold("score_threshold", options.score_threshold());
  if (!(options.sigma() > 0)) {
    throw std::invalid_argument("sigma: expected a number above 0, got " + std::to_string(options.sigma()));
  }
  const auto c = candidates(boxes, scores);
  const auto corners = c.boxes.to(at::kDouble), initial = c.scores.to(at::kDouble).contiguous();
  std::vector<std::int64_t> rest(static_cast<std::size_t>(c.size()));
  std::iota(rest.begin(), rest.end(), 0);
  const Columns<double> b(corners.data_ptr<double>(), rest.data(), rest.size());
  std::vector<double> score(initial.data_ptr<double>(), initial.data_ptr<double>() + c.size());
  const auto iou = [&](std::size_t i, std::size_t j) {
    const double w = std::max(0.0, std::min(b.xmax[i], b.xmax[j]) - std::max(b.xmin[i], b.xmin[j]));
    const double h = std::max(0.0, std::min(b.ymax[i], b.ymax[j]) - std::max(b.ymin[i], b.ymin[j]));
    return w * h > 0 ? w * h / (b.area[i] + b.area[j] - w * h) : 0;
  };
  const auto factor = [&](double overlap) {
    if (options.decay() == SoftNmsDecay::kGaussian) return std::exp(-overlap * overlap / options.sigma());
    return overlap >= options.iou_threshold() ? 1 - overlap : 1;
  };
  std::vector<std::int64_t> kept;
  std::vector<double> lowered;
  const auto weak = [&](std::int64_t row) { return score[static_cast<std::size_t>(row)] < options.score_threshold(); };
  for (;;) {
    rest.erase(std::remove_if(rest.begin(), rest.end(), weak), rest.end());
    if (rest.empty()) break;
    const auto best = std::max_element(rest.begin(), rest.end(), [&](std::int64_t i, std::int64_t j) {
      return score[static_cast<std::size_t>(i)] < score[static_cast<std::size_t>(j)];
    });
    const auto chosen = static_cast<std::size_t>(*best);
    kept.push_back(*best);
    lowered.push_back(score[chosen]);
    rest.erase(best);
    for (const std::int64_t row : rest) {
      const auto i = static_cast<std::size_t>(row);
      score[i] *= factor(iou(chosen, i));
    }
  }
  return {at::tensor(kept, at::kLong).to(boxes.device()),
          at::tensor(lowered, at::kDouble).to(c.scores.scalar_type()).to(boxes.device())};
}

}  // namespace boxfeed
