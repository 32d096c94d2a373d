#include "annotations/csv_file.h"

#include <algorithm>
#include <utility>

#include "annotations/csv_columns.h"

namespace boxfeed {
namespace {

/// Keeps the first row, and what follows it in its block.
class FirstRows : public CsvRowSink {
 public:
  FirstRows(CsvFirstRow& first, bool has_header, std::size_t lines_before)
      : first_(first), has_header_(has_header), lines_before_(lines_before) {}

  bool row(std::size_t line, Span<std::string_view> cells) override {
    if (std::all_of(cells.begin(), cells.end(), [](std::string_view cell) { return cell.empty(); })) return true;
    const bool is_first = first_.line == 0;
    if (is_first) {
      first_.line = lines_before_ + line;
      first_.cells.assign(cells.begin(), cells.end());
    }
    if ((!is_first || !has_header_) && cells.size() >= first_.cells.size()) {
      first_.sample.emplace_back(cells.begin(), cells.end());
    }
    constexpr std::size_t kSample = 1000;
    return first_.sample.size() < kSample;
  }
  void bad_row(std::size_t line, Reason reason, std::string text) override {
    if (first_.line == 0) throw AnnotationError(reason, first_.path, lines_before_ + line, text);
  }
  void bad_block(std::size_t line, Reason reason, std::string text) override {
    throw AnnotationError(reason, first_.path, lines_before_ + line, text);
  }

 private:
  CsvFirstRow& first_;
  bool has_header_;
  std::size_t lines_before_;
};

}  // namespace

CsvFile::CsvFile(const std::string& path, const CsvOptions& options) : blocks_(path) {
  check_options(options);
  CsvFirstRow row{path, 0, {}, {}};
  CsvBlock block;
  for (std::size_t lines = 0; row.line == 0 && blocks_.next(block);) {
    FirstRows sink(row, options.header(), lines);
    lines += split_rows(block, options.separator(), sink);
    block.has_header = row.line > 0 && options.header();
    ahead_.push_back(std::move(block));
  }
  std::reverse(ahead_.begin(), ahead_.end());
  if (row.line > 0) {
    layout_ = resolve_columns(row, options);
  } else if (!options.allow_empty() || options.header()) {
    row.refuse(Reason::kEmptyFile,
               options.header() ? "expected a header and rows, got an empty file" : "expected rows, got an empty file");
  }
}

bool CsvFile::next(CsvBlock& block) {
  if (ahead_.empty()) return blocks_.next(block);
  block = std::move(ahead_.back());
  ahead_.pop_back();
  return true;
}

CsvLayout csv_layout(const std::string& path, const CsvOptions& options) { return CsvFile(path, options).layout(); }

}  // namespace boxfeed
