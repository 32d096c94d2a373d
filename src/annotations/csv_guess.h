#pragma once

#include <boxfeed/annotations/csv_layout.h>

#include <cstddef>
#include <string>
#include <vector>

#include "annotations/csv_problem.h"

namespace boxfeed {

/// What the columns `free` of a CSV are, by their names, written into `layout`. Throws: `CsvProblem`.
void guess_by_names(const std::vector<std::size_t>& free, CsvLayout& layout);

/// What the columns `free` of a CSV without a header are, by its first row. Throws: `CsvProblem`.
void guess_by_cells(const std::vector<std::size_t>& free, const std::vector<std::string>& row, CsvLayout& layout);

}  // namespace boxfeed
