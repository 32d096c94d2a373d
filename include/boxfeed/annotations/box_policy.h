#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/box_report.h>
#include <boxfeed/core/arg.h>
#include <boxfeed/core/image_size.h>

#include <vector>

namespace boxfeed {

/// What is done about boxes that cannot be used as they are.
class BoxPolicy {
 public:
  /// xmax < xmin or ymax < ymin. Fixed by swapping.
  BOXFEED_ARG(BoxAction, inverted) = BoxAction::kThrow;
  /// Without width or height. Cannot be fixed.
  BOXFEED_ARG(BoxAction, degenerate) = BoxAction::kThrow;
  /// Partly outside of the image by more than the tolerance. Fixed by clipping. A box wholly outside is left out where
  /// this is not kThrow.
  BOXFEED_ARG(BoxAction, outside) = BoxAction::kThrow;
  /// Narrower or lower than `min_size`, or less visible than `min_visibility`, after clipping. Cannot be fixed.
  BOXFEED_ARG(BoxAction, tiny) = BoxAction::kSkip;
  /// Units: pixels.
  BOXFEED_ARG(float, min_size) = 1;
  /// The least share of a box's area that must lie within the image.
  BOXFEED_ARG(float, min_visibility) = 0;
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

}  // namespace boxfeed
