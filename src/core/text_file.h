#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace boxfeed {

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
