#pragma once

#include <boxfeed/annotations/annotation_table.h>

#include <cstddef>
#include <optional>

namespace boxfeed {

/// Joins the records of the same image, wherever they stand, into one at the place of the first, which keeps its line,
/// size, split and group. Records without boxes add nothing.
/// Throws: `Error` with `kSizeMismatch` where two records give the same image different sizes.
AnnotationTable group_by_image(const AnnotationTable& table);

/// Two records of one image.
struct RepeatedImage {
  std::size_t first = 0;
  std::size_t second = 0;
};

/// The first record whose image an earlier one has, too, and that one. An example is one image: a dataset refuses such
/// a table, which `group_by_image` makes one of a record an image. Complexity: a look at each name, and at most 16
/// bytes of memory for each record in passing.
std::optional<RepeatedImage> find_repeated_image(const AnnotationTable& table);

}  // namespace boxfeed
