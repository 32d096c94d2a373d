#pragma once

#include <boxfeed/annotations/annotation_problem.h>
#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/csv_options.h>

#include <string>
#include <vector>

namespace boxfeed {

/// Reads a CSV of image names and labels; each row is a record. Cells may be quoted, but a cell cannot hold the end of
/// a line; blanks around a cell and blank lines do not count. Numbers are decimal with a point, whatever the locale,
/// and the nearest float to what is written. `csv_layout` says what the columns are.
///
/// Throws: `AnnotationError` with the first problem's reason and line; its text lists up to 20 problems and their
/// number. `Error` where the file cannot be read. `std::invalid_argument` for wrong options.
AnnotationTable read_csv(const std::string& path, const CsvOptions& options = {});

/// The same without the rows that cannot be used; all problems of these are put behind `problems`, in the order of
/// their lines. Throws: as above, but for problems of single rows.
AnnotationTable read_csv(const std::string& path, const CsvOptions& options, std::vector<AnnotationProblem>& problems);

}  // namespace boxfeed
