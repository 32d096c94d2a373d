#include "report/results.h"

#include <boxfeed/core/file.h>
#include <boxfeed/visual/draw_curves.h>
#include <boxfeed/visual/make_grid.h>
#include <boxfeed/visual/write_png.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "data/formatted.h"
#include "data/labels.h"

namespace localization {
namespace {

using nlohmann::ordered_json;

/// One value of all epochs as a curve.
template <typename ValueOf>
boxfeed::Curve curve(const std::vector<EpochResult>& results, const std::string& name, boxfeed::Color color,
                     ValueOf value_of) {
  boxfeed::Curve curve{name, color, {}};
  for (const auto& result : results) curve.points.push_back({static_cast<double>(result.epoch), value_of(result)});
  return curve;
}

}  // namespace

ordered_json json_of(const EpochResult& result) {
  ordered_json metrics = ordered_json::array();
  for (const auto& metric : result.metrics) {
    metrics.push_back({{"name", metric.name},
                       {"label", metric.label},
                       {"value", metric.value},
                       {"higher_is_better", metric.higher_is_better}});
  }
  return {{"epoch", result.epoch},
          {"learning_rate", result.learning_rate},
          {"train_loss", result.train_loss},
          {"val_loss", result.val_loss},
          {"metrics", metrics},
          {"images_per_second", result.images_per_second},
          {"wait_share", result.wait_share},
          {"seconds", result.seconds}};
}

EpochResult epoch_result_of(const ordered_json& saved) {
  EpochResult result{saved.at("epoch"),
                     saved.at("learning_rate"),
                     saved.at("train_loss"),
                     saved.at("val_loss"),
                     {},
                     saved.at("images_per_second"),
                     saved.at("wait_share"),
                     saved.at("seconds")};
  for (const auto& metric : saved.at("metrics")) {
    result.metrics.push_back(
        {metric.at("name"), metric.at("label"), metric.at("value"), metric.at("higher_is_better")});
  }
  return result;
}

std::size_t best_of(const std::vector<EpochResult>& results) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < results.size(); ++i) {
    if (results[i].metrics.front().is_better_than(results[best].metrics.front().value)) best = i;
  }
  return best;
}

std::string line_of(const EpochResult& result, std::int64_t epochs) {
  constexpr std::size_t kShown = 4;
  std::string text = formatted("epoch %2lld/%lld  loss %.4f  val loss %.4f", static_cast<long long>(result.epoch),
                               static_cast<long long>(epochs), result.train_loss, result.val_loss);
  for (std::size_t i = 0; i < std::min(result.metrics.size(), kShown); ++i) text += "  " + result.metrics[i].text();
  return text + formatted("  %.1f s", result.seconds);
}

void write_results(const RunFolder& folder, const std::vector<EpochResult>& results) {
  std::string text = "epoch,learning_rate,train_loss,val_loss";
  if (!results.empty()) {
    for (const auto& metric : results.front().metrics) text += "," + csv_cell(metric.name);
  }
  text += ",images_per_second,wait_share,seconds\n";
  for (const auto& result : results) {
    text += formatted("%lld,%.6g,%.6f,%.6f", static_cast<long long>(result.epoch), result.learning_rate,
                      result.train_loss, result.val_loss);
    for (const auto& metric : result.metrics) text += formatted(",%.6g", metric.value);
    text += formatted(",%.1f,%.4f,%.3f\n", result.images_per_second, result.wait_share, result.seconds);
  }
  boxfeed::write_file(folder / "results.csv", text);
}

void write_curves(const RunFolder& folder, const std::vector<EpochResult>& results) {
  constexpr boxfeed::Color kBlue{40, 90, 200}, kOrange{220, 120, 20};
  constexpr boxfeed::Color kColors[] = {{20, 140, 60}, {130, 130, 130}, {170, 40, 160}, {20, 150, 170}};
  const cv::Mat losses =
      boxfeed::draw_curves({curve(results, "training", kBlue, [](const auto& result) { return result.train_loss; }),
                            curve(results, "validation", kOrange, [](const auto& result) { return result.val_loss; })},
                           boxfeed::CurveOptions().title("Loss").x_label("epoch"));
  std::vector<boxfeed::Curve> curves;
  for (std::size_t i = 0; i < results.front().metrics.size() && curves.size() < std::size(kColors); ++i) {
    const auto value = [i](const auto& result) { return result.metrics[i].value; };
    // In other units than shares of 1 a metric has no place in the picture.
    const bool share = std::all_of(results.begin(), results.end(),
                                   [&](const auto& result) { return value(result) >= 0 && value(result) <= 1; });
    if (share) curves.push_back(curve(results, results.front().metrics[i].label, kColors[curves.size()], value));
  }
  if (curves.empty()) {
    const auto value = [](const auto& result) { return result.metrics.front().value; };
    curves.push_back(curve(results, results.front().metrics.front().label, kColors[0], value));
  }
  const cv::Mat metrics = boxfeed::draw_curves(curves, boxfeed::CurveOptions().title("Validation").x_label("epoch"));
  boxfeed::write_png(folder / "curves.png", boxfeed::make_grid({losses, metrics}, 2, 0, {255, 255, 255}));
}

}  // namespace localization
