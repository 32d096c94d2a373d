#pragma once

#include <boxfeed/core/error.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace boxfeed {

/// The float that is nearest to the decimal number `text`, whatever the locale; what is too small for a float is 0.
/// Returns the reason where there is none: `kEmptyCell`, `kBadNumber`, `kNonFinite`, `kOutOfRange`.
std::optional<Reason> parse_number(std::string_view text, float& value);

/// `expected a number, got "12px"` and the like, for a reason of `parse_number`.
std::string number_problem(Reason reason, std::string_view text);

/// Whether `parse_number` reads it.
bool is_number(std::string_view text);

/// The shortest text that `parse_number` reads as `value`.
std::string float_text(float value);

/// "1.2 GB", "40 MB" or "3 kB".
std::string bytes_text(std::uint64_t bytes);

}  // namespace boxfeed
