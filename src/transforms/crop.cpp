#include <boxfeed/core/error.h>
#include <boxfeed/transforms/geometry.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "transforms/checks.h"
#include "transforms/draws.h"

namespace boxfeed::transforms {
namespace {

DrawnMap cropped(std::int64_t top, std::int64_t left, ImageSize size) {
  return {PlaneMap::translation(static_cast<double>(-left), static_cast<double>(-top)),
          size,
          {{"top", {static_cast<double>(top)}},
           {"left", {static_cast<double>(left)}},
           {"size", {static_cast<double>(size.height), static_cast<double>(size.width)}}}};
}

std::int64_t whole(double value) { return static_cast<std::int64_t>(value); }

/// Half of `n` to the nearest whole number, a half to the even one.
std::int64_t half_to_even(std::int64_t n) {
  return static_cast<std::int64_t>(std::nearbyint(static_cast<double>(n) / 2));
}

std::int64_t any_of(std::int64_t count, Random& random) {
  return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(count)));
}

/// How much of a box and a crop is common to both, as a share of what they cover together.
double iou(const Box& box, double left, double top, double right, double bottom) {
  const double w = std::min<double>(box.xmax, right) - std::max<double>(box.xmin, left);
  const double h = std::min<double>(box.ymax, bottom) - std::max<double>(box.ymin, top);
  const double common = std::max(w, 0.0) * std::max(h, 0.0);
  const double all = double{box.width()} * double{box.height()} + (right - left) * (bottom - top) - common;
  return all > 0 ? common / all : 0;
}

}  // namespace

std::optional<DrawnMap> CenterCrop::draw(const SampleGeometry& sample, Random&) const {
  // An image that is too small is padded, one pixel more at the far side where the difference is odd.
  const auto start = [](std::int64_t side, std::int64_t crop) {
    return side < crop ? -((crop - side) / 2) : half_to_even(side - crop);
  };
  return cropped(start(sample.size.height, size_.height), start(sample.size.width, size_.width), size_);
}

void RandomCrop::fields(FieldVisitor& visitor) {
  visitor.field("size", size_);
  visitor.field("padding", padding_, {0, static_cast<double>(kLargestSide)});
  visitor.field("pad_if_needed", pad_if_needed_);
}
std::optional<DrawnMap> RandomCrop::draw(const SampleGeometry& sample, Random& random) const {
  const auto start = [&](std::int64_t side, std::int64_t crop) {
    std::int64_t before = padding_, all = side + 2 * padding_;
    if (all < crop && pad_if_needed_) {
      before += crop - all;
      all += 2 * (crop - all);
    }
    if (all < crop) {
      throw Error(Reason::kTooSmall, "RandomCrop: expected sides of at least " + std::to_string(crop) + ", got " +
                                         std::to_string(all) + " (pad_if_needed pads)");
    }
    return any_of(all - crop + 1, random) - before;
  };
  const std::int64_t top = start(sample.size.height, size_.height);
  return cropped(top, start(sample.size.width, size_.width), size_);
}

void RandomResizedCrop::fields(FieldVisitor& visitor) {
  visitor.field("size", size_);
  visitor.field("scale", scale_, {1e-6, kLargestFactor});
  visitor.field("ratio", ratio_, {1e-6, kLargestFactor});
}
std::optional<DrawnMap> RandomResizedCrop::draw(const SampleGeometry& sample, Random& random) const {
  const std::int64_t height = sample.size.height, width = sample.size.width;
  const auto h = static_cast<double>(height), w = static_cast<double>(width);
  const auto part = [&]() -> DrawnMap {
    for (int trial = 0; trial < 10; ++trial) {
      const double target = h * w * drawn_from(scale_, random);
      const double ratio = drawn_ratio(ratio_, random);
      const std::int64_t pw = std::llround(std::sqrt(target * ratio)), ph = std::llround(std::sqrt(target / ratio));
      if (pw < 1 || ph < 1 || pw > width || ph > height) continue;
      const std::int64_t top = any_of(height - ph + 1, random);
      return cropped(top, any_of(width - pw + 1, random), {ph, pw});
    }
    // The largest part in the middle whose shape is allowed.
    std::int64_t pw = width, ph = height;
    if (w / h < ratio_.low) ph = std::clamp<std::int64_t>(std::llround(w / ratio_.low), 1, height);
    if (w / h > ratio_.high) pw = std::clamp<std::int64_t>(std::llround(h * ratio_.high), 1, width);
    return cropped((height - ph) / 2, (width - pw) / 2, {ph, pw});
  };
  DrawnMap drawn = part();
  drawn.map = PlaneMap::scale(static_cast<double>(size_.width) / static_cast<double>(drawn.size.width),
                              static_cast<double>(size_.height) / static_cast<double>(drawn.size.height)) *
              drawn.map;
  drawn.size = size_;
  drawn.cut_first = true;
  return drawn;
}

