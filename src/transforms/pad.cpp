#include <boxfeed/transforms/pad.h>

#include "transforms/checks.h"

namespace boxfeed::transforms {
namespace {

DrawnMap padded(ImageSize size, std::int64_t left, std::int64_t top, std::int64_t right, std::int64_t bottom) {
  return {PlaneMap::translation(static_cast<double>(left), static_cast<double>(top)),
          {size.height + top + bottom, size.width + left + right},
          {{"padding",
            {static_cast<double>(left), static_cast<double>(top), static_cast<double>(right),
             static_cast<double>(bottom)}}}};
}

}  // namespace

std::optional<DrawnMap> Pad::draw(const SampleGeometry& sample, Random&) const {
  return padded(sample.size, left_, top_, right_, bottom_);
}
void Pad::check() const {
  check_at_least("Pad: left", static_cast<double>(left_), 0);
  check_at_least("Pad: top", static_cast<double>(top_), 0);
  check_at_least("Pad: right", static_cast<double>(right_), 0);
  check_at_least("Pad: bottom", static_cast<double>(bottom_), 0);
}
void Pad::fields(FieldVisitor& visitor) {
  visitor.field("left", left_);
  visitor.field("top", top_);
  visitor.field("right", right_);
  visitor.field("bottom", bottom_);
}

std::optional<DrawnMap> RandomZoomOut::draw(const SampleGeometry& sample, Random& random) const {
  if (!(double{random.uniform()} < p_)) return std::nullopt;
  const auto [height, width] = sample.size;
  const double factor = random.uniform(side_range_.low, side_range_.high);
  const auto canvas_h = static_cast<std::int64_t>(static_cast<double>(height) * factor);
  const auto canvas_w = static_cast<std::int64_t>(static_cast<double>(width) * factor);
  const auto left = static_cast<std::int64_t>(static_cast<double>(canvas_w - width) * random.uniform(0, 1));
  const auto top = static_cast<std::int64_t>(static_cast<double>(canvas_h - height) * random.uniform(0, 1));
  return padded(sample.size, left, top, canvas_w - width - left, canvas_h - height - top);
}
void RandomZoomOut::check() const {
  check_range("RandomZoomOut: side_range", side_range_, 1, kLargestFactor);
  check_probability("RandomZoomOut: p", p_);
}
void RandomZoomOut::fields(FieldVisitor& visitor) {
  visitor.field("side_range", side_range_);
  visitor.field("p", p_);
}

}  // namespace boxfeed::transforms
