#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/transforms/plan.h>

#include <cstddef>
#include <vector>

namespace boxfeed {

/// Writes the labels of a record, in the order of its file, as a plan leaves them.
class TargetWriter {
 public:
  /// `units` are those of the boxes and keypoints that are written. A table whose format has no columns of its own
  /// (COCO, VOC, YOLO) is written as x, y, h, w. Throws: `AnnotationError` naming the first record that does not have
  /// the labels that its columns ask for.
  TargetWriter(const AnnotationTable& table, BoxUnits units);

  /// How many numbers are written.
  std::size_t size() const noexcept { return layout_.columns.size(); }

  /// The boxes and keypoints are the plan's, everything else the record's.
  /// Requires: the plan has as many boxes as the record.
  void write(const AnnotationTable& table, std::size_t i, const transforms::Plan& plan,
             std::vector<float>& target) const;

 private:
  LabelLayout layout_;
  BoxUnits units_;
};

}  // namespace boxfeed
