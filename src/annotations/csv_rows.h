#pragma once

#include <boxfeed/annotations/csv.h>

#include <cstddef>
#include <optional>

#include "annotations/csv_text.h"
#include "annotations/problem_list.h"
#include "annotations/table_columns.h"

namespace boxfeed {

/// The rows of one block of a CSV as arrays. Lines and classes are numbered within the block.
struct CsvBlockRows {
  TableColumns columns;
  ProblemList problems;
  TextIndex classes = {};
  std::size_t lines = 0;
  /// What makes the whole file unreadable.
  std::optional<AnnotationProblem> failure = {};
  /// What the numbers of the boxes are like, to see fractions that were meant to be pixels.
  bool beyond_1 = false;
  bool between_0_and_1 = false;
};

/// Fills `rows` with those of `block`, the header left out. Of the problems, the first `listed` are kept.
void read_rows(const CsvBlock& block, const CsvLayout& layout, const CsvOptions& options, std::size_t listed,
               CsvBlockRows& rows);

}  // namespace boxfeed
