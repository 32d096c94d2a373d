#include <boxfeed/transforms/sanitize.h>

#include <cmath>

#include "transforms/checks.h"

namespace boxfeed::transforms {

std::optional<DropReason> SanitizeBoundingBoxes::drops(const Box& box, double visible) const {
  const double width = box.width(), height = box.height();
  if (!std::isfinite(width) || !std::isfinite(height)) return DropReason::kNotFinite;
  const bool small = width < min_size_ || height < min_size_ || width * height < min_area_;
  if (!small && visible >= min_visibility_) return std::nullopt;
  if (visible <= 0) return DropReason::kOutside;
  return small ? DropReason::kTooSmall : DropReason::kNotVisible;
}

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
