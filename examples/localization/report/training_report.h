#pragma once

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <vector>

#include "report/console.h"
#include "report/event_file.h"
#include "report/results.h"
#include "report/run_folder.h"

namespace localization {

/// A step of a training, for those who watch.
struct StepReport {
  std::int64_t epoch = 0;  ///< counted from 1
  std::int64_t epochs = 0;
  std::int64_t step = 0;  ///< taken in all
  std::size_t seen = 0;   ///< examples of this epoch
  std::size_t images = 0;
  double loss = 0;       ///< of this step
  double mean_loss = 0;  ///< of this epoch so far
  double learning_rate = 0;
  double seconds_left = 0;
  double images_per_second = 0;
  double wait_share = 0;  ///< of the time, for data
};

/// Tells of a training while it runs: on the console, in results.csv and to TensorBoard.
class TrainingReport {
 public:
  TrainingReport(Console& console, const RunFolder& folder) : console_(console), folder_(folder) {}

  /// Begins with the epochs that are known already, where a training goes on after `step`.
  void begin(std::int64_t step, const std::vector<EpochResult>& results);
  void step(const StepReport& step);
  void validating(std::size_t done, std::size_t total) { console_.progress("validating", done, total); }
  /// After each epoch, the last of `results`.
  void epoch(std::int64_t step, std::int64_t epochs, const std::vector<EpochResult>& results);
  /// Writes a picture into the run folder under this name, and shows it to TensorBoard.
  void picture(std::int64_t step, const std::string& name, const cv::Mat& image);

 private:
  Console& console_;
  const RunFolder& folder_;
  std::optional<EventFile> events_;
  std::string metric_;  ///< of the last epoch
};

}  // namespace localization
