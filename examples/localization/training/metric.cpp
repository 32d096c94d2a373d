#include "training/metric.h"

#include <cmath>
#include <cstdio>

namespace localization {

std::string Metric::text() const {
  if (std::isnan(value)) return "no " + label;
  char number[32];
  std::snprintf(number, sizeof number, std::abs(value) < 10 ? " %.3f" : " %.4g", value);
  return label + number;
}

std::string text_of(const std::vector<Metric>& metrics) {
  std::string text;
  for (const auto& metric : metrics) text += (text.empty() ? "" : ", ") + metric.text();
  return text;
}

}  // namespace localization
