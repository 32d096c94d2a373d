#include "training/trainer.h"

#include <boxfeed/core/error.h>
#include <boxfeed/data/samplers.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "training/loss.h"
#include "training/optimization.h"
#include "training/stop.h"
#include "training/truth.h"

namespace localization {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

Network make_network(const ModelDescription& description, const TrainOptions& options, const std::string& weights) {
  torch::manual_seed(options.seed);
  Network network(description.network);
  if (!weights.empty()) {
    try {
      network->load_backbone(weights);
    } catch (const boxfeed::Error& error) {
      throw CheckpointError(error.what());
    }
  }
  if (options.freeze) network->freeze_backbone();
  network->to(options.device.where);
  return network;
}

EvaluationOptions evaluation_options(const TrainOptions& options, TrainingReport& report) {
  EvaluationOptions all{static_cast<std::size_t>(options.batch), options.workers, options.device};
  all.progress = [&report](std::size_t done, std::size_t total) { report.validating(done, total); };
  return all;
}

}  // namespace

Trainer::Trainer(const DataSets& data, const ModelDescription& description, const TrainOptions& options,
                 const RunFolder& folder, TrainingReport& report, const std::string& backbone_weights)
    : data_(data),
      description_(description),
      options_(options),
      folder_(folder),
      report_(report),
      loader_(boxfeed::make_data_loader<boxfeed::samplers::RandomSampler>(
          data.train.dataset, boxfeed::DataLoaderOptions(static_cast<std::size_t>(options.batch))
                                  .workers(options.workers)
                                  .seed(options.seed))),
      network_(make_network(description, options, backbone_weights)),
      average_(make_network(description, options, backbone_weights)),
      optimizer_(network_->parameter_groups(options.lr, options.backbone_lr, options.weight_decay)) {
  torch::set_num_threads(options.threads);
  for (const auto& group : optimizer_.param_groups()) rates_.push_back(group.options().get_lr());
  state_.data = data.train.dataset.fingerprint() + " " + data.validation.dataset.fingerprint();
}

void Trainer::resume(std::vector<std::string>& remarks) {
  const auto data = state_.data;
  state_ = load_training(folder_, {*network_, *average_, optimizer_}, remarks);
  if (state_.data != data) {
    throw CheckpointError(boxfeed::quoted(folder_.path()) +
                          ": expected the data that the training began with; images, labels or options have changed "
                          "(or a GPU has come or gone)");
  }
  seconds_before_ = state_.seconds;
}

void Trainer::try_out(bool step) {
  auto options = evaluation_options(options_, report_);
  options.max_batches = 2;
  evaluate(average_, data_.validation, data_.target, description_.preprocessing, options);
  network_->train();
  if (step) this->step((*loader_)[0]);
}

bool Trainer::run() {
  start_ = saved_ = Clock::now();
  try {
    while (!is_over()) {
      epoch_start_ = Clock::now();
      train_epoch();
      finish_epoch();
    }
    return true;
  } catch (const Stopped&) {
    save();
    return false;
  }
}

void Trainer::train_epoch() {
  if (state_.seen == images()) return;  // it was stopped in the validation that follows
  network_->train();
  loader_->reset_stats();
  if (state_.loader.empty()) {
    loader_->set_epoch(static_cast<std::uint64_t>(state_.epoch));
  } else {
    loader_->load_state(state_.loader);
  }
  for (const auto& batch : *loader_) {
    const double loss = step(batch);
    ++state_.step;
    state_.seen += batch.data.size(0);
    state_.loss_sum += loss * static_cast<double>(batch.data.size(0));
    state_.loader = state_.seen == images() ? std::string() : loader_->state();
    report_step(loss);
    stop_if_requested();
    if (options_.minutes > 0 && progress() >= 1) return;
    if (seconds_since(saved_) > 60 * options_.save_minutes) save();
  }
}

