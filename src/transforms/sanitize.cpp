#include <boxfeed/transforms/sanitize.h>

#include "transforms/checks.h"

namespace boxfeed::transforms {

BoxRule ClampBoundingBoxes::rule() const {
  BoxRule rule;
  rule.clamp = true;
  return rule;
}

BoxRule SanitizeBoundingBoxes::rule() const { return {false, true, min_size_, min_area_, min_visibility_}; }

void SanitizeBoundingBoxes::check() const {
  check_at_least("SanitizeBoundingBoxes: min_size", min_size_, 0);
  check_at_least("SanitizeBoundingBoxes: min_area", min_area_, 0);
  check_probability("SanitizeBoundingBoxes: min_visibility", min_visibility_);
}

void SanitizeBoundingBoxes::fields(FieldVisitor& visitor) {
  visitor.field("min_size", min_size_);
  visitor.field("min_area", min_area_);
  visitor.field("min_visibility", min_visibility_);
}

}  // namespace boxfeed::transforms
