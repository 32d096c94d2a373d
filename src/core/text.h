#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

/// "1 image", "2 images".
inline std::string counted(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

/// The UTF-8 text `text` with every letter that has a mark as the letter and the mark behind it (Unicode's form NFD),
/// as some systems write the names of files: "\xC3\x84" becomes "A\xCC\x88". What is not UTF-8 stays as it is.
std::string decomposed(std::string_view text);

/// The text of a file, without a byte order mark; an empty file is an empty text.
/// Throws: `Error` with `kEncoding` for UTF-16 and UTF-32; what `InputFile` throws.
std::string read_text(const std::string& path, std::uint64_t max_bytes);

/// What a text is refused for that is not UTF-8 by its first bytes; empty for others.
std::string encoding_problem(std::string_view bytes);

/// `bytes` without a byte order mark in front.
std::string_view without_mark(std::string_view bytes);

/// The lines of a text without the blanks at their ends.
std::vector<std::string_view> lines_of(std::string_view text);

}  // namespace boxfeed
