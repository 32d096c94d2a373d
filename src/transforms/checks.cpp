#include "transforms/checks.h"

#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace boxfeed::transforms {
namespace {

[[noreturn]] void refuse(const char* option, const std::string& expected, const std::string& found) {
  throw std::invalid_argument(std::string(option) + ": expected " + expected + ", got " + found);
}

}  // namespace

std::string number_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

void check_probability(const char* option, double value) {
  if (!(value >= 0 && value <= 1)) refuse(option, "a probability from 0 to 1", number_text(value));
}

void check_finite(const char* option, double value) {
  if (!std::isfinite(value)) refuse(option, "a finite number", number_text(value));
}

void check_at_least(const char* option, double value, double least) {
  if (!(value >= least) || !std::isfinite(value)) {
    refuse(option, "a number of at least " + number_text(least), number_text(value));
  }
}

void check_range(const char* option, Range range, double least, double most) {
  const bool finite = std::isfinite(range.low) && std::isfinite(range.high);
  if (finite && range.low <= range.high && range.low >= least && range.high <= most) return;
  refuse(option,
         "low ≤ high" + (std::isfinite(least) ? ", both at least " + number_text(least) : std::string()) +
             (std::isfinite(most) ? ", both at most " + number_text(most) : std::string()),
         number_text(range.low) + " to " + number_text(range.high));
}

void check_count(const char* option, std::int64_t value, std::int64_t least, std::int64_t most) {
  if (value >= least && value <= most) return;
  refuse(option, std::to_string(least) + " to " + std::to_string(most), std::to_string(value));
}

void check_size(const char* option, ImageSize size) {
  if (size.height < 1 || size.width < 1 || size.height > 32768 || size.width > 32768) {
    refuse(option, "sides from 1 to 32768", std::to_string(size.height) + " × " + std::to_string(size.width));
  }
}

}  // namespace boxfeed::transforms
