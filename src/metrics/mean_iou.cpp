#include <boxfeed/metrics/mean_iou.h>
#include <boxfeed/ops/box_iou.h>
#include <boxfeed/ops/boxes.h>

#include <cstddef>
#include <stdexcept>
#include <utility>

#include "metrics/inputs.h"
#include "metrics/metric_state.h"

namespace boxfeed {

MeanIoU::MeanIoU(MeanIoUOptions options) : options_(std::move(options)) {
  for (const double threshold : options_.thresholds()) {
    if (!(threshold > 0 && threshold <= 1)) {
      throw std::invalid_argument("thresholds: expected numbers above 0 up to 1, got " + std::to_string(threshold));
    }
  }
  reset();
}

void MeanIoU::update(const at::Tensor& preds, const at::Tensor& target) {
  detail::check_same_shape(preds, target);
  const auto corners = [&](const at::Tensor& boxes) {
    return box_convert(boxes.to(at::kDouble), options_.box_format(), BoxFormat::kXYXY);
  };
  const auto truth = detail::truth_boxes(corners(target), "target"),
             boxes = detail::finite_values(corners(preds), "preds");
  const auto ious = paired_box_iou(boxes, truth, BoxFormat::kXYXY).contiguous();
  for (std::int64_t i = 0; i < ious.numel(); ++i) {
    const double iou = ious.data_ptr<double>()[i];
    sum_.add(iou);
    for (std::size_t t = 0; t < above_.size(); ++t) above_[t] += iou >= options_.thresholds()[t] ? 1 : 0;
  }
  count_ += ious.numel();
}

MeanIoUResult MeanIoU::compute() const {
  const auto share = [&](double part) { return part / static_cast<double>(count_); };
  MeanIoUResult result{share(sum_.value()), {}, count_};
  for (const auto above : above_) result.shares.push_back(share(static_cast<double>(above)));
  return result;
}

void MeanIoU::reset() {
  count_ = 0;
  sum_ = {};
  above_.assign(options_.thresholds().size(), 0);
}

void MeanIoU::merge(const MeanIoU& other) {
  if (other.options_.thresholds() != options_.thresholds()) {
    throw std::invalid_argument("MeanIoU: expected to merge with one of the same thresholds");
  }
  count_ += other.count_;
  sum_.add(other.sum_);
  for (std::size_t t = 0; t < above_.size(); ++t) above_[t] += other.above_[t];
}

std::string MeanIoU::state() const {
  auto json = detail::new_state("MeanIoU");
  json["thresholds"] = options_.thresholds();
  json["count"] = count_;
  json["sum"] = detail::to_json(sum_);
  json["above"] = above_;
  return json.dump();
}

void MeanIoU::load_state(const std::string& state) {
  const detail::StateReader reader(state, "MeanIoU");
  reader.require("thresholds", options_.thresholds());
  const auto count = reader.count("count");
  const auto sum = reader.sum("sum");
  above_ = reader.counts("above", options_.thresholds().size());
  count_ = count;
  sum_ = sum;
}

}  // namespace boxfeed
