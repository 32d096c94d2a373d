#include <boxfeed/transforms/geometry.h>

#include <algorithm>
#include <string>

#include "transforms/checks.h"
#include "transforms/draws.h"

namespace boxfeed::transforms {
namespace {

DrawnMap stretched(ImageSize from, ImageSize to) {
  to = {std::max<std::int64_t>(to.height, 1), std::max<std::int64_t>(to.width, 1)};
  return {resize_map(from, to), to, {{"size", {static_cast<double>(to.height), static_cast<double>(to.width)}}}};
}

DrawnMap padded(ImageSize size, std::int64_t left, std::int64_t top, std::int64_t right, std::int64_t bottom) {
  return {PlaneMap::translation(static_cast<double>(left), static_cast<double>(top)),
          {size.height + top + bottom, size.width + left + right},
          {{"padding",
            {static_cast<double>(left), static_cast<double>(top), static_cast<double>(right),
             static_cast<double>(bottom)}}}};
}

}  // namespace

std::optional<DrawnMap> RandomHorizontalFlip::draw(const SampleGeometry& sample, Random& random) const {
  if (!random.bernoulli(p_)) return std::nullopt;
  return DrawnMap{PlaneMap({-1, 0, static_cast<double>(sample.size.width), 0, 1, 0, 0, 0, 1}), sample.size, {}};
}

std::optional<DrawnMap> RandomVerticalFlip::draw(const SampleGeometry& sample, Random& random) const {
  if (!random.bernoulli(p_)) return std::nullopt;
  return DrawnMap{PlaneMap({1, 0, 0, 0, -1, static_cast<double>(sample.size.height), 0, 0, 1}), sample.size, {}};
}

void Resize::fields(FieldVisitor& visitor) {
  visitor.field("size", size_, {1, static_cast<double>(kLargestSide)});
  visitor.field("max_size", max_size_, {1, static_cast<double>(kLargestSide)});
}
void Resize::check() const {
  if (size_.size() != 1 && size_.size() != 2) {
    refuse("Resize: size", "height and width, or the shorter side", std::to_string(size_.size()) + " numbers");
  }
  if (max_size_ == kLargestSide || (size_.size() == 1 && max_size_ > size_[0])) return;
  refuse("Resize: max_size", "more than the shorter side, and no longer side", std::to_string(max_size_));
}
std::optional<DrawnMap> Resize::draw(const SampleGeometry& sample, Random&) const {
  if (size_.size() == 2) return stretched(sample.size, {size_[0], size_[1]});
  const auto [shorter, longer] = std::minmax(sample.size.height, sample.size.width);
  std::int64_t new_shorter = size_[0];
  std::int64_t new_longer = new_shorter * longer / shorter;
  if (new_longer > max_size_) {
    new_shorter = max_size_ * new_shorter / new_longer;
    new_longer = max_size_;
  }
  return stretched(sample.size, sample.size.height <= sample.size.width ? ImageSize{new_shorter, new_longer}
                                                                        : ImageSize{new_longer, new_shorter});
}

void LetterBox::fields(FieldVisitor& visitor) {
  visitor.field("size", size_);
  visitor.field("center", center_);
}
std::optional<DrawnMap> LetterBox::draw(const SampleGeometry& sample, Random&) const {
  const auto placement = center_ ? Placement::kCenter : Placement::kCorner;
  return DrawnMap{resize_map(sample.size, size_, ResizeMode::kLetterbox, placement), size_, {}};
}

std::optional<DrawnMap> CenterResizedCrop::draw(const SampleGeometry& sample, Random&) const {
  return DrawnMap{resize_map(sample.size, size_, ResizeMode::kCover), size_, {}};
}

Transform fit(ImageSize size, ResizeMode mode) {
  switch (mode) {
    case ResizeMode::kStretch: break;
    case ResizeMode::kLetterbox: return LetterBox(size);
    case ResizeMode::kCover: return CenterResizedCrop(size);
  }
  return Resize(size);
}

void ScaleJitter::fields(FieldVisitor& visitor) {
  visitor.field("target_size", target_size_);
  visitor.field("scale_range", scale_range_, {1e-3, kLargestFactor});
}
std::optional<DrawnMap> ScaleJitter::draw(const SampleGeometry& sample, Random& random) const {
  const auto h = static_cast<double>(sample.size.height), w = static_cast<double>(sample.size.width);
  const double fits =
      std::min(static_cast<double>(target_size_.height) / h, static_cast<double>(target_size_.width) / w);
  const double scale = drawn_from(scale_range_, random) * fits;
  return stretched(sample.size, {static_cast<std::int64_t>(h * scale), static_cast<std::int64_t>(w * scale)});
}

void Pad::fields(FieldVisitor& visitor) {
  const Limits limits{0, static_cast<double>(kLargestSide)};
  visitor.field("left", left_, limits);
  visitor.field("top", top_, limits);
  visitor.field("right", right_, limits);
  visitor.field("bottom", bottom_, limits);
}
std::optional<DrawnMap> Pad::draw(const SampleGeometry& sample, Random&) const {
  return padded(sample.size, left_, top_, right_, bottom_);
}

void RandomZoomOut::fields(FieldVisitor& visitor) {
  visitor.field("side_range", side_range_, {1, kLargestFactor});
  visitor.field("p", p_, {0, 1});
}
std::optional<DrawnMap> RandomZoomOut::draw(const SampleGeometry& sample, Random& random) const {
  if (!random.bernoulli(p_)) return std::nullopt;
  const auto [height, width] = sample.size;
  const double factor = drawn_from(side_range_, random);
  const auto canvas_h = static_cast<std::int64_t>(static_cast<double>(height) * factor);
  const auto canvas_w = static_cast<std::int64_t>(static_cast<double>(width) * factor);
  const auto left = static_cast<std::int64_t>(static_cast<double>(canvas_w - width) * random.uniform(0, 1));
  const auto top = static_cast<std::int64_t>(static_cast<double>(canvas_h - height) * random.uniform(0, 1));
  return padded(sample.size, left, top, canvas_w - width - left, canvas_h - height - top);
}

}  // namespace boxfeed::transforms
