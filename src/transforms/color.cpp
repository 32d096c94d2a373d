#include <boxfeed/transforms/color.h>

#include <algorithm>
#include <array>
#include <opencv2/core.hpp>
#include <string>
#include <utility>

#include "transforms/checks.h"
#include "transforms/color_kernels.h"
#include "transforms/draws.h"

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

Range around_one(const char* option, double value) {
  check_number(std::string("ColorJitter: ") + option, value, {0});
  return {std::max(0.0, 1 - value), 1 + value};
}

using Histogram = std::array<std::int64_t, 256>;

std::array<Histogram, 3> histograms(const cv::Mat& image) {
  std::array<Histogram, 3> out{};
  const int channels = image.channels();
  for (int y = 0; y < image.rows; ++y) {
    const auto* value = image.ptr<std::uint8_t>(y);
    for (int x = 0; x < image.cols; ++x) {
      for (int c = 0; c < channels; ++c) ++out[static_cast<std::size_t>(c)][*value++];
    }
  }
  return out;
}

PixelTable identity() {
  PixelTable table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = static_cast<std::uint8_t>(i);
  return table;
}

/// As Pillow does it: the highest value that occurs counts for nothing, and shares are cut to whole numbers.
PixelTable equalizing(const Histogram& histogram) {
  std::int64_t all = 0, last = 0;
  for (const auto count : histogram) {
    all += count;
    if (count > 0) last = count;
  }
  const std::int64_t step = (all - last) / 255;
  if (step == 0) return identity();
  PixelTable table{};
  std::int64_t below = step / 2;
  for (std::size_t i = 0; i < table.size(); ++i) {
    table[i] = static_cast<std::uint8_t>(std::min<std::int64_t>(below / step, 255));
    below += histogram[i];
  }
  return table;
}

PixelTable stretching(const Histogram& histogram) {
  const auto occurs = [](std::int64_t count) { return count > 0; };
  const auto low = std::find_if(histogram.begin(), histogram.end(), occurs) - histogram.begin();
  const auto high = 255 - (std::find_if(histogram.rbegin(), histogram.rend(), occurs) - histogram.rbegin());
  if (low >= high) return identity();
  const double factor = 255.0 / static_cast<double>(high - low);
  return linear_table(factor, -static_cast<double>(low) * factor);
}

template <PixelTable (*kMake)(const Histogram&)>
DrawnColor by_histogram() {
  DrawnColor drawn;
  drawn.function = [](cv::Mat& image) {
    std::array<PixelTable, 3> tables{};
    const auto counts = histograms(image);
    for (std::size_t c = 0; c < static_cast<std::size_t>(image.channels()); ++c) tables[c] = kMake(counts[c]);
    look_up(tables.data(), image);
  };
  return drawn;
}

template <typename Value>
void normalize_row(const cv::Mat& image, cv::Mat& out, int y, int channel, float mean, float deviation) {
  const auto* from = image.ptr<Value>(y) + channel;
  auto* to = out.ptr<float>(y) + channel;
  const int channels = image.channels();
  for (int x = 0; x < image.cols * channels; x += channels) {
    to[x] = (static_cast<float>(from[x]) / 255 - mean) / deviation;
  }
}

}  // namespace

ColorJitter::ColorJitter(double brightness, double contrast, double saturation, double hue)
    : brightness_(around_one("brightness", brightness)),
      contrast_(around_one("contrast", contrast)),
      saturation_(around_one("saturation", saturation)),
      hue_{-hue, hue} {}
void ColorJitter::fields(FieldVisitor& visitor) {
  visitor.field("brightness", brightness_, {0});
  visitor.field("contrast", contrast_, {0});
  visitor.field("saturation", saturation_, {0});
  visitor.field("hue", hue_, {-0.5, 0.5});
}
std::optional<DrawnColor> ColorJitter::draw(Random& random) const {
  std::vector<Change> changes;
  const auto add = [&](Kind kind, Range range, double same) {
    if (range != Range{same, same}) changes.push_back({kind, drawn_from(range, random)});
  };
  add(Kind::kBrightness, brightness_, 1);
  add(Kind::kContrast, contrast_, 1);
  add(Kind::kSaturation, saturation_, 1);
  add(Kind::kHue, hue_, 0);
  if (changes.empty()) return std::nullopt;
  random.shuffle(changes);
  return drawn_changes(std::move(changes));
}

