#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "report/run_folder.h"

namespace localization {

/// What is known after an epoch.
struct EpochResult {
  std::int64_t epoch = 0;  ///< counted from 1
  double learning_rate = 0;
  double train_loss = 0;
  double val_loss = 0;
  double mean_iou = 0;  ///< on the validation set, as the next
  double share_50 = 0;
  double seconds = 0;  ///< of this epoch, validation included
};

/// What is known after training.
struct Summary {
  double best_iou = 0;
  std::int64_t best_epoch = 0;
  std::int64_t epochs = 0;
  double seconds = 0;
  double images_per_second = 0;  ///< in training, validation not counted
  double data_wait_share = 0;    ///< the share of the time for training in which it waited for data
  std::int64_t train_images = 0;
  std::int64_t val_images = 0;
  std::int64_t parameters = 0;
};

/// One line for an epoch.
std::string line_of(const EpochResult& result, std::int64_t epochs);

/// Writes results.csv, a row an epoch.
void write_results(const RunFolder& folder, const std::vector<EpochResult>& results);

/// Writes summary.json.
void write_summary(const RunFolder& folder, const Summary& summary);

/// Writes curves.png: both losses, and IoU with the share of IoU >= 0.5.
void write_curves(const RunFolder& folder, const std::vector<EpochResult>& results);

}  // namespace localization
