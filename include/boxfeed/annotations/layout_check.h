#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/core/error.h>
#include <boxfeed/core/image_size.h>

#include <string>
#include <vector>

namespace boxfeed {

/// What the images say against the way in which a table was read: boxes that do not fit into their pictures but would
/// in another order of the columns (corners for sizes, w and h swapped, xmin, xmax, ymin, ymax), fractions that were
/// taken for pixels, sizes in the file that are not those of the images. Single boxes that are wrong are a matter of
/// `apply_box_policy`. Each problem counts the boxes or records that speak for it and has the line of the first.
///
/// `sizes` has one size for each record, as its image's header gives it, height 0 where it is not known; without it the
/// table's own sizes are used. Throws: `std::invalid_argument` for a wrong number of sizes.
std::vector<AnnotationProblem> check_layout(const AnnotationTable& table, const std::vector<ImageSize>& sizes = {});

}  // namespace boxfeed
