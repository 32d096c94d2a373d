#pragma once

#include <boxfeed/annotations/csv.h>
#include <boxfeed/core/error.h>

#include <cstddef>
#include <string>
#include <vector>

namespace boxfeed {

/// The first row of a CSV that is not blank, and some that follow.
struct CsvFirstRow {
  std::string path;
  std::size_t line = 0;
  std::vector<std::string> cells = {};
  /// The rows of data at the beginning that have as many cells or more.
  std::vector<std::vector<std::string>> sample = {};

  /// Throws: `AnnotationError` about this row.
  [[noreturn]] void refuse(Reason reason, const std::string& text) const {
    throw AnnotationError(reason, path, line, text);
  }
};

/// Throws: `std::invalid_argument` for options that contradict each other or mean nothing.
void check_options(const CsvOptions& options);

/// What the columns are, as the options say and the first row tells.
/// Throws: `AnnotationError`; `std::invalid_argument` for options that do not fit a file without a header, or that give
/// a column two roles.
CsvLayout resolve_columns(const CsvFirstRow& row, const CsvOptions& options);

/// What the columns `free` of a CSV are, by their names in the header `row`, written into `layout`.
/// Throws: `AnnotationError`.
void guess_by_names(std::vector<std::size_t> free, const CsvFirstRow& row, CsvLayout& layout);

/// What the columns `free` of a CSV without a header are, by its first row. Throws: `AnnotationError`.
void guess_by_cells(std::vector<std::size_t> free, const CsvFirstRow& row, CsvLayout& layout);

}  // namespace boxfeed
