#pragma once

#include <boxfeed/annotations/annotation_record.h>
#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/box_report.h>
#include <boxfeed/core/arg.h>
#include <boxfeed/core/error.h>
#include <boxfeed/core/image_size.h>

#include <vector>

namespace boxfeed {

/// What is done about boxes that are wrong in the files. (Boxes that transforms make too small are a matter of
/// `transforms::SanitizeBoundingBoxes`.)
class BoxPolicy {
 public:
  /// xmax < xmin or ymax < ymin. Fixed by swapping.
  BOXFEED_ARG(BoxAction, inverted) = BoxAction::kThrow;
  /// Without width or height. Cannot be fixed.
  BOXFEED_ARG(BoxAction, degenerate) = BoxAction::kThrow;
  /// Partly outside of the image by more than the tolerance. Fixed by clipping. A box wholly outside is left out where
  /// this is not kThrow.
  BOXFEED_ARG(BoxAction, outside) = BoxAction::kThrow;
  /// Boxes that are outside by no more than this, or by no more than 1e-6 of the image's side, are clipped without a
  /// word: such are the errors of rounding. Units: pixels.
  BOXFEED_ARG(float, tolerance) = 1e-3F;
  /// Whether images without a box stay, those too that have none left.
  BOXFEED_ARG(bool, keep_empty) = true;
};

/// A table after a policy, and what was done to it.
struct CheckedTable {
  AnnotationTable table;
  BoxReport report;
};

/// Applies the policy to every box. A box that is left out takes its class, keypoints and numbers with it. A table that
/// needs no change is returned as it is.
///
/// The size of an image is taken from `sizes` (one for each record, height 0 where it is not known), else from the
/// table; without a size, what needs it is not checked. Throws: `AnnotationError` with the first refused box's reason
/// and line; its text lists up to 20 of them and their number. `std::invalid_argument` for kFix where nothing can be
/// fixed, negative limits and a wrong number of sizes.
CheckedTable apply_box_policy(const AnnotationTable& table, const BoxPolicy& policy = {},
                              const std::vector<ImageSize>& sizes = {});

/// The same for one record whose image has the size `image`, in the record's place. What is repaired or left out is
/// added to `report`, as box of record `place.index`. `keep_empty` does not count: the record stays, if without boxes.
/// Throws: `AnnotationError` at `place` with the first refused box's reason; its text lists up to 20 of them and their
/// number. `std::invalid_argument` for kFix where nothing can be fixed and negative limits.
void apply_box_policy(AnnotationRecord& record, const BoxPolicy& policy, const ExamplePlace& place, ImageSize image,
                      BoxReport& report);

}  // namespace boxfeed
