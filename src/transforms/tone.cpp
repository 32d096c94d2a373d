#include <boxfeed/transforms/tone.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include "transforms/checks.h"
#include "transforms/color_kernels.h"

namespace boxfeed::transforms {
namespace {

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

}  // namespace

std::optional<DrawnColor> RandomGrayscale::draw(Random& random) const {
  if (!(double{random.uniform()} < p_)) return std::nullopt;
  DrawnColor drawn;
  drawn.function = [](cv::Mat& image) { adjust_saturation(image, 0); };
  return drawn;
}
void RandomGrayscale::check() const { check_probability("RandomGrayscale: p", p_); }

std::optional<DrawnColor> RandomEqualize::draw(Random& random) const {
  if (!(double{random.uniform()} < p_)) return std::nullopt;
  return by_histogram<equalizing>();
}
void RandomEqualize::check() const { check_probability("RandomEqualize: p", p_); }

std::optional<DrawnColor> RandomAutocontrast::draw(Random& random) const {
  if (!(double{random.uniform()} < p_)) return std::nullopt;
  return by_histogram<stretching>();
}
void RandomAutocontrast::check() const { check_probability("RandomAutocontrast: p", p_); }

std::optional<DrawnColor> RandomPosterize::draw(Random& random) const {
  if (!(double{random.uniform()} < p_)) return std::nullopt;
  PixelTable table = identity();
  for (auto& value : table) value = static_cast<std::uint8_t>(value & (0xFF00 >> bits_));
  DrawnColor drawn;
  drawn.table = table;
  return drawn;
}
void RandomPosterize::check() const {
  if (bits_ < 0 || bits_ > 8) {
    throw std::invalid_argument("RandomPosterize: bits: expected 0 to 8, got " + std::to_string(bits_));
  }
  check_probability("RandomPosterize: p", p_);
}
void RandomPosterize::fields(FieldVisitor& visitor) {
  visitor.field("bits", bits_);
  visitor.field("p", p_);
}

}  // namespace boxfeed::transforms
