#pragma once

#include <boxfeed/annotations/annotation_record.h>
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

/// What is done about boxes and keypoints that are wrong in the files. (Boxes that transforms make too small are a
/// matter of `transforms::SanitizeBoundingBoxes`.)
class BoxPolicy {
 public:
  /// Whether boxes around crowds (`kCrowd`) are targets. They are no objects: left out and counted, whatever else is
  /// wrong with them. The table that was read keeps them, as metrics need them.
  BOXFEED_ARG(bool, crowds) = false;
  /// Whether objects that are hard to recognize (`kDifficult`) are targets.
  BOXFEED_ARG(bool, difficult) = true;
  /// xmax < xmin or ymax < ymin. Fixed by swapping.
  BOXFEED_ARG(BoxAction, inverted) = BoxAction::kThrow;
  /// Without width or height. Cannot be fixed.
  BOXFEED_ARG(BoxAction, degenerate) = BoxAction::kThrow;
  /// Partly outside of the image by more than the tolerance. Fixed by clipping. A box wholly outside is left out where
  /// this is not kThrow.
  BOXFEED_ARG(BoxAction, outside) = BoxAction::kThrow;
  /// A keypoint with a visibility above 0 that lies outside of the image by more than the tolerance. kFix moves it onto
  /// the edge, kSkip makes it a missing one, whose box stays.
  BOXFEED_ARG(BoxAction, keypoint_outside) = BoxAction::kThrow;
  /// Boxes and keypoints that are outside by no more than this, or by no more than 1e-6 of the image's side, are
  /// clipped without a word: such are the errors of rounding. Units: pixels.
  BOXFEED_ARG(float, tolerance) = 1e-3F;
  /// Whether images without a box stay, those too that have none left.
  BOXFEED_ARG(bool, keep_empty) = true;
};

/// What a policy did.
class BoxReport {
 public:
  static constexpr std::size_t kListed = 1000;

  /// The first `kListed` boxes and keypoints that were repaired or left out: why, in which file, line and image.
  const std::vector<AnnotationProblem>& boxes() const noexcept { return boxes_; }
  /// How many boxes, or for `kKeypointOutside` keypoints, were repaired or left out for this reason.
  std::size_t count(Reason reason, BoxAction action) const noexcept;
  std::size_t fixed() const noexcept { return count(BoxAction::kFix); }
  std::size_t skipped() const noexcept { return count(BoxAction::kSkip); }
  std::size_t dropped_images() const noexcept { return dropped_images_; }

  /// One line for people: "3 boxes repaired (outside 2, inverted 1), 1 box left out (degenerate 1), 2 keypoints left
  /// out"; empty when nothing was done.
  std::string summary() const;

  /// One more box to which `action` was done.
  void add(BoxAction action, AnnotationProblem box);
  void add_dropped_images(std::size_t count) noexcept { dropped_images_ += count; }
  /// All that another policy did.
  void add(const BoxReport& other);

 private:
  struct Count {
    Reason reason;
    BoxAction action;
    std::size_t count;
  };

  void add(const Count& more);
  std::size_t count(BoxAction action) const noexcept;

  std::vector<AnnotationProblem> boxes_;
  std::vector<Count> counts_;
  std::size_t dropped_images_ = 0;
};

/// A table after a policy, and what was done to it.
struct CheckedTable {
  AnnotationTable table;
  BoxReport report;
};

/// Applies the policy to every box and keypoint. A box that is left out takes its class, keypoints and numbers with it.
/// A table that needs no change is returned as it is.
///
/// The size of an image is taken from `sizes` (one for each record, height 0 where it is not known), else from the
/// table; without a size, what needs it is not checked. Throws: `AnnotationError` with the first refused box's reason
/// and line; its text lists up to 20 of them and their number. `std::invalid_argument` for kFix where nothing can be
/// fixed, negative limits and a wrong number of sizes.
CheckedTable apply_box_policy(const AnnotationTable& table, const BoxPolicy& policy = {},
                              const std::vector<ImageSize>& sizes = {});

/// The same for one record whose image has the size `image`, in the record's place. What is repaired or left out is
/// added to `report`. `keep_empty` does not count: the record stays, if without boxes.
/// Throws: `AnnotationError` at `place` with the first refused box's reason; its text lists up to 20 of them and their
/// number. `std::invalid_argument` for kFix where nothing can be fixed and negative limits.
void apply_box_policy(AnnotationRecord& record, const BoxPolicy& policy, const ExamplePlace& place, ImageSize image,
                      BoxReport& report);

}  // namespace boxfeed
