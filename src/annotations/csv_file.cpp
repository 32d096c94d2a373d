#include "annotations/csv_file.h"

#include <algorithm>
#include <utility>

#include "annotations/csv_columns.h"

namespace boxfeed {
namespace {

/// Keeps the first row of a block.
class FirstRow : public CsvRowSink {
 public:
  explicit FirstRow(CsvFirstRow& row, std::size_t lines_before) : row_(row), lines_before_(lines_before) {}

  bool row(std::size_t line, Span<std::string_view> cells) override {
    row_.line = lines_before_ + line;
    row_.cells.assign(cells.begin(), cells.end());
    return false;
  }
  void bad_row(std::size_t line, Reason reason, std::string text) override {
    throw AnnotationError(reason, row_.path, lines_before_ + line, text);
  }
  void bad_block(std::size_t line, Reason reason, std::string text) override { bad_row(line, reason, text); }

 private:
  CsvFirstRow& row_;
  std::size_t lines_before_;
};

}  // namespace

CsvFile::CsvFile(const std::string& path, const CsvOptions& options) : blocks_(path) {
  check_options(options);
  CsvFirstRow row{path, 0, {}};
  CsvBlock block;
  for (std::size_t lines = 0; row.line == 0 && blocks_.next(block);) {
    FirstRow sink(row, lines);
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
