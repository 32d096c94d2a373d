#include "training/evaluation.h"

#include <boxfeed/core/error.h>
#include <boxfeed/data/samplers.h>
#include <boxfeed/loader/make_data_loader.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "training/loss.h"
#include "training/stop.h"
#include "training/truth.h"

namespace localization {
namespace {

using boxfeed::Box;
using boxfeed::transforms::Plan;

/// Values of one example. Requires: a tensor on the CPU, of floats, contiguous.
std::vector<float> row(const torch::Tensor& values, std::int64_t i) {
  const auto count = values.numel() / values.size(0);
  const float* first = values.data_ptr<float>() + i * count;
  return {first, first + count};
}

float width_of(const Plan& plan) { return static_cast<float>(plan.size.width); }
float height_of(const Plan& plan) { return static_cast<float>(plan.size.height); }

Box in_photograph(const std::vector<float>& fractions, const Plan& plan) {
  const float w = width_of(plan), h = height_of(plan);
  return plan.to_original(std::vector<Box>{{fractions[0] * w, fractions[1] * h, fractions[2] * w, fractions[3] * h}})
      .front();
}

std::vector<boxfeed::ImageSize> sizes_of(const std::vector<Plan>& plans) {
  std::vector<boxfeed::ImageSize> sizes;
  sizes.reserve(plans.size());
  for (const auto& plan : plans) sizes.push_back(plan.source);
  return sizes;
}

/// The sum of rows of numbers, for their mean.
struct Mean {
  std::vector<double> sums, counts;
  void add(std::size_t at, double value) {
    if (sums.size() <= at) {
      sums.resize(at + 1);
      counts.resize(at + 1);
    }
    sums[at] += value;
    ++counts[at];
  }
  float at(std::size_t i) const { return static_cast<float>(counts[i] > 0 ? sums[i] / counts[i] : 0.5); }
  std::vector<float> all() const {
    std::vector<float> values;
    for (std::size_t i = 0; i < sums.size(); ++i) values.push_back(at(i));
    return values;
  }
};

}  // namespace

Prediction on_cpu(const Prediction& prediction) {
  const auto moved = [](const torch::Tensor& tensor) {
    return tensor.defined() ? tensor.to(torch::kCPU, torch::kFloat32).contiguous() : tensor;
  };
  return {moved(prediction.boxes),   moved(prediction.keypoints), moved(prediction.visibility),
          moved(prediction.numbers), moved(prediction.classes),   moved(prediction.box_cells),
          moved(prediction.weights)};
}

Labels predicted_labels(const Prediction& prediction, std::int64_t i, const Plan& plan, const Target& target) {
  Labels labels;
  if (target.box) labels.box = in_photograph(row(prediction.boxes, i), plan);
  if (!target.classes.empty()) {
    const auto shares = prediction.classes[i].softmax(0);
    labels.class_id = shares.argmax().item<std::int64_t>();
    labels.class_share = shares.max().item<double>();
  }
  if (!target.keypoints.empty()) {
    const auto points = row(prediction.keypoints, i);
    const auto there = prediction.visibility.defined() ? row(prediction.visibility, i) : std::vector<float>();
    for (std::size_t k = 0; k < target.keypoints.size(); ++k) {
      const float visibility = there.empty() || there[k] > 0 ? 2 : 0;
      labels.keypoints.push_back({points[2 * k] * width_of(plan), points[2 * k + 1] * height_of(plan), visibility});
    }
    labels.keypoints = plan.to_original(labels.keypoints);
  }
  if (!target.numbers.empty()) {
    const auto numbers = row(prediction.numbers, i);
    for (std::size_t n = 0; n < numbers.size(); ++n) {
      labels.numbers.push_back(double{numbers[n]} * target.numbers[n].std + target.numbers[n].mean);
    }
  }
  return labels;
}

Evaluation evaluate(Network network, const DataSet& data, const Target& target, const Preprocessing& preprocessing,
                    const EvaluationOptions& options) {
  const torch::NoGradGuard no_grad;
  const Autocast mixed(options.device);
  network->eval();
  const auto& group = options.group;
  const auto ranks = static_cast<std::size_t>(group.size()), rank = static_cast<std::size_t>(group.rank());
  const auto images = data.plans.size();
  auto loader =
      boxfeed::make_data_loader(data.dataset, boxfeed::samplers::DistributedSequentialSampler(images, ranks, rank),
                                boxfeed::DataLoaderOptions(options.batch)
                                    .workers(options.workers)
                                    .prefetch_next_epoch(false)
                                    .device(options.device.where));
  const auto own = static_cast<std::size_t>(group.share_of(static_cast<std::int64_t>(images)));
  Evaluation result;
  std::vector<boxfeed::ImageSize> sizes;
  std::size_t batches = 0;
  for (auto& batch : *loader) {
    if (group.size() == 1) stop_if_requested();
    // Where the images are no multiple of the ranks, the last one of some ranks stands there only to fill the round.
    const auto count = std::min<std::int64_t>(batch.data.size(0), static_cast<std::int64_t>(own - sizes.size()));
    if (count == 0) break;
    const auto prediction = on_cpu(network(to_input(batch.data.narrow(0, 0, count), preprocessing, options.device)));
    const auto losses = loss_of(prediction, truth_of(batch.target.narrow(0, 0, count).cpu(), target));
    result.loss += losses.sum().item<double>();
    for (std::int64_t i = 0; i < count; ++i) {
      const auto at = sizes.size() * ranks + rank;
      sizes.push_back(data.plans[at].source);
      result.predicted.push_back(predicted_labels(prediction, i, data.plans[at], target));
      result.truth.push_back(true_labels(data.dataset.table(), at, data.plans[at]));
    }
    options.progress(sizes.size(), own);
    if (++batches == options.max_batches) break;
  }
  const auto sums =
      torch::tensor({result.loss, static_cast<double>(sizes.size()), stop_requested() && group.size() > 1 ? 1.0 : 0.0},
                    torch::kFloat64);
  group.sum(sums);
  if (sums[2].item<double>() > 0) throw Stopped();
  result.loss = (sums[0] / sums[1]).item<double>();
  if (!std::isfinite(result.loss)) {
    throw boxfeed::Error(boxfeed::Reason::kNonFinite, "the loss of the validation set is not finite");
  }
  const auto gather =
      group.size() > 1 ? Gather([&](const std::string& state) { return group.gather(state); }) : Gather();
  result.metrics = metrics_of(target, result.predicted, result.truth, sizes, gather);
  result.scores = scores_of(target, result.predicted, result.truth, sizes);
  return result;
}

std::vector<Metric> trivial_metrics(const DataSets& data) {
  const auto& table = data.train.dataset.table();
  Mean box, points;
  std::map<std::int64_t, std::size_t> classes;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto& plan = data.train.plans[i];
    const double w = width_of(plan), h = height_of(plan);
    if (!plan.boxes.empty()) {
      const auto& one = plan.boxes.front();
      for (const auto& [at, value] : {std::pair(0, one.xmin / w), std::pair(1, one.ymin / h),
                                      std::pair(2, one.xmax / w), std::pair(3, one.ymax / h)}) {
        box.add(static_cast<std::size_t>(at), value);
      }
    }
    for (std::size_t k = 0; k < plan.keypoints.size(); ++k) {
      if (!(plan.keypoints[k].visibility > 0)) continue;
      points.add(2 * k, plan.keypoints[k].x / w);
      points.add(2 * k + 1, plan.keypoints[k].y / h);
    }
    for (const auto id : table.class_ids(i)) ++classes[id];
  }
  Labels answer;
  for (const auto& number : data.target.numbers) answer.numbers.push_back(number.mean);
  std::size_t most = 0;
  for (const auto& [id, count] : classes) {
    if (count > std::exchange(most, std::max(most, count))) answer.class_id = id;
  }
  std::vector<Labels> predicted, truth;
  for (std::size_t i = 0; i < data.validation.plans.size(); ++i) {
    const auto& plan = data.validation.plans[i];
    if (data.target.box) answer.box = in_photograph(box.all(), plan);
    answer.keypoints.clear();
    for (std::size_t k = 0; k < data.target.keypoints.size(); ++k) {
      const bool known = 2 * k + 1 < points.sums.size();
      answer.keypoints.push_back({(known ? points.at(2 * k) : 0.5F) * width_of(plan),
                                  (known ? points.at(2 * k + 1) : 0.5F) * height_of(plan), 2});
    }
    answer.keypoints = plan.to_original(answer.keypoints);
    predicted.push_back(answer);
    truth.push_back(true_labels(data.validation.dataset.table(), i, plan));
  }
  return metrics_of(data.target, predicted, truth, sizes_of(data.validation.plans));
}

}  // namespace localization
