#include <boxfeed/core/error.h>
#include <boxfeed/transforms/color.h>
#include <turbojpeg.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <new>
#include <numeric>
#include <opencv2/imgproc.hpp>
#include <string>
#include <utility>

#include "transforms/checks.h"
#include "transforms/color_kernels.h"

namespace boxfeed::transforms {
namespace {

DrawnColor drawn_as(std::function<void(cv::Mat&)> function, std::vector<Parameter> parameters = {}) {
  DrawnColor drawn;
  drawn.function = std::move(function);
  drawn.parameters = std::move(parameters);
  return drawn;
}

enum class Kind { kBrightness, kContrast, kSaturation, kHue, kChannels };

struct Change {
  Kind kind;
  std::vector<double> values;  ///< a factor, turns of the hue, or the order of the channels
};

void exchange_channels(cv::Mat& image, const std::vector<double>& order) {
  if (image.channels() != 3) return;
  const int pairs[] = {static_cast<int>(order[0]), 0, static_cast<int>(order[1]), 1, static_cast<int>(order[2]), 2};
  const cv::Mat before = image.clone();
  cv::mixChannels(&before, 1, &image, 1, pairs, 3);
}

void make_change(const Change& change, cv::Mat& image) {
  const double value = change.values[0];
  const auto factor = static_cast<float>(value);
  switch (change.kind) {
    case Kind::kBrightness: return scale_values(image, factor, 0);
    case Kind::kContrast: return scale_values(image, factor, (1 - factor) * static_cast<float>(gray_mean(image)));
    case Kind::kSaturation: return adjust_saturation(image, value);
    case Kind::kHue: return adjust_hue(image, value);
    case Kind::kChannels: return exchange_channels(image, change.values);
  }
}

DrawnColor drawn_changes(const std::vector<Change>& changes) {
  constexpr const char* kNames[] = {"brightness", "contrast", "saturation", "hue", "channels"};
  DrawnColor drawn = drawn_as([changes](cv::Mat& image) {
    for (const auto& change : changes) make_change(change, image);
  });
  for (const auto& change : changes) {
    drawn.parameters.push_back({kNames[static_cast<std::size_t>(change.kind)], change.values});
  }
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
  std::iota(table.begin(), table.end(), std::uint8_t{0});
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
void change_by_histogram(cv::Mat& image) {
  const auto counts = histograms(image);
  const auto channels = static_cast<std::size_t>(image.channels());
  cv::Mat tables(1, 256, image.type());
  for (std::size_t c = 0; c < channels; ++c) {
    const PixelTable table = kMake(counts[c]);
    for (std::size_t i = 0; i < table.size(); ++i) tables.data[i * channels + c] = table[i];
  }
  cv::LUT(image, tables, image);
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

/// 4096 equally likely normal numbers: the middles of as many equal parts of the distribution.
std::array<float, 4096> normal_quantiles() {
  std::array<float, 4096> out{};
  double x = -4;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double share = (static_cast<double>(i) + 0.5) / static_cast<double>(out.size());
    double low = x, high = 4;  // bisection: quantiles grow
    for (int k = 0; k < 40; ++k) {
      const double middle = (low + high) / 2;
      (std::erfc(-middle / std::sqrt(2.0)) / 2 < share ? low : high) = middle;
    }
    x = low;
    out[i] = static_cast<float>(x);
  }
  return out;
}

void add_noise(cv::Mat& image, float mean, float sigma, std::uint64_t seed) {
  static const std::array<float, 4096> kQuantiles = normal_quantiles();
  Random random(seed, 0, 0);
  for (int y = 0; y < image.rows; ++y) {
    auto* value = image.ptr<std::uint8_t>(y);
    const int count = image.cols * image.channels();
    for (int i = 0; i < count; i += 2) {
      const std::uint32_t bits = random.bits();
      for (int k = i; k < std::min(i + 2, count); ++k) {
        const float noisy = static_cast<float>(value[k]) + mean + sigma * kQuantiles[(bits >> (16 * (k - i))) & 4095];
        value[k] = static_cast<std::uint8_t>(std::clamp(noisy + 0.5F, 0.0F, 255.0F));
      }
    }
  }
}

void through_jpeg(cv::Mat& image, int quality) {
  using Handle = std::unique_ptr<void, decltype(&tjDestroy)>;
  const Handle compress(tjInitCompress(), &tjDestroy), decompress(tjInitDecompress(), &tjDestroy);
  if (!compress || !decompress) throw std::bad_alloc();
  const int format = image.channels() == 3 ? TJPF_RGB : TJPF_GRAY;
  const auto pitch = static_cast<int>(image.step[0]);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  const int packed = tjCompress2(compress.get(), image.data, image.cols, pitch, image.rows, format, &bytes, &size,
                                 image.channels() == 3 ? TJSAMP_420 : TJSAMP_GRAY, quality, 0);
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owner(bytes, tjFree);
  if (packed != 0) throw Error(Reason::kHook, std::string("JPEG: ") + tjGetErrorStr2(compress.get()));
  if (tjDecompress2(decompress.get(), bytes, size, image.data, image.cols, pitch, image.rows, format, 0) != 0) {
    throw Error(Reason::kHook, std::string("JPEG: ") + tjGetErrorStr2(decompress.get()));
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
    if (range != Range{same, same}) changes.push_back({kind, {range.draw(random)}});
  };
  add(Kind::kBrightness, brightness_, 1);
  add(Kind::kContrast, contrast_, 1);
  add(Kind::kSaturation, saturation_, 1);
  add(Kind::kHue, hue_, 0);
  if (changes.empty()) return std::nullopt;
  random.shuffle(changes);
  return drawn_changes(changes);
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
    if (random.bernoulli(p_)) changes.push_back({kind, {range.draw(random)}});
  };
  maybe(Kind::kBrightness, brightness_);
  const bool contrast_first = random.below(2) == 0;
  if (contrast_first) maybe(Kind::kContrast, contrast_);
  maybe(Kind::kSaturation, saturation_);
  maybe(Kind::kHue, hue_);
  if (!contrast_first) maybe(Kind::kContrast, contrast_);
  if (random.bernoulli(p_)) {
    changes.push_back({Kind::kChannels, {0, 1, 2}});
    random.shuffle(changes.back().values);
  }
  if (changes.empty()) return std::nullopt;
  return drawn_changes(changes);
}

std::optional<DrawnColor> RandomGrayscale::draw(Random& random) const {
  if (!random.bernoulli(p_)) return std::nullopt;
  return drawn_as([](cv::Mat& image) { adjust_saturation(image, 0); });
}

std::optional<DrawnColor> RandomEqualize::draw(Random& random) const {
  if (!random.bernoulli(p_)) return std::nullopt;
  return drawn_as(change_by_histogram<equalizing>);
}

std::optional<DrawnColor> RandomAutocontrast::draw(Random& random) const {
  if (!random.bernoulli(p_)) return std::nullopt;
  return drawn_as(change_by_histogram<stretching>);
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

void GaussianBlur::fields(FieldVisitor& visitor) {
  visitor.field("kernel_size", kernel_size_, {1, 255});
  visitor.field("sigma", sigma_, {1e-3});
}
void GaussianBlur::check() const {
  if (kernel_size_ % 2 == 0) refuse("GaussianBlur: kernel_size", "an odd number", std::to_string(kernel_size_));
}
std::optional<DrawnColor> GaussianBlur::draw(Random& random) const {
  const double sigma = sigma_.draw(random);
  const auto blur = [sigma, size = static_cast<int>(kernel_size_)](cv::Mat& image) {
    cv::GaussianBlur(image, image, {size, size}, sigma, sigma, cv::BORDER_REFLECT_101);
  };
  return drawn_as(blur, {{"sigma", {sigma}}});
}

void GaussianNoise::fields(FieldVisitor& visitor) {
  visitor.field("mean", mean_, {-1});
  visitor.field("sigma", sigma_, {0});
}
std::optional<DrawnColor> GaussianNoise::draw(Random& random) const {
  const auto mean = static_cast<float>(mean_ * 255), sigma = static_cast<float>(sigma_ * 255);
  return drawn_as([=, seed = random.bits64()](cv::Mat& image) { add_noise(image, mean, sigma, seed); });
}

std::optional<DrawnColor> JPEG::draw(Random& random) const {
  const auto low = static_cast<int>(quality_.low), high = static_cast<int>(quality_.high);
  const int quality = low + static_cast<int>(random.below(static_cast<std::uint64_t>(high - low) + 1));
  return drawn_as([quality](cv::Mat& image) { through_jpeg(image, quality); },
                  {{"quality", {static_cast<double>(quality)}}});
}

void RandomErasing::fields(FieldVisitor& visitor) {
  visitor.field("p", p_, {0, 1});
  visitor.field("scale", scale_, {0, 1});
  visitor.field("ratio", ratio_, {1e-3, kLargestFactor});
  visitor.field("value", value_, {0, 255});
}
std::optional<DrawnColor> RandomErasing::draw(Random& random) const {
  if (!random.bernoulli(p_)) return std::nullopt;
  const double share = scale_.draw(random);
  const double ratio = std::exp(Range{std::log(ratio_.low), std::log(ratio_.high)}.draw(random));
  const double across = random.uniform(0, 1), down = random.uniform(0, 1);
  const auto erase = [=, value = value_](cv::Mat& image) {
    const double area = static_cast<double>(image.rows) * image.cols * share;
    const int h = std::clamp(static_cast<int>(std::lround(std::sqrt(area * ratio))), 1, image.rows);
    const int w = std::clamp(static_cast<int>(std::lround(std::sqrt(area / ratio))), 1, image.cols);
    const int y = static_cast<int>(down * (image.rows - h + 1)), x = static_cast<int>(across * (image.cols - w + 1));
    image(cv::Rect(x, y, w, h)).setTo(cv::Scalar::all(static_cast<double>(value)));
  };
  return drawn_as(erase, {{"area", {share}}, {"ratio", {ratio}}, {"place", {down, across}}});
}

}  // namespace boxfeed::transforms
