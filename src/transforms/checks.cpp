#include "transforms/checks.h"

#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace boxfeed::transforms {
namespace {

/// " from 0 to 1", " of at least 0", " of at most 1", or nothing.
std::string limits_text(Limits limits) {
  const bool low = std::isfinite(limits.least), high = std::isfinite(limits.most);
  if (low && high) return " from " + number_text(limits.least) + " to " + number_text(limits.most);
  if (low) return " of at least " + number_text(limits.least);
  return high ? " of at most " + number_text(limits.most) : "";
}

bool within(double value, Limits limits) {
  return std::isfinite(value) && value >= limits.least && value <= limits.most;
}

void check(const std::string&, bool, Limits) {}
void check(const std::string& option, std::int64_t value, Limits limits) {
  if (within(static_cast<double>(value), limits)) return;
  refuse(option, "a whole number" + limits_text(limits), std::to_string(value));
}
void check(const std::string& option, double value, Limits limits) { check_number(option, value, limits); }
void check(const std::string& option, const Range& value, Limits limits) {
  if (value.low <= value.high && within(value.low, limits) && within(value.high, limits)) return;
  refuse(option, "low ≤ high, both numbers" + limits_text(limits),
         number_text(value.low) + " to " + number_text(value.high));
}
void check(const std::string& option, const Point& value, Limits limits) {
  check_number(option, value.x, limits);
  check_number(option, value.y, limits);
}
void check(const std::string& option, const std::optional<Point>& value, Limits limits) {
  if (value) check(option, *value, limits);
}
void check(const std::string& option, ImageSize value, Limits) { check_size(option, value); }
template <typename Number>
void check(const std::string& option, const std::vector<Number>& values, Limits limits) {
  for (const Number value : values) check(option, value, limits);
}
void check(const std::string&, const std::vector<Transform>&, Limits) {}

}  // namespace

std::string number_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

void refuse(const std::string& option, const std::string& expected, const std::string& found) {
  throw std::invalid_argument(option + ": expected " + expected + ", got " + found);
}

void check_number(const std::string& option, double value, Limits limits) {
  if (!within(value, limits)) refuse(option, "a number" + limits_text(limits), number_text(value));
}

void check_size(const std::string& option, ImageSize size) {
  const auto fits = [](std::int64_t side) { return side >= 1 && side <= kLargestSide; };
  if (fits(size.height) && fits(size.width)) return;
  refuse(option, "sides from 1 to " + std::to_string(kLargestSide), to_string(size));
}

void FieldChecker::visit(const char* name, Field field, Limits limits) {
  std::visit([&, option = where_ + ": " + name](const auto* value) { check(option, *value, limits); }, field);
}

}  // namespace boxfeed::transforms
