#include <boxfeed/visual/draw_curves.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>

#include "visual/palette.h"

namespace boxfeed {
namespace {

using Points = std::vector<std::array<double, 2>>;

constexpr AxisRange kShares{0, 1};

/// What the options leave out.
CurveOptions with_defaults(CurveOptions options, const std::string& title, const std::string& x_label) {
  if (options.title().empty()) options.title(title);
  if (options.x_label().empty()) options.x_label(x_label);
  if (!options.y_range()) options.y_range(kShares);
  return options;
}

/// Steps down from the highest precision at recall 0 to none where recall ends.
Points steps(const PrecisionRecallCurve& curve) {
  Points points;
  double highest = 0;
  for (std::size_t i = curve.recall.size(); i-- > 0;) {
    if (points.empty()) points.push_back({curve.recall[i], 0});
    if (curve.precision[i] > highest) {
      points.push_back({curve.recall[i], highest});
      points.push_back({curve.recall[i], curve.precision[i]});
      highest = curve.precision[i];
    }
  }
  if (!points.empty()) points.push_back({0, highest});
  return points;
}

double f1(double precision, double recall) {
  return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
}

std::string two_digits(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

}  // namespace

cv::Mat draw_precision_recall(const std::vector<std::pair<std::string, PrecisionRecallCurve>>& curves,
                              const CurveOptions& options) {
  std::vector<Curve> drawn;
  drawn.reserve(curves.size());
  for (const auto& [name, curve] : curves) drawn.push_back({name, line_color(drawn.size()), steps(curve)});
  auto all = with_defaults(options, "Precision over recall", "recall");
  if (!all.x_range()) all.x_range(kShares);
  return draw_curves(drawn, all);
}

cv::Mat draw_confidence(const PrecisionRecallCurve& curve, const CurveOptions& options) {
  Points precision, recall, balance;
  for (std::size_t i = 0; i < curve.scores.size(); ++i) {
    precision.push_back({curve.scores[i], curve.precision[i]});
    recall.push_back({curve.scores[i], curve.recall[i]});
    balance.push_back({curve.scores[i], f1(curve.precision[i], curve.recall[i])});
  }
  const auto best = std::max_element(balance.begin(), balance.end(), [](auto a, auto b) { return a[1] < b[1]; });
  std::vector<Curve> curves{
      {"F1", line_color(0), balance}, {"precision", line_color(1), precision}, {"recall", line_color(2), recall}};
  std::string label = "score";
  if (best != balance.end()) {
    label = "score; best F1 " + two_digits((*best)[1]) + " at " + two_digits((*best)[0]);
    curves.push_back({"", line_color(3), {{(*best)[0], 0}, {(*best)[0], 1}}});
  }
  auto all = with_defaults(options, "Precision, recall and F1 over the score", label);
  if (!all.x_range() && !curve.scores.empty()) {
    all.x_range(AxisRange{std::min(0.0, curve.scores.back()), std::max(1.0, curve.scores.front())});
  }
  return draw_curves(curves, all);
}

}  // namespace boxfeed
