#pragma once

#include <boxfeed/annotations/csv.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "annotations/csv_text.h"

namespace boxfeed {

/// The first row of a CSV that is not blank, and some that follow.
struct CsvFirstRow {
  std::string path;
  std::size_t line = 0;
  std::vector<std::string> cells;
  /// The rows of data at the beginning that have as many cells or more.
  std::vector<std::vector<std::string>> sample;

  /// Throws: `AnnotationError` about this row.
  [[noreturn]] void refuse(Reason reason, const std::string& text) const {
    throw AnnotationError(reason, path, line, text);
  }
};

/// A CSV whose columns are known.
class CsvFile {
 public:
  /// Throws: what `csv_layout` throws.
  CsvFile(const std::string& path, const CsvOptions& options);

  const CsvLayout& layout() const noexcept { return layout_; }
  std::uint64_t size() const noexcept { return blocks_.file_size(); }

  /// The next block, from the beginning of the file; false at the end.
  bool next(CsvBlock& block);

 private:
  CsvBlocks blocks_;
  std::vector<CsvBlock> ahead_;  ///< those that were read to see the first row, the last one first
  CsvLayout layout_;
};

}  // namespace boxfeed
