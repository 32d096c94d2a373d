#include <boxfeed/core/error.h>
#include <boxfeed/transforms/geometry.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <string>

#include "transforms/checks.h"
#include "transforms/polygon.h"

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

DrawnMap cropped(std::int64_t top, std::int64_t left, ImageSize size) {
  return {PlaneMap::translation(static_cast<double>(-left), static_cast<double>(-top)),
          size,
          {{"top", {static_cast<double>(top)}},
           {"left", {static_cast<double>(left)}},
           {"size", {static_cast<double>(size.height), static_cast<double>(size.width)}}}};
}

std::int64_t whole(double value) { return static_cast<std::int64_t>(value); }

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

double radians(double degrees) { return degrees * 3.14159265358979323846 / 180; }

/// Scale, shears, then a clockwise turn, about the origin; angles in degrees.
PlaneMap turn_and_shear(double angle, double scale, double shear_x, double shear_y) {
  const double turn = radians(angle), sx = radians(shear_x), sy = radians(shear_y);
  const double a = std::cos(turn - sy) / std::cos(sy), c = std::sin(turn - sy) / std::cos(sy);
  const double b = -a * std::tan(sx) - std::sin(turn), d = -c * std::tan(sx) + std::cos(turn);
  return PlaneMap({scale * a, scale * b, 0, scale * c, scale * d, 0, 0, 0, 1});
}

/// The projective map that takes each of four points to its partner.
PlaneMap four_points(const std::array<cv::Point2f, 4>& from, const std::array<cv::Point2f, 4>& to) {
  const cv::Matx33d m(cv::getPerspectiveTransform(from.data(), to.data()));
  return PlaneMap({m(0, 0), m(0, 1), m(0, 2), m(1, 0), m(1, 1), m(1, 2), m(2, 0), m(2, 1), m(2, 2)});
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
  const double scale = scale_range_.draw(random) * fits;
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
  const double factor = side_range_.draw(random);
  const auto canvas_h = static_cast<std::int64_t>(static_cast<double>(height) * factor);
  const auto canvas_w = static_cast<std::int64_t>(static_cast<double>(width) * factor);
  const auto left = static_cast<std::int64_t>(static_cast<double>(canvas_w - width) * random.uniform(0, 1));
  const auto top = static_cast<std::int64_t>(static_cast<double>(canvas_h - height) * random.uniform(0, 1));
  return padded(sample.size, left, top, canvas_w - width - left, canvas_h - height - top);
}

