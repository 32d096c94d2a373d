#include <boxfeed/core/box.h>

#include <algorithm>

namespace boxfeed {

Box clipped(const Box& box, ImageSize size) {
  const auto width = static_cast<float>(size.width), height = static_cast<float>(size.height);
  return {std::clamp(box.xmin, 0.0F, width), std::clamp(box.ymin, 0.0F, height), std::clamp(box.xmax, 0.0F, width),
          std::clamp(box.ymax, 0.0F, height)};
}

Box box_from(BoxFormat format, const std::array<float, 4>& v) {
  switch (format) {
    case BoxFormat::kXYXY: return {v[0], v[1], v[2], v[3]};
    case BoxFormat::kXYWH: return {v[0], v[1], v[0] + v[2], v[1] + v[3]};
    case BoxFormat::kXYHW: return {v[0], v[1], v[0] + v[3], v[1] + v[2]};
    case BoxFormat::kCXCYWH: return {v[0] - v[2] / 2, v[1] - v[3] / 2, v[0] + v[2] / 2, v[1] + v[3] / 2};
  }
  return {};
}

std::array<float, 4> box_values(BoxFormat format, const Box& box) {
  switch (format) {
    case BoxFormat::kXYXY: return {box.xmin, box.ymin, box.xmax, box.ymax};
    case BoxFormat::kXYWH: return {box.xmin, box.ymin, box.width(), box.height()};
    case BoxFormat::kXYHW: return {box.xmin, box.ymin, box.height(), box.width()};
    case BoxFormat::kCXCYWH: return {(box.xmin + box.xmax) / 2, (box.ymin + box.ymax) / 2, box.width(), box.height()};
  }
  return {};
}

}  // namespace boxfeed
