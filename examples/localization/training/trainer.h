#pragma once

#include <boxfeed/data/csv_dataset.h>
#include <boxfeed/loader/make_data_loader.h>
#include <torch/torch.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data/data_sets.h"
#include "distributed/gradient_sum.h"
#include "distributed/process_group.h"
#include "model/network.h"
#include "model/saved_model.h"
#include "report/run_folder.h"
#include "report/training_report.h"
#include "training/device.h"
#include "training/evaluation.h"
#include "training/training_state.h"

namespace localization {

/// How a network is trained.
struct TrainOptions {
  std::int64_t epochs = 48;
  std::int64_t batch = 16;     ///< of all processes together
  double lr = 4e-3;            ///< the highest; it rises in the first steps and then falls along a cosine
  double backbone_lr = 4e-3;   ///< the same for the backbone
  double weight_decay = 0.02;  ///< of AdamW, for weights of more than one dimension
  double clip = 5;             ///< the longest gradient
  double average = 0.99;       ///< decay of the weights' moving average, which is validated and saved
  std::int64_t patience = 0;   ///< epochs without a better one after which it ends; 0: never
  double minutes = 0;  ///< above 0: the training takes so long, whatever the number of epochs, but not more of them
  double save_minutes = 10;  ///< between two savings within an epoch
  std::size_t workers = 1;   ///< threads that load data beside the training
  int threads = 1;           ///< of LibTorch, for one operation
  std::uint64_t seed = 1;
  bool freeze = false;     ///< whether the backbone stays as it is
  bool sync_norm = false;  ///< batch normalization is over the batches of all processes
  Device device;
  ProcessGroup group = {};  ///< that train together; rank 0 alone reports and writes
};

/// One training: a network, what it learns from, and where it stands.
class Trainer {
 public:
  /// Throws: `CheckpointError` for backbone weights, if any, that cannot be used.
  Trainer(const DataSets& data, const ModelDescription& description, const TrainOptions& options,
          const RunFolder& folder, TrainingReport& report, const std::string& backbone_weights = {});

  Network network() const { return network_; }
  const TrainingState& state() const noexcept { return state_; }
  /// What the loader says about the speed of the last epoch; nothing where there was none.
  std::string verdict() const { return loader_->stats().batches > 0 ? loader_->verdict() : std::string(); }

  /// Goes on where the training in the folder was saved last. What should be known about it is put into `remarks`.
  /// Throws: `CheckpointError`.
  void resume(std::vector<std::string>& remarks);

  /// Makes all processes begin as rank 0 does. Throws: `boxfeed::Error` where one has other data.
  void share();

  /// Two batches of validation, so that a broken validation set fails now, and if `step`, one of training.
  void try_out(bool step);

  /// Trains on one set and validates on the other after each epoch, until all is done or the user wants it to stop;
  /// saves the best weights so far as best.safetensors, and all of its state.
  ///
  /// Returns whether all is done. Throws: `boxfeed::Error` for data that cannot be used, files that cannot be written,
  /// and a loss that is not finite, with the examples of the step; no such weights are saved.
  bool run();
  /// Whether nothing is left to be done.
  bool is_over() const;

 private:
  using Batch = torch::data::Example<>;
  /// What all processes agree upon, whatever each of them sees.
  struct Agreed {
    double loss = 0;     ///< the mean over the batch
    bool stop = false;   ///< one of them was asked to
    double seconds = 0;  ///< of training so far, by the clock of rank 0
  };

  void train_epoch();
  double step(const Batch& batch);
  void agree(double loss);
  void finish_epoch();
  void save();
  [[noreturn]] void fail(const char* what, const torch::Tensor& losses) const;
  double progress() const;
  double seconds() const;
  std::int64_t images() const;
  std::int64_t examples_of_step() const;
  void report_step(double loss);

  const DataSets& data_;
  ModelDescription description_;
  const TrainOptions options_;
  const RunFolder& folder_;
  TrainingReport& report_;
  boxfeed::DataLoaderPointer<> loader_;
  Network network_, average_;
  torch::optim::AdamW optimizer_;
  GradientSum gradients_;
  std::vector<double> rates_;  ///< the highest of each group of parameters
  TrainingState state_;
  Agreed agreed_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now(), saved_ = start_,
                                        epoch_start_ = start_;
  double seconds_before_ = 0;
};

}  // namespace localization
