#pragma once

#include <boxfeed/annotations/csv_layout.h>

#include <cstddef>
#include <vector>

#include "annotations/csv_file.h"

namespace boxfeed {

/// What the columns `free` of a CSV are, by their names in the header `row`, written into `layout`.
/// Throws: `AnnotationError`.
void guess_by_names(const std::vector<std::size_t>& free, const CsvFirstRow& row, CsvLayout& layout);

/// What the columns `free` of a CSV without a header are, by its first row. Throws: `AnnotationError`.
void guess_by_cells(const std::vector<std::size_t>& free, const CsvFirstRow& row, CsvLayout& layout);

}  // namespace boxfeed
