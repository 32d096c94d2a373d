#include "training/trainer.h"

#include <boxfeed/core/error.h>
#include <boxfeed/data/random_sampler.h>
#include <boxfeed/loader/make_data_loader.h>
#include <boxfeed/visual/write_png.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <vector>

#include "model/checkpoint.h"
#include "report/picture.h"
#include "report/report.h"
#include "training/evaluation.h"

namespace localization {
namespace {

constexpr double kPlaceWeight = 0.1;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// The learning rate of a step: rising for the first 5 %, then falling along a cosine to 1 % of the highest.
double learning_rate(double highest, std::int64_t step, std::int64_t steps) {
  const double warm = std::max(0.05 * static_cast<double>(steps), 1.0), at = static_cast<double>(step);
  if (at < warm) return highest * (at + 1) / (warm + 1);
  const double share = (at - warm) / std::max(static_cast<double>(steps) - warm, 1.0);
  return highest * (0.01 + 0.99 * 0.5 * (1 + std::cos(3.141592653589793 * share)));
}

/// One training run.
class Run {
 public:
  Run(const DataSets& data, const TrainOptions& options, std::int64_t channels)
      : data_(data),
        options_(options),
        loader_(boxfeed::make_data_loader<boxfeed::samplers::RandomSampler>(
            data.train, boxfeed::DataLoaderOptions(static_cast<std::size_t>(options.batch))
                            .workers(options.workers)
                            .seed(options.seed))),
        network_(LocalizerOptions{channels}),
        optimizer_((network_->to(options.device), network_->parameters()), torch::optim::AdamOptions(options.lr)),
        images_(static_cast<std::int64_t>(data.train.table().size())),
        steps_(options.epochs * ((images_ + options.batch - 1) / options.batch)) {}

  EpochResult epoch(std::int64_t number, Console& console) {
    const auto start = Clock::now();
    EpochResult result;
    result.epoch = number;
    result.train_loss = pass(number, console);
    result.learning_rate = rate_;
    validation_ = evaluate(network_, data_.validation, options_.batch, options_.workers, options_.device);
    result.val_loss = validation_.loss;
    result.mean_iou = validation_.mean_iou;
    result.share_50 = validation_.share_50;
    result.seconds = seconds_since(start);
    return result;
  }

  const Evaluation& validation() const { return validation_; }
  Localizer network() const { return network_; }
  /// What the loader says about the speed.
  std::string verdict() const { return loader_->verdict(); }
  void fill(Summary& summary) const {
    summary.images_per_second = loader_->stats().examples_per_second();
    summary.data_wait_share = loader_->stats().wait_share();
    summary.train_images = images_;
    summary.val_images = static_cast<std::int64_t>(data_.validation.table().size());
    summary.parameters = network_->parameter_count();
  }

 private:
  /// Trains on every image once. Returns the mean loss.
  double pass(std::int64_t number, Console& console) {
    network_->train();
    double sum = 0;
    std::int64_t seen = 0;
    for (auto& example : *loader_) {
      sum += step(number, example.data, example.target) * static_cast<double>(example.data.size(0));
      seen += example.data.size(0);
      console.progress("epoch " + std::to_string(number) + "/" + std::to_string(options_.epochs),
                       static_cast<std::size_t>(seen), static_cast<std::size_t>(images_));
    }
    return sum / static_cast<double>(seen);
  }

  double step(std::int64_t epoch, torch::Tensor images, torch::Tensor target) {
    images = images.to(options_.device);
    target = target.to(options_.device);
    rate_ = learning_rate(options_.lr, step_, steps_);
    for (auto& group : optimizer_.param_groups()) static_cast<torch::optim::AdamOptions&>(group.options()).lr(rate_);
    optimizer_.zero_grad();
    const auto location = network_->locate(images);
    const auto loss = box_loss(location.boxes, target);
    const double value = loss.item<double>();
    if (!std::isfinite(value)) {
      throw boxfeed::Error(boxfeed::Reason::kBadState,
                           "the loss is " + std::to_string(value) + " in epoch " + std::to_string(epoch) + ", step " +
                               std::to_string(step_ + 1) + " of " + std::to_string(steps_) +
                               " (a lower --lr may help); the best weights so far are kept");
    }
    (loss + kPlaceWeight * place_loss(location.weights, target)).backward();
    optimizer_.step();
    ++step_;
    return value;
  }

  const DataSets& data_;
  const TrainOptions& options_;
  std::unique_ptr<boxfeed::DataLoader<>> loader_;
  Localizer network_;
  torch::optim::Adam optimizer_;
  std::int64_t images_;
  std::int64_t steps_;
  std::int64_t step_ = 0;
  double rate_ = 0;
  Evaluation validation_;
};

std::string last_line(const Summary& summary, const RunFolder& folder) {
  char text[160];
  std::snprintf(text, sizeof text,
                "best IoU %.3f in epoch %lld; %.0f s, %.0f images/s, waited for data %.1f %%: ", summary.best_iou,
                static_cast<long long>(summary.best_epoch), summary.seconds, summary.images_per_second,
                100 * summary.data_wait_share);
  return text + folder.path();
}

}  // namespace

void train(const DataSets& data, const std::string& images, const Preprocessing& preprocessing,
           const TrainOptions& options, const RunFolder& folder, Console& console) {
  torch::manual_seed(options.seed);
  torch::set_num_threads(options.threads);
  Run run(data, options, preprocessing.channels);
  const auto start = Clock::now();
  ModelDescription description{run.network()->options(), preprocessing, options.augmentation};
  std::vector<EpochResult> results;
  Summary summary;
  Evaluation best;
  for (std::int64_t epoch = 1; epoch <= options.epochs; ++epoch) {
    results.push_back(run.epoch(epoch, console));
    const auto& result = results.back();
    console.line(line_of(result, options.epochs));
    write_results(folder, results);
    if (epoch == 1 || result.mean_iou > summary.best_iou) {
      description.best_iou = summary.best_iou = result.mean_iou;
      description.epoch = summary.best_epoch = epoch;
      best = run.validation();
      save_checkpoint(folder / "best.pt", run.network(), description);
    }
  }
  summary.epochs = options.epochs;
  summary.seconds = seconds_since(start);
  run.fill(summary);
  write_summary(folder, summary);
  write_curves(folder, results);
  boxfeed::write_png(folder / "predictions.png", prediction_sheet(data.validation, images, best));
  console.line(run.verdict());
  console.line(last_line(summary, folder));
}

}  // namespace localization
