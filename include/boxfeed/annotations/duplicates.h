#pragma once

#include <boxfeed/annotations/annotation_table.h>

#include <cstddef>
#include <vector>

namespace boxfeed {

/// A record that says the same as an earlier one.
struct Duplicate {
  std::size_t record = 0;
  std::size_t first = 0;  ///< the first that says it
};

/// The records whose image, boxes, classes, keypoints and numbers are exactly those of an earlier one, as a CSV has
/// them whose rows were written twice: for tables whose rows are not joined yet.
std::vector<Duplicate> find_duplicates(const AnnotationTable& table);

/// The table without the records that `find_duplicates` finds.
AnnotationTable without_duplicates(const AnnotationTable& table);

}  // namespace boxfeed