double Trainer::step(const Batch& batch) {
  const double share = learning_rate_share(progress());
  for (std::size_t i = 0; i < rates_.size(); ++i) optimizer_.param_groups()[i].options().set_lr(share * rates_[i]);
  state_.rate = share * options_.lr;

  optimizer_.zero_grad();
  const auto prediction = [&] {
    const Autocast mixed(options_.device);
    return network_(to_input(batch.data, description_.preprocessing, options_.device));
  }();
  const auto losses = loss_of(prediction, truth_of(batch.target.to(options_.device.where), data_.target));
  const auto loss = losses.mean();
  const double value = loss.item<double>();
  if (!std::isfinite(value)) fail("loss", losses);
  loss.backward();
  const double length = torch::nn::utils::clip_grad_norm_(network_->parameters(), options_.clip);
  if (!std::isfinite(length)) fail("gradient", losses);
  optimizer_.step();
  update_average(*average_, *network_, options_.average, state_.step);
  return value;
}

void Trainer::finish_epoch() {
  const auto stats = loader_->stats();
  const auto evaluation = evaluate(average_, data_.validation, data_.target, description_.preprocessing,
                                   evaluation_options(options_, report_));
  state_.results.push_back({++state_.epoch, state_.rate, state_.loss_sum / static_cast<double>(state_.seen),
                            evaluation.loss, evaluation.metrics, stats.examples_per_second(), stats.wait_share(),
                            seconds_since(epoch_start_)});
  state_.seen = 0;
  state_.loss_sum = 0;
  report_.epoch(state_.step, options_.epochs, state_.results);
  if (best_of(state_.results) + 1 == state_.results.size()) {
    description_.metric = evaluation.metrics.front().text();
    description_.epoch = state_.epoch;
    save_model(folder_ / "best.safetensors", average_, description_);
  }
  save();
}

void Trainer::save() {
  state_.seconds = seconds();
  save_training(folder_, {*network_, *average_, optimizer_}, state_);
  saved_ = Clock::now();
}

void Trainer::fail(const char* what, const torch::Tensor& losses) const {
  boxfeed::samplers::RandomSampler sampler(static_cast<std::size_t>(images()));
  sampler.set_seed(options_.seed);
  const auto order = sampler.order(static_cast<std::uint64_t>(state_.epoch));
  const auto finite = losses.isfinite().cpu();
  const bool some = finite.any().item<bool>() && !finite.all().item<bool>();
  std::string examples;
  for (std::int64_t i = 0; i < finite.size(0); ++i) {
    if (some && finite[i].item<bool>()) continue;
    const auto place = data_.train.dataset.table().place(order[static_cast<std::size_t>(state_.seen + i)]);
    examples += "\n  " + place.annotation_path + ":" + std::to_string(place.line) + " " +
                std::string(data_.train.dataset.table().name(place.index));
  }
  throw boxfeed::Error(boxfeed::Reason::kNonFinite,
                       std::string("the ") + what + " is not finite in epoch " + std::to_string(state_.epoch + 1) +
                           ", step " + std::to_string(state_.step + 1) +
                           " (a lower --lr may help; what was saved before is kept), for" + examples);
}

bool Trainer::is_over() const {
  if (state_.epoch >= options_.epochs || (state_.seen == 0 && progress() >= 1)) return true;
  const auto& results = state_.results;
  return options_.patience > 0 && !results.empty() &&
         static_cast<std::int64_t>(results.size() - 1 - best_of(results)) >= options_.patience;
}

double Trainer::progress() const {
  const auto batches = (images() + options_.batch - 1) / options_.batch;
  const double steps = static_cast<double>(state_.step) / static_cast<double>(options_.epochs * batches);
  return options_.minutes > 0 ? std::max(steps, seconds() / (60 * options_.minutes)) : steps;
}

double Trainer::seconds() const { return seconds_before_ + seconds_since(start_); }

std::int64_t Trainer::images() const { return static_cast<std::int64_t>(data_.train.dataset.table().size()); }

void Trainer::report_step(double loss) {
  const double done = progress();
  report_.step({state_.epoch + 1, options_.epochs, state_.step, static_cast<std::size_t>(state_.seen),
                static_cast<std::size_t>(images()), loss, state_.loss_sum / static_cast<double>(state_.seen),
                state_.rate, seconds() * (1 - done) / std::max(done, 1e-9)},
               loader_->stats());
}

}  // namespace localization
