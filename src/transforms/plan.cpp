#include <boxfeed/transforms/plan.h>

#include <algorithm>
#include <cmath>

#include "transforms/checks.h"
#include "transforms/polygon.h"

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

ImageSize Plan::decode_size() const {
  if (visible.empty()) return {1, 1};
  const auto [across, down] = largest_scale(map, mapped(map.inverse(), visible));
  const auto scaled = [](std::int64_t side, double scale) {
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(static_cast<double>(side) * scale - 1e-6)), 1,
                                    side);
  };
  return {scaled(source.height, std::min(down, 1.0)), scaled(source.width, std::min(across, 1.0))};
}

std::vector<Box> Plan::to_original(const std::vector<Box>& in_output) const {
  const PlaneMap back = map.inverse();
  const auto w = static_cast<float>(source.width), h = static_cast<float>(source.height);
  std::vector<Box> out;
  out.reserve(in_output.size());
  for (const auto& box : in_output) {
    const Box b = back.apply(box);
    out.push_back({std::clamp(b.xmin, 0.0F, w), std::clamp(b.ymin, 0.0F, h), std::clamp(b.xmax, 0.0F, w),
                   std::clamp(b.ymax, 0.0F, h)});
  }
  return out;
}

std::vector<Keypoint> Plan::to_original(const std::vector<Keypoint>& in_output) const {
  const PlaneMap back = map.inverse();
  std::vector<Keypoint> out;
  out.reserve(in_output.size());
  for (const auto& point : in_output) out.push_back(back.apply(point));
  return out;
}

std::string Plan::explain() const {
  std::string text;
  for (const auto& transform : drawn) {
    text += transform.name;
    for (const auto& parameter : transform.parameters) {
      text += ' ' + parameter.name + '=';
      for (std::size_t i = 0; i < parameter.values.size(); ++i) {
        text += (i > 0 ? "," : "") + number_text(parameter.values[i]);
      }
    }
    text += '\n';
  }
  for (const auto& box : dropped) text += "box " + std::to_string(box.index) + " dropped: " + describe(box) + '\n';
  return text;
}

}  // namespace boxfeed::transforms
