#pragma once

#include <string>
#include <vector>

namespace localization {

/// One figure of how good predictions are.
struct Metric {
  std::string name;   ///< in files: "mean_iou"
  std::string label;  ///< for people: "IoU"
  double value = 0;
  bool higher_is_better = true;

  /// "IoU 0.873"; "no IoU" for NaN.
  std::string text() const;
  bool is_better_than(double other) const { return higher_is_better ? value > other : value < other; }
};

/// "IoU 0.873, IoU>=0.5 0.983".
std::string text_of(const std::vector<Metric>& metrics);

}  // namespace localization
