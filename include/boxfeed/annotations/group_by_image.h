#pragma once

#include <boxfeed/annotations/annotation_table.h>

namespace boxfeed {

/// Joins the records of the same image, wherever they stand, into one at the place of the first, which keeps its line,
/// size, split and group. Records without boxes add nothing.
/// Throws: `Error` with `kSizeMismatch` where two records give the same image different sizes.
AnnotationTable group_by_image(const AnnotationTable& table);

}  // namespace boxfeed
