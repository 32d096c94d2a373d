#pragma once

#include <boxfeed/core/image_size.h>
#include <boxfeed/transforms/field_visitor.h>

#include <string>

namespace boxfeed {

// Each throws `std::invalid_argument` that names the option, what was expected and what was found.

void check_probability(const char* option, double value);
void check_finite(const char* option, double value);
void check_at_least(const char* option, double value, double least);
/// Finite, low ≤ high, low ≥ least.
void check_range(const char* option, Range range, double least);
void check_size(const char* option, ImageSize size);

/// A number as it stands in messages: no more digits than needed.
std::string number_text(double value);

}  // namespace boxfeed
