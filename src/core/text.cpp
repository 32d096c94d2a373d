#include "core/text.h"

#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace boxfeed {
namespace {

bool starts_with(std::string_view text, std::string_view front) { return text.substr(0, front.size()) == front; }

}  // namespace

std::string decomposed(std::string_view text) {
  utf8proc_uint8_t* form = nullptr;
  const auto size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                   &form, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(form, &std::free);
  if (size < 0) return std::string(text);  // it is no UTF-8
  return {reinterpret_cast<const char*>(form), static_cast<std::size_t>(size)};
}

std::string encoding_problem(std::string_view bytes) {
  if (starts_with(bytes, "\xFF\xFE") || starts_with(bytes, "\xFE\xFF") ||
      starts_with(bytes, std::string_view("\0\0\xFE\xFF", 4))) {
    return "expected UTF-8, got UTF-16 or UTF-32: save the file as UTF-8";
  }
  if (bytes.find('\0') != std::string_view::npos) {
    return "expected UTF-8, got a byte 0, as in UTF-16 or in a damaged file: save the file as UTF-8";
  }
  return {};
}

std::string_view without_mark(std::string_view bytes) {
  return starts_with(bytes, "\xEF\xBB\xBF") ? bytes.substr(3) : bytes;
}

std::string read_text(const std::string& path, std::uint64_t max_bytes) {
  InputFile file(path);
  if (file.size() == 0) return {};
  std::vector<std::uint8_t> bytes;
  file.read_all(bytes, max_bytes);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::string problem = encoding_problem(text);
  if (!problem.empty()) throw Error(Reason::kEncoding, problem + " (" + quoted(path) + ")", path);
  return std::string(without_mark(text));
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    lines.push_back(line.substr(0, line.find_last_not_of(" \t\r") + 1));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace boxfeed
