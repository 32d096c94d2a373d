#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/core/error.h>
#include <boxfeed/core/image_size.h>

#include <string>
#include <vector>

namespace boxfeed {

/// Why the columns of an annotation file may mean something else than they were taken for.
struct LayoutDoubt {
  Reason reason = Reason::kAmbiguous;
  /// How many boxes or records speak for it, and the line of the first.
  std::size_t count = 0;
  std::size_t line = 0;
  std::string text;
};

/// What the images say against the way in which a table was read: boxes that do not fit into their pictures but would
/// in another order of the columns (corners for sizes, w and h swapped, xmin, xmax, ymin, ymax), fractions that were
/// taken for pixels, sizes in the file that are not those of the images. Single boxes that are wrong are a matter of
/// `apply_box_policy`.
///
/// `sizes` has one size for each record, as its image's header gives it, height 0 where it is not known; without it the
/// table's own sizes are used. Throws: `std::invalid_argument` for a wrong number of sizes.
std::vector<LayoutDoubt> check_layout(const AnnotationTable& table, const std::vector<ImageSize>& sizes = {});

}  // namespace boxfeed