std::optional<DrawnMap> CenterCrop::draw(const SampleGeometry& sample, Random&) const {
  // An image that is too small is padded, one pixel more at the far side where the difference is odd; half of a
  // difference that is cut off goes to the even number.
  const auto start = [](std::int64_t side, std::int64_t crop) {
    return side < crop ? -((crop - side) / 2)
                       : static_cast<std::int64_t>(std::nearbyint(static_cast<double>(side - crop) / 2));
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
      const double target = h * w * scale_.draw(random);
      const double ratio = std::exp(Range{std::log(ratio_.low), std::log(ratio_.high)}.draw(random));
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
      const std::int64_t new_w = whole(w * Range{min_scale_, max_scale_}.draw(random));
      const std::int64_t new_h = whole(h * Range{min_scale_, max_scale_}.draw(random));
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

void RandomRotation::fields(FieldVisitor& visitor) {
  visitor.field("degrees", degrees_, {});
  visitor.field("expand", expand_);
  visitor.field("center", center_, {});
}
void RandomRotation::check() const {
  if (center_ && expand_) refuse("RandomRotation: center", "none with expand", "one");
}
std::optional<DrawnMap> RandomRotation::draw(const SampleGeometry& sample, Random& random) const {
  const double angle = degrees_.draw(random);
  const auto w = static_cast<double>(sample.size.width), h = static_cast<double>(sample.size.height);
  const Point center = center_.value_or(Point{w / 2, h / 2});
  const PlaneMap turn = turn_and_shear(-angle, 1, 0, 0) * PlaneMap::translation(-center.x, -center.y);
  if (!expand_) return DrawnMap{PlaneMap::translation(center.x, center.y) * turn, sample.size, {{"angle", {angle}}}};
  // Counted in whole pixels of the image's own grid, as Pillow does; an exact quarter turn exchanges the sides.
  const Bounds b = bounds(mapped(PlaneMap::translation(w / 2, h / 2) * turn, canvas_polygon(sample.size)));
  const auto side = [quarter = std::remainder(angle, 90) == 0](double low, double high) {
    if (quarter) return static_cast<std::int64_t>(std::llround(high - low));
    return static_cast<std::int64_t>(std::ceil(high - 1e-4) - std::floor(low + 1e-4));
  };
  const ImageSize size{side(b[1], b[3]), side(b[0], b[2])};
  const PlaneMap back =
      PlaneMap::translation(static_cast<double>(size.width) / 2, static_cast<double>(size.height) / 2);
  return DrawnMap{back * turn, size, {{"angle", {angle}}}};
}

void RandomAffine::fields(FieldVisitor& visitor) {
  visitor.field("degrees", degrees_, {});
  visitor.field("translate", translate_, {0, 1});
  visitor.field("scale", scale_, {1e-3, kLargestFactor});
  visitor.field("shear", shear_, {-80, 80});
}
void RandomAffine::check() const {
  if (!shear_.empty() && shear_.size() != 2 && shear_.size() != 4) {
    refuse("RandomAffine: shear", "two numbers or four", std::to_string(shear_.size()));
  }
  for (std::size_t i = 0; i < shear_.size(); i += 2) {
    if (shear_[i] <= shear_[i + 1]) continue;
    refuse("RandomAffine: shear", "low ≤ high", number_text(shear_[i]) + " to " + number_text(shear_[i + 1]));
  }
}
std::optional<DrawnMap> RandomAffine::draw(const SampleGeometry& sample, Random& random) const {
  const auto w = static_cast<double>(sample.size.width), h = static_cast<double>(sample.size.height);
  const double angle = degrees_.draw(random);
  const auto moved = [&random](double share, double side) {
    return std::round(Range{-1, 1}.draw(random) * share * side);
  };
  const bool moves = translate_.x != 0 || translate_.y != 0;
  const double tx = moves ? moved(translate_.x, w) : 0, ty = moves ? moved(translate_.y, h) : 0;
  const double scale = scale_.draw(random);
  const auto shear = [&](std::size_t i) {
    return i < shear_.size() ? Range{shear_[i], shear_[i + 1]}.draw(random) : 0;
  };
  const double shear_x = shear(0), shear_y = shear(2);
  return DrawnMap{PlaneMap::translation(w / 2 + tx, h / 2 + ty) * turn_and_shear(angle, scale, shear_x, shear_y) *
                      PlaneMap::translation(-w / 2, -h / 2),
                  sample.size,
                  {{"angle", {angle}}, {"translate", {tx, ty}}, {"scale", {scale}}, {"shear", {shear_x, shear_y}}}};
}

void RandomPerspective::fields(FieldVisitor& visitor) {
  visitor.field("distortion_scale", distortion_scale_, {0, 1});
  visitor.field("p", p_, {0, 1});
}
std::optional<DrawnMap> RandomPerspective::draw(const SampleGeometry& sample, Random& random) const {
  if (!random.bernoulli(p_)) return std::nullopt;
  const std::int64_t w = sample.size.width, h = sample.size.height;
  const auto inwards = [&](std::int64_t side) {
    const std::int64_t half = side / 2;
    const auto most = static_cast<std::uint64_t>(distortion_scale_ * static_cast<double>(half));
    return static_cast<float>(random.below(most + 1));
  };
  const auto right = static_cast<float>(w - 1), bottom = static_cast<float>(h - 1);
  const std::array<cv::Point2f, 4> from{{{0, 0}, {right, 0}, {right, bottom}, {0, bottom}}};
  auto to = from;
  std::vector<double> ends;
  for (auto& point : to) {
    const float x = inwards(w), y = inwards(h);
    point += {point.x == 0 ? x : -x, point.y == 0 ? y : -y};
    ends.insert(ends.end(), {double{point.x}, double{point.y}});
  }
  // Corners may meet in small images (and do where one side is a pixel), or make a shape that is not convex; then
  // nothing is moved.
  for (std::size_t i = 0; i < 4; ++i) {
    const auto &a = to[i], &b = to[(i + 1) % 4], &c = to[(i + 2) % 4];
    if (cv::Point2d(b - a).cross(cv::Point2d(c - b)) < 1e-9) return std::nullopt;
  }
  const PlaneMap map = four_points(from, to);
  const auto& e = map.entries();
  for (const auto& corner : canvas_polygon(sample.size)) {
    if (e[6] * corner[0] + e[7] * corner[1] + e[8] <= 1e-3) return std::nullopt;
  }
  return DrawnMap{map, sample.size, {{"endpoints", ends}}};
}

}  // namespace boxfeed::transforms
