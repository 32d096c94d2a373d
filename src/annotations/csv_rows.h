#pragma once

#include <boxfeed/annotations/csv_layout.h>
#include <boxfeed/annotations/csv_options.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "annotations/csv_problem.h"
#include "annotations/csv_text.h"
#include "annotations/table_columns.h"

namespace boxfeed {

/// The rows of one block of a CSV as arrays. Lines, classes, splits and groups are numbered within the block.
struct CsvPart {
  TableColumns columns;
  TextIndex classes;
  TextIndex splits;
  TextIndex groups;
  std::size_t lines = 0;
  CsvProblems problems;
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

  /// Fills `part` with the rows of `block`, the header left out. Throws: `CsvProblem`, its line counted in the block.
  void read(const CsvBlock& block, CsvPart& part) const;

 private:
  class Sink;
  enum class Role { kIgnored, kImage, kBox, kClass, kKeypoint, kNumber, kWidth, kHeight, kSplit, kGroup, kFlag };
  struct Column {
    Role role = Role::kIgnored;
    std::size_t component = 0;
  };

  std::string column_name(std::size_t column) const;

  CsvOptions options_;
  std::size_t listed_;
  CsvLayout layout_;
  std::vector<Column> columns_;
};

}  // namespace boxfeed
