#include "core/text_file.h"

#include <boxfeed/core/error.h>
#include <boxfeed/core/file.h>

#include <algorithm>

#include "core/text.h"

namespace boxfeed {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";

bool starts_with(std::string_view text, std::string_view front) { return text.substr(0, front.size()) == front; }

}  // namespace

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
  return starts_with(bytes, kMark) ? bytes.substr(kMark.size()) : bytes;
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
    lines.push_back(trimmed_end(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace boxfeed
