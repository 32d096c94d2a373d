#pragma once

#include <string>
#include <string_view>

namespace boxfeed {

/// `text` with A to Z in lower case, whatever the locale.
inline std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return out;
}

/// `text` without those of its ends for which `is_blank(char)` is true.
template <typename IsBlank>
std::string_view trimmed(std::string_view text, IsBlank is_blank) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// `text` without blanks, tabs and ends of lines around it.
inline std::string_view trimmed(std::string_view text) {
  return trimmed(text, [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; });
}

}  // namespace boxfeed
