#include <boxfeed/transforms/color_jitter.h>

#include <algorithm>
#include <limits>
#include <opencv2/core.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "transforms/checks.h"
#include "transforms/color_kernels.h"

namespace boxfeed::transforms {
namespace {

enum class Kind { kBrightness, kContrast, kSaturation, kHue, kChannels };

struct Change {
  Kind kind;
  double value = 0;
  std::array<int, 3> order{0, 1, 2};
};

void exchange_channels(cv::Mat& image, const std::array<int, 3>& order) {
  if (image.channels() != 3) return;
  const int pairs[] = {order[0], 0, order[1], 1, order[2], 2};
  const cv::Mat before = image.clone();
  cv::mixChannels(&before, 1, &image, 1, pairs, 3);
}

void make_changes(const std::vector<Change>& changes, cv::Mat& image) {
  for (const auto& change : changes) {
    const auto factor = static_cast<float>(change.value);
    switch (change.kind) {
      case Kind::kBrightness: scale_values(image, factor, 0); break;
      case Kind::kContrast: scale_values(image, factor, (1 - factor) * static_cast<float>(gray_mean(image))); break;
      case Kind::kSaturation: adjust_saturation(image, change.value); break;
      case Kind::kHue: adjust_hue(image, change.value); break;
      case Kind::kChannels: exchange_channels(image, change.order); break;
    }
  }
}

DrawnColor drawn_changes(std::vector<Change> changes) {
  DrawnColor drawn;
  for (const auto& change : changes) {
    switch (change.kind) {
      case Kind::kBrightness: drawn.parameters.push_back({"brightness", {change.value}}); break;
      case Kind::kContrast: drawn.parameters.push_back({"contrast", {change.value}}); break;
      case Kind::kSaturation: drawn.parameters.push_back({"saturation", {change.value}}); break;
      case Kind::kHue: drawn.parameters.push_back({"hue", {change.value}}); break;
      case Kind::kChannels:
        drawn.parameters.push_back(
            {"channels", {double(change.order[0]), double(change.order[1]), double(change.order[2])}});
        break;
    }
  }
  drawn.function = [changes = std::move(changes)](cv::Mat& image) { make_changes(changes, image); };
  return drawn;
}

template <typename T>
void shuffle(T& items, Random& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.below(i)]);
}

std::optional<Range> around_one(double value) {
  if (value == 0) return std::nullopt;
  check_at_least("ColorJitter", value, 0);
  return Range{std::max(0.0, 1 - value), 1 + value};
}

void check_hue(const char* option, Range hue) {
  check_range(option, hue, -0.5);
  if (hue.high > 0.5) {
    throw std::invalid_argument(std::string(option) + ": expected at most 0.5, got " + number_text(hue.high));
  }
}

}  // namespace

ColorJitter::ColorJitter(double brightness, double contrast, double saturation, double hue)
    : brightness_(around_one(brightness)), contrast_(around_one(contrast)), saturation_(around_one(saturation)) {
  if (hue != 0) hue_ = Range{-hue, hue};
}

std::optional<DrawnColor> ColorJitter::draw(Random& random) const {
  std::vector<Change> changes;
  const auto add = [&](Kind kind, const std::optional<Range>& range) {
    if (range) changes.push_back({kind, random.uniform(range->low, range->high)});
  };
  add(Kind::kBrightness, brightness_);
  add(Kind::kContrast, contrast_);
  add(Kind::kSaturation, saturation_);
  add(Kind::kHue, hue_);
  if (changes.empty()) return std::nullopt;
  shuffle(changes, random);
  return drawn_changes(std::move(changes));
}
void ColorJitter::check() const {
  if (brightness_) check_range("ColorJitter: brightness", *brightness_, 0);
  if (contrast_) check_range("ColorJitter: contrast", *contrast_, 0);
  if (saturation_) check_range("ColorJitter: saturation", *saturation_, 0);
  if (hue_) check_hue("ColorJitter: hue", *hue_);
}
void ColorJitter::fields(FieldVisitor& visitor) {
  visitor.field("brightness", brightness_);
  visitor.field("contrast", contrast_);
  visitor.field("saturation", saturation_);
  visitor.field("hue", hue_);
}

std::optional<DrawnColor> RandomPhotometricDistort::draw(Random& random) const {
  const auto happens = [&] { return double{random.uniform()} < p_; };
  std::vector<Change> changes;
  const auto maybe = [&](Kind kind, Range range) {
    if (happens()) changes.push_back({kind, random.uniform(range.low, range.high)});
  };
  maybe(Kind::kBrightness, brightness_);
  const bool contrast_first = random.below(2) == 0;
  if (contrast_first) maybe(Kind::kContrast, contrast_);
  maybe(Kind::kSaturation, saturation_);
  maybe(Kind::kHue, hue_);
  if (!contrast_first) maybe(Kind::kContrast, contrast_);
  if (happens()) {
    Change exchange{Kind::kChannels};
    shuffle(exchange.order, random);
    changes.push_back(exchange);
  }
  if (changes.empty()) return std::nullopt;
  return drawn_changes(std::move(changes));
}
void RandomPhotometricDistort::check() const {
  check_range("RandomPhotometricDistort: brightness", brightness_, 0);
  check_range("RandomPhotometricDistort: contrast", contrast_, 0);
  check_range("RandomPhotometricDistort: saturation", saturation_, 0);
  check_hue("RandomPhotometricDistort: hue", hue_);
  check_probability("RandomPhotometricDistort: p", p_);
}
void RandomPhotometricDistort::fields(FieldVisitor& visitor) {
  visitor.field("brightness", brightness_);
  visitor.field("contrast", contrast_);
  visitor.field("saturation", saturation_);
  visitor.field("hue", hue_);
  visitor.field("p", p_);
}

}  // namespace boxfeed::transforms
