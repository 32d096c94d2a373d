#pragma once

#include <boxfeed/core/image_size.h>
#include <boxfeed/transforms/field_visitor.h>

#include <cstdint>
#include <limits>
#include <string>

namespace boxfeed::transforms {

// Each throws `std::invalid_argument` that names the option, what was expected and what was found.

void check_probability(const char* option, double value);
void check_finite(const char* option, double value);
void check_at_least(const char* option, double value, double least);
/// Finite, low ≤ high, low ≥ least, high ≤ most.
void check_range(const char* option, Range range, double least, double most = std::numeric_limits<double>::infinity());
/// A whole number from `least` to `most`.
void check_count(const char* option, std::int64_t value, std::int64_t least, std::int64_t most);
void check_size(const char* option, ImageSize size);

/// Factors and ratios beyond it mean nothing for images of at most 32768 pixels a side.
constexpr double kLargestFactor = 1e4;

/// A number as it stands in messages: no more digits than needed.
std::string number_text(double value);

}  // namespace boxfeed::transforms