void RandomIoUCrop::fields(FieldVisitor& visitor) {
  visitor.field("min_scale", min_scale_, {1e-3, 1});
  visitor.field("max_scale", max_scale_, {1e-3, 1});
  visitor.field("min_aspect_ratio", min_aspect_ratio_, {1e-3, kLargestFactor});
  visitor.field("max_aspect_ratio", max_aspect_ratio_, {1e-3, kLargestFactor});
  visitor.field("sampler_options", sampler_options_, {0});
  visitor.field("trials", trials_, {1, 1000});
}
void RandomIoUCrop::check() const {
  const auto check_order = [](const char* least, double low, const char* most, double high) {
    if (low > high)
      refuse(std::string("RandomIoUCrop: ") + most, "no less than " + std::string(least), number_text(high));
  };
  check_order("min_scale", min_scale_, "max_scale", max_scale_);
  check_order("min_aspect_ratio", min_aspect_ratio_, "max_aspect_ratio", max_aspect_ratio_);
  if (sampler_options_.empty()) refuse("RandomIoUCrop: sampler_options", "one", "none");
}
std::optional<DrawnMap> RandomIoUCrop::draw(const SampleGeometry& sample, Random& random) const {
  if (sample.boxes.empty()) return std::nullopt;
  const auto h = static_cast<double>(sample.size.height), w = static_cast<double>(sample.size.width);
  // A new least IoU for each round of trials; after as many rounds as anyone can wait for, the image stays whole.
  for (int round = 0; round < 100; ++round) {
    const double least = sampler_options_[random.below(sampler_options_.size())];
    if (least >= 1) return std::nullopt;
    for (std::int64_t trial = 0; trial < trials_; ++trial) {
      const std::int64_t new_w = whole(w * drawn_from({min_scale_, max_scale_}, random));
      const std::int64_t new_h = whole(h * drawn_from({min_scale_, max_scale_}, random));
      if (new_w < 1 || new_h < 1) continue;
      const double ratio = static_cast<double>(new_w) / static_cast<double>(new_h);
      if (ratio < min_aspect_ratio_ || ratio > max_aspect_ratio_) continue;
      const std::int64_t left = whole((w - static_cast<double>(new_w)) * random.uniform(0, 1));
      const std::int64_t top = whole((h - static_cast<double>(new_h)) * random.uniform(0, 1));
      const auto l = static_cast<double>(left), t = static_cast<double>(top);
      const double r = l + static_cast<double>(new_w), b = t + static_cast<double>(new_h);
      double best = -1;
      for (const auto& box : sample.boxes) {
        const double x = (double{box.xmin} + double{box.xmax}) / 2, y = (double{box.ymin} + double{box.ymax}) / 2;
        if (x > l && x < r && y > t && y < b) best = std::max(best, iou(box, l, t, r, b));
      }
      if (best < 0 || best < least) continue;
      DrawnMap drawn = cropped(top, left, {new_h, new_w});
      drawn.drop_outside_centers = true;
      return drawn;
    }
  }
  return std::nullopt;
}

}  // namespace boxfeed::transforms
