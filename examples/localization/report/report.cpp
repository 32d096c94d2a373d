#include "report/report.h"

#include <boxfeed/core/file.h>
#include <boxfeed/visual/draw_curves.h>
#include <boxfeed/visual/make_grid.h>
#include <boxfeed/visual/write_png.h>

#include <cstdio>
#include <nlohmann/json.hpp>

namespace localization {
namespace {

/// One value of all epochs as a curve.
boxfeed::Curve curve(const std::vector<EpochResult>& results, const char* name, boxfeed::Color color,
                     double EpochResult::*value) {
  boxfeed::Curve curve{name, color, {}};
  for (const auto& result : results) curve.points.push_back({static_cast<double>(result.epoch), result.*value});
  return curve;
}

}  // namespace

std::string line_of(const EpochResult& result, std::int64_t epochs) {
  char text[160];
  std::snprintf(text, sizeof text, "epoch %2lld/%lld  loss %.4f  val loss %.4f  IoU %.3f  IoU>=0.5 %5.1f %%  %.1f s",
                static_cast<long long>(result.epoch), static_cast<long long>(epochs), result.train_loss,
                result.val_loss, result.mean_iou, 100 * result.share_50, result.seconds);
  return text;
}

void write_results(const RunFolder& folder, const std::vector<EpochResult>& results) {
  std::string text = "epoch,learning_rate,train_loss,val_loss,mean_iou,share_iou_50,seconds\n";
  for (const auto& result : results) {
    char row[200];
    std::snprintf(row, sizeof row, "%lld,%.6g,%.6f,%.6f,%.6f,%.6f,%.3f\n", static_cast<long long>(result.epoch),
                  result.learning_rate, result.train_loss, result.val_loss, result.mean_iou, result.share_50,
                  result.seconds);
    text += row;
  }
  boxfeed::write_file(folder / "results.csv", text);
}

void write_summary(const RunFolder& folder, const Summary& summary) {
  const nlohmann::ordered_json json{{"best_iou", summary.best_iou},
                                    {"best_epoch", summary.best_epoch},
                                    {"epochs", summary.epochs},
                                    {"seconds", summary.seconds},
                                    {"images_per_second", summary.images_per_second},
                                    {"data_wait_share", summary.data_wait_share},
                                    {"train_images", summary.train_images},
                                    {"val_images", summary.val_images},
                                    {"parameters", summary.parameters}};
  boxfeed::write_file(folder / "summary.json", json.dump(2) + "\n");
}

void write_curves(const RunFolder& folder, const std::vector<EpochResult>& results) {
  constexpr boxfeed::Color kBlue{40, 90, 200}, kOrange{220, 120, 20}, kGreen{20, 140, 60}, kGray{130, 130, 130};
  const cv::Mat losses = boxfeed::draw_curves({curve(results, "training", kBlue, &EpochResult::train_loss),
                                               curve(results, "validation", kOrange, &EpochResult::val_loss)},
                                              boxfeed::CurveOptions().title("Loss").x_label("epoch"));
  const cv::Mat overlaps =
      boxfeed::draw_curves({curve(results, "mean IoU", kGreen, &EpochResult::mean_iou),
                            curve(results, "share with IoU >= 0.5", kGray, &EpochResult::share_50)},
                           boxfeed::CurveOptions().title("Validation boxes").x_label("epoch").y_range({{0, 1}}));
  boxfeed::write_png(folder / "curves.png", boxfeed::make_grid({losses, overlaps}, 2, 0, {255, 255, 255}));
}

}  // namespace localization
