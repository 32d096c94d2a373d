#include "core/number_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace boxfeed {
namespace {

constexpr std::array<float, 11> kPowersOfTen{1e0F, 1e1F, 1e2F, 1e3F, 1e4F, 1e5F, 1e6F, 1e7F, 1e8F, 1e9F, 1e10F};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Digits with at most one point, few enough that they and their power of ten are exact floats: one division, which
/// rounds once, gives the nearest float. Source: Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990.
bool parse_short(std::string_view text, float& value) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  const std::size_t size = text.size();
  if (size == 0 || size > 11) return false;
  std::uint64_t digits = 0;
  std::size_t point = size;
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint64_t digit = static_cast<unsigned char>(text[i]) - std::uint64_t{'0'};
    if (digit < 10) {
      digits = 10 * digits + digit;
    } else if (text[i] == '.' && point == size && size > 1) {
      point = i;
    } else {
      return false;
    }
  }
  if (digits > (1U << 24)) return false;
  const float magnitude = static_cast<float>(digits) / kPowersOfTen[size - std::min(point + 1, size)];
  value = negative ? -magnitude : magnitude;
  return true;
}

/// Whether a number that from_chars found out of range is too small rather than too large.
bool is_tiny(std::string_view text) {
  const auto exponent_at = std::min(text.find_first_of("eE"), text.size());
  const auto mantissa = text.substr(0, exponent_at);
  const auto point = std::min(mantissa.find('.'), mantissa.size());
  const auto first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos) return true;
  // The power of ten of the first digit that is not 0, without the exponent.
  const auto place =
      first < point ? static_cast<std::int64_t>(point - first) - 1 : -static_cast<std::int64_t>(first - point);
  auto exponent = text.substr(std::min(exponent_at + 1, text.size()));
  const bool negative = !exponent.empty() && exponent.front() == '-';
  if (!exponent.empty() && !is_digit(exponent.front())) exponent.remove_prefix(1);
  std::int64_t value = 0;
  for (const char c : exponent) value = std::min<std::int64_t>(10 * value + (c - '0'), 1'000'000'000'000);
  return place + (negative ? -value : value) < 0;
}

/// Not inlined, since the registers that it saves would be saved for a short number, too.
[[gnu::noinline]] std::optional<Reason> parse_any(std::string_view text, float& value) {
  if (text.empty()) return Reason::kEmptyCell;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec == std::errc::invalid_argument || result.ptr != end) return Reason::kBadNumber;
  if (result.ec == std::errc::result_out_of_range) {
    if (!is_tiny(text)) return Reason::kOutOfRange;
    value = 0;
    return std::nullopt;
  }
  if (!std::isfinite(value)) return Reason::kNonFinite;
  return std::nullopt;
}

}  // namespace

std::optional<Reason> parse_number(std::string_view text, float& value) {
  return parse_short(text, value) ? std::nullopt : parse_any(text, value);
}

std::string number_problem(Reason reason, std::string_view text) {
  const std::string got = quoted(std::string(text));
  switch (reason) {
    case Reason::kEmptyCell: return "expected a number, got an empty cell";
    case Reason::kNonFinite: return "expected a finite number, got " + got;
    case Reason::kOutOfRange: return "expected a number within the range of a float, got " + got;
    default: break;
  }
  const bool has_comma = text.find(',') != std::string_view::npos;
  return "expected a number, got " + got + (has_comma ? " (numbers are written with a decimal point)" : "");
}

bool is_number(std::string_view text) {
  float value = 0;
  return !parse_number(text, value);
}

std::string float_text(float value) {
  std::array<char, 32> text;
  const auto result = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), result.ptr};
}

std::string bytes_text(std::uint64_t bytes) {
  char text[32];
  const auto value = static_cast<double>(bytes);
  if (bytes >= 999'500'000) {
    std::snprintf(text, sizeof text, "%.1f GB", value / 1e9);
  } else if (bytes >= 1'000'000) {
    std::snprintf(text, sizeof text, "%.0f MB", value / 1e6);
  } else {
    std::snprintf(text, sizeof text, "%.0f kB", value / 1e3);
  }
  return text;
}

}  // namespace boxfeed
