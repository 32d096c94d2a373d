#include "report/training_report.h"

#include <boxfeed/core/file.h>
#include <boxfeed/visual/write_png.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "data/formatted.h"

namespace localization {
namespace {

constexpr std::int64_t kStepsPerEvent = 20;

std::string file_text(const std::string& path) {
  std::vector<std::uint8_t> bytes;
  boxfeed::InputFile(path).read_all(bytes, std::uint64_t{1} << 30);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

void TrainingReport::begin(std::int64_t step, const std::vector<EpochResult>& results) {
  // From its first step on, a file replaces what others have: what was told of `step` stays.
  events_.emplace(folder_.path(), step > 0 ? step + 1 : 0);
  if (!results.empty()) metric_ = results.back().metrics.front().text();
}

void TrainingReport::step(const StepReport& step) {
  if (events_ && step.step % kStepsPerEvent == 0) {
    events_->scalar(step.step, "step/loss", step.loss);
    events_->scalar(step.step, "step/learning_rate", step.learning_rate);
  }
  std::vector<std::string> details{formatted("loss %.4f", step.mean_loss), clock_text(step.seconds_left) + " left",
                                   formatted("%.0f images/s", step.images_per_second),
                                   formatted("waiting %.0f %%", 100 * step.wait_share),
                                   formatted("rate %.1e", step.learning_rate)};
  if (!metric_.empty()) details.insert(details.begin() + 2, metric_);
  console_.progress(
      formatted("epoch %2lld/%lld", static_cast<long long>(step.epoch), static_cast<long long>(step.epochs)), step.seen,
      step.images, details);
}

void TrainingReport::epoch(std::int64_t step, std::int64_t epochs, const std::vector<EpochResult>& results) {
  const auto& result = results.back();
  const bool best = best_of(results) + 1 == results.size();
  const auto line = line_of(result, epochs) + (best ? "  *" : "");
  auto fields = json_of(result);
  fields["best"] = best;
  console_.say(best ? console_.bold(line) : line, "epoch", fields);
  write_results(folder_, results);
  metric_ = result.metrics.front().text();
  if (!events_) return;
  events_->scalar(step, "loss/train", result.train_loss);
  events_->scalar(step, "loss/validation", result.val_loss);
  for (const auto& metric : result.metrics) events_->scalar(step, "metric/" + metric.name, metric.value);
  events_->scalar(step, "speed/images_per_second", result.images_per_second);
  events_->scalar(step, "speed/wait_share", result.wait_share);
}

void TrainingReport::picture(std::int64_t step, const std::string& name, const cv::Mat& image) {
  const std::string path = folder_ / (name + ".png");
  boxfeed::write_png(path, image);
  if (events_) events_->image(step, name, file_text(path), {image.rows, image.cols});
}

}  // namespace localization
