#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/core/arg.h>
#include <boxfeed/core/error.h>
#include <boxfeed/core/image_size.h>

#include <cstddef>
#include <string>
#include <vector>

namespace boxfeed {

/// What is done about a box that cannot be used as it is.
enum class BoxAction {
  kThrow,  ///< refuse the table
  kFix,    ///< repair the box
  kSkip,   ///< leave the box out and keep the image
};

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

/// A box that was repaired or left out.
struct BoxChange {
  Reason reason = Reason::kDegenerate;
  BoxAction action = BoxAction::kSkip;
  std::size_t record = 0;  ///< in the table before
  std::size_t line = 0;
  std::string text;  ///< with the file, the line and the image
};

/// What a policy did.
class BoxReport {
 public:
  static constexpr std::size_t kListed = 1000;

  /// The first `kListed` boxes that were changed.
  const std::vector<BoxChange>& changes() const noexcept { return changes_; }
  /// How many boxes were repaired or left out for this reason.
  std::size_t count(Reason reason, BoxAction action) const noexcept;
  std::size_t fixed() const noexcept;
  std::size_t skipped() const noexcept;
  std::size_t dropped_images() const noexcept { return dropped_images_; }

  /// One line for people: "3 boxes repaired (outside 2, inverted 1), 1 left out (degenerate 1)"; empty when nothing was
  /// done.
  std::string summary() const;

 private:
  friend class BoxPolicyPass;
  struct Count {
    Reason reason;
    BoxAction action;
    std::size_t count;
  };

  std::vector<BoxChange> changes_;
  std::vector<Count> counts_;
  std::size_t dropped_images_ = 0;
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
/// table; without a size, what needs it is not checked. Throws: `CsvError` with the first refused box's reason and
/// line; its text lists up to 20 of them and their number. `std::invalid_argument` for kFix where nothing can be fixed,
/// negative limits and a wrong number of sizes.
CheckedTable apply_box_policy(const AnnotationTable& table, const BoxPolicy& policy = {},
                              const std::vector<ImageSize>& sizes = {});

}  // namespace boxfeed
