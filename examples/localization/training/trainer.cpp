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

/// The part of the batch that is one rank's.
std::size_t batch_of_rank(const TrainOptions& options) {
  return static_cast<std::size_t>(options.batch / options.group.size());
}

EvaluationOptions evaluation_options(const TrainOptions& options, TrainingReport& report) {
  EvaluationOptions all{batch_of_rank(options), options.workers, options.device, options.group};
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
      loader_(boxfeed::make_data_loader(data.train.dataset,
                                        boxfeed::samplers::DistributedRandomSampler(
                                            data.train.plans.size(), static_cast<std::size_t>(options.group.size()),
                                            static_cast<std::size_t>(options.group.rank())),
                                        boxfeed::DataLoaderOptions(batch_of_rank(options))
                                            .workers(options.workers)
                                            .seed(options.seed)
                                            .device(options.device.where))),
      network_(make_network(description, options, backbone_weights)),
      average_(make_network(description, options, backbone_weights)),
      optimizer_(network_->parameter_groups(options.lr, options.backbone_lr, options.weight_decay)),
      gradients_(options.group, network_->parameters()) {
  torch::set_num_threads(options.threads);
  if (options.sync_norm && options.group.size() > 1) {
    network_->synchronize_norms([group = options.group](const torch::Tensor& values) { group.sum(values); });
  }
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
}

void Trainer::share() {
  const auto data = state_.data;
  share_training(options_.group, {*network_, *average_, optimizer_}, state_);
  if (state_.data != data) {
    throw boxfeed::Error(boxfeed::Reason::kDatasetChanged,
                         "rank " + std::to_string(options_.group.rank()) + " has other images or labels than rank 0");
  }
  seconds_before_ = agreed_.seconds = state_.seconds;
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
    const auto examples = examples_of_step();
    const double loss = step(batch);
    ++state_.step;
    state_.seen += examples;
    state_.loss_sum += loss * static_cast<double>(examples);
    state_.loader = state_.seen == images() ? std::string() : loader_->state();
    report_step(loss);
    if (agreed_.stop) throw Stopped();
    if (options_.minutes > 0 && progress() >= 1) return;
    if (seconds_since(saved_) > 60 * options_.save_minutes) save();
  }
}

double Trainer::step(const Batch& batch) {
  const double share = learning_rate_share(progress());
  for (std::size_t i = 0; i < rates_.size(); ++i) optimizer_.param_groups()[i].options().set_lr(share * rates_[i]);
  state_.rate = share * options_.lr;

  gradients_.begin();
  optimizer_.zero_grad();
  const auto examples = examples_of_step(), own = options_.group.share_of(examples);  // the rest only fills a round
  const auto prediction = [&] {
    const Autocast mixed(options_.device);
    return network_(to_input(batch.data.narrow(0, 0, own), description_.preprocessing, options_.device));
  }();
  const auto losses = loss_of(prediction, truth_of(batch.target.narrow(0, 0, own), data_.target));
  const auto loss = losses.sum() / static_cast<double>(examples);  // whose sum over the ranks is the mean
  agree(loss.item<double>());
  if (!std::isfinite(agreed_.loss)) fail("loss", losses);
  loss.backward();
  gradients_.finish();
  const double length = torch::nn::utils::clip_grad_norm_(network_->parameters(), options_.clip);
  if (!std::isfinite(length)) fail("gradient", losses);
  optimizer_.step();
  update_average(*average_, *network_, options_.average, state_.step);
  return agreed_.loss;
}

void Trainer::agree(double loss) {
  const auto& group = options_.group;
  const auto sums =
      torch::tensor({loss, stop_requested() ? 1.0 : 0.0, group.is_main() ? seconds() : 0.0}, torch::kFloat64);
  group.sum(sums);
  agreed_ = {sums[0].item<double>(), sums[1].item<double>() > 0, sums[2].item<double>()};
}

void Trainer::finish_epoch() {
  const auto stats = loader_->stats();
  // In between, each rank has its own; those of rank 0 are saved.
  for (const auto& buffer : average_->buffers()) options_.group.broadcast(buffer);
  const auto evaluation = evaluate(average_, data_.validation, data_.target, description_.preprocessing,
                                   evaluation_options(options_, report_));
  state_.results.push_back({++state_.epoch, state_.rate, state_.loss_sum / static_cast<double>(state_.seen),
                            evaluation.loss, evaluation.metrics, stats.examples_per_second() * options_.group.size(),
                            stats.wait_share(), seconds_since(epoch_start_)});
  state_.seen = 0;
  state_.loss_sum = 0;
  agree(0);
  if (!options_.group.is_main()) return;
  report_.epoch(state_.step, options_.epochs, state_.results);
  if (best_of(state_.results) + 1 == state_.results.size()) {
    description_.metric = evaluation.metrics.front().text();
    description_.epoch = state_.epoch;
    save_model(folder_ / "best.safetensors", average_, description_);
  }
  save();
}

void Trainer::save() {
  if (!options_.group.is_main()) return;
  state_.seconds = seconds();
  save_training(folder_, {*network_, *average_, optimizer_}, state_);
  saved_ = Clock::now();
}

void Trainer::fail(const char* what, const torch::Tensor& losses) const {
  boxfeed::samplers::RandomSampler sampler(static_cast<std::size_t>(images()));
  sampler.set_seed(options_.seed);
  const auto order = sampler.order(static_cast<std::uint64_t>(state_.epoch));
  const auto finite = losses.isfinite().cpu();
  const auto& group = options_.group;
  const auto counts = torch::stack({finite.sum(), torch::tensor(finite.numel())});
  group.sum(counts);
  const bool some = counts[0].item<std::int64_t>() > 0 && !counts[0].equal(counts[1]);
  std::string own;
  for (std::int64_t i = 0; i < finite.size(0); ++i) {
    if (some && finite[i].item<bool>()) continue;
    const auto place = data_.train.dataset.table().place(
        order[static_cast<std::size_t>(state_.seen + i * group.size() + group.rank())]);
    own += "\n  " + place.annotation_path + ":" + std::to_string(place.line) + " " +
           std::string(data_.train.dataset.table().name(place.index));
  }
  std::string examples;
  for (const auto& of_rank : group.gather(own)) examples += of_rank;
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
  return options_.minutes > 0 ? std::max(steps, agreed_.seconds / (60 * options_.minutes)) : steps;
}

double Trainer::seconds() const { return seconds_before_ + seconds_since(start_); }

std::int64_t Trainer::images() const { return static_cast<std::int64_t>(data_.train.dataset.table().size()); }

std::int64_t Trainer::examples_of_step() const { return std::min(options_.batch, images() - state_.seen); }

void Trainer::report_step(double loss) {
  const double done = progress();
  const auto stats = loader_->stats();
  report_.step({state_.epoch + 1, options_.epochs, state_.step, static_cast<std::size_t>(state_.seen),
                static_cast<std::size_t>(images()), loss, state_.loss_sum / static_cast<double>(state_.seen),
                state_.rate, seconds() * (1 - done) / std::max(done, 1e-9),
                stats.examples_per_second() * options_.group.size(), stats.wait_share()});
}

}  // namespace localization
