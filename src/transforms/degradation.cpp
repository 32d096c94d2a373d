#include <boxfeed/core/error.h>
#include <boxfeed/transforms/color.h>
#include <turbojpeg.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <opencv2/imgproc.hpp>
#include <string>

#include "transforms/checks.h"
#include "transforms/draws.h"

namespace boxfeed::transforms {
namespace {

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

struct Destroy {
  void operator()(void* handle) const { tjDestroy(handle); }
};
using Handle = std::unique_ptr<void, Destroy>;

void through_jpeg(cv::Mat& image, int quality) {
  const Handle compress(tjInitCompress()), decompress(tjInitDecompress());
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

void GaussianBlur::fields(FieldVisitor& visitor) {
  visitor.field("kernel_size", kernel_size_, {1, 255});
  visitor.field("sigma", sigma_, {1e-3});
}
void GaussianBlur::check() const {
  if (kernel_size_ % 2 == 0) refuse("GaussianBlur: kernel_size", "an odd number", std::to_string(kernel_size_));
}
std::optional<DrawnColor> GaussianBlur::draw(Random& random) const {
  const double sigma = drawn_from(sigma_, random);
  DrawnColor drawn;
  drawn.parameters = {{"sigma", {sigma}}};
  drawn.function = [sigma, size = static_cast<int>(kernel_size_)](cv::Mat& image) {
    cv::GaussianBlur(image, image, {size, size}, sigma, sigma, cv::BORDER_REFLECT_101);
  };
  return drawn;
}

void GaussianNoise::fields(FieldVisitor& visitor) {
  visitor.field("mean", mean_, {-1});
  visitor.field("sigma", sigma_, {0});
}
std::optional<DrawnColor> GaussianNoise::draw(Random& random) const {
  DrawnColor drawn;
  drawn.function = [mean = static_cast<float>(mean_ * 255), sigma = static_cast<float>(sigma_ * 255),
                    seed = random.bits64()](cv::Mat& image) { add_noise(image, mean, sigma, seed); };
  return drawn;
}

std::optional<DrawnColor> JPEG::draw(Random& random) const {
  const auto low = static_cast<int>(quality_.low), high = static_cast<int>(quality_.high);
  const int quality = low + static_cast<int>(random.below(static_cast<std::uint64_t>(high - low + 1)));
  DrawnColor drawn;
  drawn.parameters = {{"quality", {static_cast<double>(quality)}}};
  drawn.function = [quality](cv::Mat& image) { through_jpeg(image, quality); };
  return drawn;
}

void RandomErasing::fields(FieldVisitor& visitor) {
  visitor.field("p", p_, {0, 1});
  visitor.field("scale", scale_, {0, 1});
  visitor.field("ratio", ratio_, {1e-3, kLargestFactor});
  visitor.field("value", value_, {0, 255});
}
std::optional<DrawnColor> RandomErasing::draw(Random& random) const {
  if (!random.bernoulli(p_)) return std::nullopt;
  const double share = drawn_from(scale_, random);
  const double ratio = drawn_ratio(ratio_, random);
  const double across = random.uniform(0, 1), down = random.uniform(0, 1);
  DrawnColor drawn;
  drawn.parameters = {{"area", {share}}, {"ratio", {ratio}}, {"place", {down, across}}};
  drawn.function = [=, value = value_](cv::Mat& image) {
    const double area = static_cast<double>(image.rows) * image.cols * share;
    const int h = std::clamp(static_cast<int>(std::lround(std::sqrt(area * ratio))), 1, image.rows);
    const int w = std::clamp(static_cast<int>(std::lround(std::sqrt(area / ratio))), 1, image.cols);
    const int y = static_cast<int>(down * (image.rows - h + 1)), x = static_cast<int>(across * (image.cols - w + 1));
    image(cv::Rect(x, y, w, h)).setTo(cv::Scalar::all(static_cast<double>(value)));
  };
  return drawn;
}

}  // namespace boxfeed::transforms
