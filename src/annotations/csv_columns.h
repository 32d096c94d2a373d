#pragma once

#include <boxfeed/annotations/csv.h>

#include "annotations/csv_file.h"

namespace boxfeed {

/// Throws: `std::invalid_argument` for options that contradict each other or mean nothing.
void check_options(const CsvOptions& options);

/// What the columns are, as the options say and the first row tells.
/// Throws: `AnnotationError`; `std::invalid_argument` for options that do not fit a file without a header, or that give
/// a column two roles.
CsvLayout resolve_columns(const CsvFirstRow& row, const CsvOptions& options);

}  // namespace boxfeed
