#pragma once

#include <cstddef>
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

/// `text` without blanks, tabs and ends of lines behind it.
inline std::string_view trimmed_end(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

/// "1 image", "2 images".
inline std::string counted(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

}  // namespace boxfeed
