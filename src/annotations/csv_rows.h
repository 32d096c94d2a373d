#pragma once

#include <boxfeed/annotations/csv.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "annotations/csv_text.h"
#include "annotations/problem_list.h"
#include "annotations/table_columns.h"

namespace boxfeed {

/// The rows of one block of a CSV as arrays. Lines, classes, splits and groups are numbered within the block.
struct CsvBlockRows {
  TableColumns columns;
  TextIndex classes;
  TextIndex splits;
  TextIndex groups;
  std::size_t lines = 0;
  ProblemList problems;
  /// What makes the whole file unreadable.
  std::optional<AnnotationProblem> failure;
  /// What the numbers of the boxes are like, to see fractions that were meant to be pixels.
  bool beyond_1 = false;
  bool between_0_and_1 = false;

  void clear();
};

/// Reads the rows of a CSV with a given layout. One object may be used by several threads.
class CsvRows {
 public:
  /// Of each block, the first `listed` problems are kept.
  CsvRows(const CsvLayout& layout, const CsvOptions& options, std::size_t listed = ProblemList::kListed);

  /// Fills `rows` with those of `block`, the header left out.
  void read(const CsvBlock& block, CsvBlockRows& rows) const;

 private:
  class Sink;

  CsvOptions options_;
  std::size_t listed_;
  CsvLayout layout_;
};

}  // namespace boxfeed
