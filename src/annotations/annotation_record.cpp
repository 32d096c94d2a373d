#include <boxfeed/annotations/annotation_record.h>

#include "core/keep_marked.h"

namespace boxfeed {

void AnnotationRecord::keep_boxes(const std::vector<bool>& keep) {
  keep_marked(boxes, keep);
  keep_marked(class_ids, keep);
  keep_marked(flags, keep);
  keep_marked(areas, keep);
  keep_marked(box_lines, keep);
  keep_marked(keypoints, keep);
  keep_marked(numbers, keep);
}

void AnnotationRecord::clear() {
  name.clear();
  source.clear();
  line = 0;
  boxes.clear();
  class_ids.clear();
  flags.clear();
  areas.clear();
  box_lines.clear();
  keypoints.clear();
  numbers.clear();
  image_size.reset();
  image_id.reset();
  split.clear();
  group.clear();
}

}  // namespace boxfeed
