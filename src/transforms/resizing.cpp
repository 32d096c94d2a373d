#include <boxfeed/transforms/resizing.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "transforms/checks.h"

namespace boxfeed::transforms {
namespace {

DrawnMap stretched(ImageSize from, ImageSize to) {
  to = {std::max<std::int64_t>(to.height, 1), std::max<std::int64_t>(to.width, 1)};
  return {resize_map(from, to), to, {{"size", {static_cast<double>(to.height), static_cast<double>(to.width)}}}};
}

}  // namespace

std::optional<DrawnMap> Resize::draw(const SampleGeometry& sample, Random&) const {
  if (size_.width > 0) return stretched(sample.size, size_);
  const auto [shorter, longer] = std::minmax(sample.size.height, sample.size.width);
  std::int64_t new_shorter = size_.height;
  std::int64_t new_longer = new_shorter * longer / shorter;
  if (max_size_ > 0 && new_longer > max_size_) {
    new_shorter = max_size_ * new_shorter / new_longer;
    new_longer = max_size_;
  }
  return stretched(sample.size, sample.size.height <= sample.size.width ? ImageSize{new_shorter, new_longer}
                                                                        : ImageSize{new_longer, new_shorter});
}
void Resize::check() const {
  check_size("Resize: size", {size_.height, size_.width == 0 ? 1 : size_.width});
  check_at_least("Resize: max_size", static_cast<double>(max_size_), 0);
  if (max_size_ > 0 && (size_.width > 0 || max_size_ <= size_.height)) {
    throw std::invalid_argument("Resize: max_size: expected more than the shorter side, and no longer side, got " +
                                std::to_string(max_size_));
  }
}
void Resize::fields(FieldVisitor& visitor) {
  visitor.field("size", size_);
  visitor.field("max_size", max_size_);
}

std::optional<DrawnMap> LetterBox::draw(const SampleGeometry& sample, Random&) const {
  const auto placement = center_ ? Placement::kCenter : Placement::kCorner;
  return DrawnMap{resize_map(sample.size, size_, ResizeMode::kLetterbox, placement), size_, {}};
}
void LetterBox::check() const { check_size("LetterBox: size", size_); }
void LetterBox::fields(FieldVisitor& visitor) {
  visitor.field("size", size_);
  visitor.field("center", center_);
}

std::optional<DrawnMap> CenterResizedCrop::draw(const SampleGeometry& sample, Random&) const {
  return DrawnMap{resize_map(sample.size, size_, ResizeMode::kCover), size_, {}};
}
void CenterResizedCrop::check() const { check_size("CenterResizedCrop: size", size_); }

std::optional<DrawnMap> ScaleJitter::draw(const SampleGeometry& sample, Random& random) const {
  const auto h = static_cast<double>(sample.size.height), w = static_cast<double>(sample.size.width);
  const double fits =
      std::min(static_cast<double>(target_size_.height) / h, static_cast<double>(target_size_.width) / w);
  const double scale = random.uniform(scale_range_.low, scale_range_.high) * fits;
  return stretched(sample.size, {static_cast<std::int64_t>(h * scale), static_cast<std::int64_t>(w * scale)});
}
void ScaleJitter::check() const {
  check_size("ScaleJitter: target_size", target_size_);
  check_range("ScaleJitter: scale_range", scale_range_, 1e-3, kLargestFactor);
}
void ScaleJitter::fields(FieldVisitor& visitor) {
  visitor.field("target_size", target_size_);
  visitor.field("scale_range", scale_range_);
}

Transform fit(ImageSize size, ResizeMode mode) {
  switch (mode) {
    case ResizeMode::kStretch: break;
    case ResizeMode::kLetterbox: return LetterBox(size);
    case ResizeMode::kCover: return CenterResizedCrop(size);
  }
  return Resize(size);
}

}  // namespace boxfeed::transforms
