#include "training/metric.h"

#include <cmath>

#include "data/formatted.h"

namespace localization {

std::string Metric::text() const {
  if (std::isnan(value)) return "no " + label;
  return label + (std::abs(value) < 10 ? formatted(" %.3f", value) : formatted(" %.4g", value));
}

std::string text_of(const std::vector<Metric>& metrics) {
  std::string text;
  for (const auto& metric : metrics) text += (text.empty() ? "" : ", ") + metric.text();
  return text;
}

}  // namespace localization