void RandomPhotometricDistort::fields(FieldVisitor& visitor) {
  visitor.field("brightness", brightness_, {0});
  visitor.field("contrast", contrast_, {0});
  visitor.field("saturation", saturation_, {0});
  visitor.field("hue", hue_, {-0.5, 0.5});
  visitor.field("p", p_, {0, 1});
}
std::optional<DrawnColor> RandomPhotometricDistort::draw(Random& random) const {
  std::vector<Change> changes;
  const auto maybe = [&](Kind kind, Range range) {
    if (random.bernoulli(p_)) changes.push_back({kind, drawn_from(range, random)});
  };
  maybe(Kind::kBrightness, brightness_);
  const bool contrast_first = random.below(2) == 0;
  if (contrast_first) maybe(Kind::kContrast, contrast_);
  maybe(Kind::kSaturation, saturation_);
  maybe(Kind::kHue, hue_);
  if (!contrast_first) maybe(Kind::kContrast, contrast_);
  if (random.bernoulli(p_)) {
    Change exchange{Kind::kChannels};
    random.shuffle(exchange.order);
    changes.push_back(exchange);
  }
  if (changes.empty()) return std::nullopt;
  return drawn_changes(std::move(changes));
}

std::optional<DrawnColor> RandomGrayscale::draw(Random& random) const {
  if (!random.bernoulli(p_)) return std::nullopt;
  DrawnColor drawn;
  drawn.function = [](cv::Mat& image) { adjust_saturation(image, 0); };
  return drawn;
}

std::optional<DrawnColor> RandomEqualize::draw(Random& random) const {
  if (!random.bernoulli(p_)) return std::nullopt;
  return by_histogram<equalizing>();
}

std::optional<DrawnColor> RandomAutocontrast::draw(Random& random) const {
  if (!random.bernoulli(p_)) return std::nullopt;
  return by_histogram<stretching>();
}

void RandomPosterize::fields(FieldVisitor& visitor) {
  visitor.field("bits", bits_, {0, 8});
  visitor.field("p", p_, {0, 1});
}
std::optional<DrawnColor> RandomPosterize::draw(Random& random) const {
  if (!random.bernoulli(p_)) return std::nullopt;
  PixelTable table = identity();
  for (auto& value : table) value = static_cast<std::uint8_t>(value & (0xFF00 >> bits_));
  DrawnColor drawn;
  drawn.table = table;
  return drawn;
}

void Normalize::fields(FieldVisitor& visitor) {
  visitor.field("mean", mean_, {0, 1});
  visitor.field("std", std_, {0, 1});
}
void Normalize::check() const {
  for (const auto* values : {&mean_, &std_}) {
    if (values->size() != 1 && values->size() != 3) {
      refuse("Normalize", "one number or three", std::to_string(values->size()));
    }
  }
  if (std::count(std_.begin(), std_.end(), 0.0) > 0) refuse("Normalize: std", "no 0", "one");
}
std::optional<DrawnColor> Normalize::draw(Random&) const {
  DrawnColor drawn;
  drawn.takes_floats = true;
  drawn.function = [mean = mean_, deviation = std_](cv::Mat& image) {
    const auto of = [](const std::vector<double>& values, int channel) {
      return static_cast<float>(values[values.size() == 1 ? 0 : static_cast<std::size_t>(channel)]);
    };
    cv::Mat out(image.size(), CV_32FC(image.channels()));
    for (int c = 0; c < image.channels(); ++c) {
      for (int y = 0; y < image.rows; ++y) {
        if (image.depth() == CV_8U) {
          normalize_row<std::uint8_t>(image, out, y, c, of(mean, c), of(deviation, c));
        } else {
          normalize_row<float>(image, out, y, c, of(mean, c), of(deviation, c));
        }
      }
    }
    image = out;
  };
  return drawn;
}

}  // namespace boxfeed::transforms
