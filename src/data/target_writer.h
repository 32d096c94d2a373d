#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/core/image_size.h>
#include <boxfeed/core/plane_map.h>

#include <cstddef>
#include <vector>

namespace boxfeed {

/// Writes the labels of a record, in the order of its file, as they are after its image went through a map.
class TargetWriter {
 public:
  /// `units` are those of the boxes and keypoints that are written. A table whose format has no columns of its own
  /// (COCO, VOC, YOLO) is written as x, y, h, w. Throws: `CsvError` naming the first record that does not have the
  /// labels that its columns ask for.
  TargetWriter(const AnnotationTable& table, BoxUnits units);

  /// How many numbers are written.
  std::size_t size() const noexcept { return layout_.columns.size(); }

  /// `to_output` takes the pixels of the original image, of size `original`, to those of the output, of size `output`.
  void write(const AnnotationTable& table, std::size_t i, ImageSize original, const PlaneMap& to_output,
             ImageSize output, std::vector<float>& target) const;

 private:
  LabelLayout layout_;
  BoxUnits source_units_;
  BoxUnits units_;
};

}  // namespace boxfeed
