#pragma once

#include <boxfeed/annotations/annotation_record.h>
#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/box_policy.h>
#include <boxfeed/data/dataset_options.h>
#include <boxfeed/transforms/plan.h>

#include <cstddef>
#include <string>
#include <vector>

namespace boxfeed {

/// The labels of a record as numbers, in the order of its file, as a plan leaves them and the hook makes them.
///
/// Thread safety: any number of threads.
class TargetWriter {
 public:
  /// A table whose format has no columns of its own (COCO, VOC, YOLO) is written as x, y, h, w. Throws:
  /// `AnnotationError` naming the first record that does not have the labels that its columns ask for, and, where
  /// `report` has it, why its box was left out.
  TargetWriter(const AnnotationTable& table, const DatasetOptions& options, const BoxReport& report = {});

  /// How many numbers there are.
  std::size_t size() const noexcept { return size_; }

  /// The boxes and keypoints are the plan's, everything else the record's; `path` serves the messages.
  /// Requires: the plan has as many boxes as the record. Throws: `ImageError` with `kHook` for what the hook threw, and
  /// where it made another number of numbers.
  std::vector<float> values(const AnnotationRecord& record, const transforms::Plan& plan,
                            const std::string& path) const;

 private:
  CsvLayout layout_;
  BoxUnits units_;
  TargetTransform transform_;
  std::size_t size_;
};

}  // namespace boxfeed
