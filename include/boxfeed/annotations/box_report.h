#pragma once

#include <boxfeed/annotations/annotation_problem.h>
#include <boxfeed/core/error.h>

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

/// A box that was repaired or left out.
struct BoxChange {
  BoxAction action = BoxAction::kSkip;
  std::size_t record = 0;  ///< in the table before
  AnnotationProblem problem;
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

  void add(BoxChange change);
  void add_dropped_images(std::size_t count) noexcept { dropped_images_ += count; }

 private:
  struct Count {
    Reason reason;
    BoxAction action;
    std::size_t count;
  };

  std::vector<BoxChange> changes_;
  std::vector<Count> counts_;
  std::size_t dropped_images_ = 0;
};

}  // namespace boxfeed
