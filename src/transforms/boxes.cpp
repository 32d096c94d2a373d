#include <boxfeed/transforms/boxes.h>

#include <cmath>

#include "transforms/checks.h"
#include "transforms/plan_drawing.h"

namespace boxfeed::transforms {

std::string describe(const DroppedBox& dropped) {
  switch (dropped.reason) {
    case DropReason::kNotFinite: return "not finite";
    case DropReason::kOutside: return "outside of the image";
    case DropReason::kCenterOutside: return "its center is outside of the crop";
    case DropReason::kTooSmall:
      return "too small: " + number_text(dropped.box.height()) + " × " + number_text(dropped.box.width()) +
             " pixels (height × width)";
    case DropReason::kNotVisible:
      return "cut down to " + number_text(std::round(dropped.visible * 1000) / 10) + " % of its area";
    case DropReason::kCovered: return "covered by another image";
  }
  return {};
}

void ClampBoundingBoxes::draw_into(detail::PlanDrawing& drawing, Random&) const { drawing.clamp_boxes(); }

void SanitizeBoundingBoxes::fields(FieldVisitor& visitor) {
  visitor.field("min_size", min_size_, {0});
  visitor.field("min_area", min_area_, {0});
  visitor.field("min_visibility", min_visibility_, {0, 1});
}

std::optional<DropReason> SanitizeBoundingBoxes::drops(const Box& box, double visible) const {
  const double width = box.width(), height = box.height();
  if (!std::isfinite(width) || !std::isfinite(height)) return DropReason::kNotFinite;
  const bool small = width < min_size_ || height < min_size_ || width * height < min_area_;
  if (!small && visible >= min_visibility_) return std::nullopt;
  if (visible <= 0) return DropReason::kOutside;
  return small ? DropReason::kTooSmall : DropReason::kNotVisible;
}

}  // namespace boxfeed::transforms
