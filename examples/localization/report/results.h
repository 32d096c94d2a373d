#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "report/run_folder.h"
#include "training/metric.h"

namespace localization {

/// What is known after an epoch.
struct EpochResult {
  std::int64_t epoch = 0;  ///< counted from 1
  double learning_rate = 0;
  double train_loss = 0;
  double val_loss = 0;
  std::vector<Metric> metrics;   ///< on the validation set; the first is the one to judge by
  double images_per_second = 0;  ///< in training, validation not counted
  double wait_share = 0;         ///< the share of the time for training in which it waited for data
  double seconds = 0;            ///< of this epoch, validation included
};

nlohmann::ordered_json json_of(const EpochResult& result);
/// Throws: `nlohmann::json::exception` for what `json_of` does not write.
EpochResult epoch_result_of(const nlohmann::ordered_json& saved);

/// The position of the best epoch by the first metric, the first of equal ones. Requires: an epoch.
std::size_t best_of(const std::vector<EpochResult>& results);

/// One line for an epoch: "epoch  3/24  loss 0.1312  val loss 0.2210  IoU 0.873  IoU>=0.5 0.983  4.3 s".
std::string line_of(const EpochResult& result, std::int64_t epochs);

/// Writes results.csv, a row an epoch.
void write_results(const RunFolder& folder, const std::vector<EpochResult>& results);

/// Writes curves.png: both losses, and the metrics that are shares.
void write_curves(const RunFolder& folder, const std::vector<EpochResult>& results);

}  // namespace localization
