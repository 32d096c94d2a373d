#include "annotations/csv_text.h"

#include <boxfeed/core/error.h>

#include <algorithm>
#include <limits>  // csv.h of 2016 forgets it
#include <optional>
#include <utility>

#include "core/text.h"

#define CSV_IO_NO_THREAD
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstringop-truncation"  // seen inside csv.h
#endif
#include <csv.h>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

namespace boxfeed {
namespace {

std::size_t line_of(std::string_view bytes, std::size_t at) {
  return 1 + static_cast<std::size_t>(std::count(bytes.data(), bytes.data() + at, '\n'));
}

/// The block's text, without a BOM; none where it is no text, which the sink is told.
std::optional<std::string_view> checked(const CsvBlock& block, CsvRowSink& sink) {
  const auto refuse = [&](std::size_t line, Reason reason, const std::string& text) {
    sink.bad_block(line, reason, text);
    return std::nullopt;
  };
  std::string_view bytes(block.bytes.data(), block.bytes.size());
  const auto nul = bytes.find('\0');
  if (block.is_first || nul != std::string_view::npos) {
    const std::string problem = encoding_problem(bytes);
    if (!problem.empty()) {
      return refuse(nul == std::string_view::npos ? 1 : line_of(bytes, nul), Reason::kEncoding, problem);
    }
  }
  if (block.is_first) bytes = without_mark(bytes);
  for (auto cr = bytes.find('\r'); cr != std::string_view::npos; cr = bytes.find('\r', cr + 1)) {
    if (bytes[cr + 1] != '\n') {  // a block ends with a newline
      return refuse(line_of(bytes, cr), Reason::kLineEndings,
                    "expected lines that end with LF or CR LF, got a CR alone: save the file with LF");
    }
  }
  static_assert(CsvBlocks::kMaxLine == 16777216);
  if (bytes.size() > CsvBlocks::kMaxLine && bytes.find('\n') >= CsvBlocks::kMaxLine) {
    return refuse(1, Reason::kLineTooLong, "expected a line of less than 16777216 bytes, got a longer one");
  }
  return bytes;
}

template <char separator>
bool is_blank(char c) {
  return c == ' ' || (separator != '\t' && c == '\t');
}

/// Without quotes in the block, a cell is what lies between two separators.
template <char separator>
struct PlainCells : io::no_quote_escape<separator> {
  static std::string_view trim(std::string_view cell) { return trimmed(cell, is_blank<separator>); }
  static std::optional<Reason> unquote(std::string_view&, char*, char*) { return std::nullopt; }
};

template <char separator>
struct QuotedCells : io::double_quote_escape<separator, '"'> {
  static std::string_view trim(std::string_view cell) { return trimmed(cell, is_blank<separator>); }

  /// Takes the quotes off a cell, in place.
  static std::optional<Reason> unquote(std::string_view& cell, char* begin, char* end) {
    if (cell.find('"') == std::string_view::npos) return std::nullopt;
    if (cell.size() < 2 || cell.front() != '"' || cell.back() != '"') return Reason::kQuoteGarbage;
    for (std::size_t i = 1; i + 1 < cell.size(); ++i) {
      if (cell[i] != '"') continue;
      if (i + 2 >= cell.size() || cell[i + 1] != '"') return Reason::kQuoteGarbage;
      ++i;
    }
    io::double_quote_escape<separator, '"'>::unescape(begin, end);
    cell = {begin, static_cast<std::size_t>(end - begin)};
    return std::nullopt;
  }
};

template <typename Cells>
class Splitter {
 public:
  explicit Splitter(CsvRowSink& sink) : sink_(sink) {}

  /// Splits the line, which ends with a NUL; false when the sink wants no more.
  bool split(char* line, std::size_t number) {
    std::size_t count = 0;
    char* at = line;
    try {
      for (;;) {
        char* const end = at + (Cells::find_next_column_end(at) - at);
        const bool is_last = *end == '\0';
        std::string_view cell = Cells::trim({at, static_cast<std::size_t>(end - at)});
        char* const begin = at + (cell.data() - at);
        if (const auto reason = Cells::unquote(cell, begin, begin + cell.size())) {
          sink_.bad_row(number, *reason,
                        "column " + std::to_string(count + 1) +
                            ": expected a quoted cell to end at its quote and quotes inside it to be doubled, got " +
                            quoted(std::string(cell)));
          return true;
        }
        if (count == cells_.size()) cells_.resize(2 * count + 16);
        cells_[count++] = cell;
        if (is_last) break;
        at = end + 1;
      }
    } catch (const io::error::escaped_string_not_closed&) {
      sink_.bad_row(
          number, Reason::kQuoteUnclosed,
          "column " + std::to_string(count + 1) + ": expected a closing quote in the same line, got " + quoted(at));
      return true;
    }
    if (count == 1 && cells_.front().empty()) return true;
    return sink_.row(number, {cells_.data(), count});
  }

 private:
  CsvRowSink& sink_;
  std::vector<std::string_view> cells_;  ///< of the line, and room for more
};

template <typename Cells>
std::size_t split_with(std::string_view bytes, CsvRowSink& sink) {
  Splitter<Cells> splitter(sink);
  std::string line;  // csv.h wants a NUL behind it, and unescapes in place
  std::size_t lines = 0;
  for (std::size_t begin = 0, end; begin < bytes.size(); begin = end + 1) {
    end = bytes.find('\n', begin);
    line.assign(bytes, begin, end - begin);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!splitter.split(line.data(), ++lines)) break;
  }
  return lines;
}

template <char separator>
std::size_t split_by(std::string_view bytes, CsvRowSink& sink) {
  const bool has_quotes = bytes.find('"') != std::string_view::npos;
  return has_quotes ? split_with<QuotedCells<separator>>(bytes, sink) : split_with<PlainCells<separator>>(bytes, sink);
}

}  // namespace

bool CsvBlocks::next(CsvBlock& block) {
  block.is_first = !std::exchange(started_, true);
  block.has_header = false;
  auto& bytes = block.bytes;
  bytes.assign(rest_.begin(), rest_.end());
  rest_.clear();
  std::size_t searched = 0;
  while (!ended_) {
    const std::size_t before = bytes.size();
    bytes.resize(before + block_bytes_);
    const std::size_t count = file_.read(bytes.data() + before, block_bytes_);
    bytes.resize(before + count);
    ended_ = count < block_bytes_;
    const std::string_view text(bytes.data(), bytes.size());
    const auto newline = text.substr(searched).rfind('\n');
    if (newline != std::string_view::npos && !ended_) {
      const auto end = bytes.begin() + static_cast<std::ptrdiff_t>(searched + newline + 1);
      rest_.assign(end, bytes.end());
      bytes.erase(end, bytes.end());
      return true;
    }
    searched = bytes.size();
    if (newline == std::string_view::npos && bytes.size() > kMaxLine) {
      ended_ = true;
      break;
    }
  }
  if (bytes.empty()) return false;
  if (bytes.back() != '\n') bytes.push_back('\n');
  return true;
}

std::size_t split_rows(const CsvBlock& block, char separator, CsvRowSink& sink) {
  const auto bytes = checked(block, sink);
  if (!bytes) return 0;
  switch (separator) {
    case ';': return split_by<';'>(*bytes, sink);
    case '\t': return split_by<'\t'>(*bytes, sink);
    default: return split_by<','>(*bytes, sink);
  }
}

}  // namespace boxfeed
