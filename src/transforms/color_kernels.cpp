#include "transforms/color_kernels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/core/hal/intrin.hpp>

namespace boxfeed::transforms {
namespace {

// The grays' weights in units of 2^-16, and their sum 65529 kept below 1 as the decimal ones are.
constexpr std::uint16_t kRed = 19589, kGreen = 38470, kBlue = 7471;
constexpr int kLanes = 16;

/// The grays of eight pixels whose values stand in the upper bytes.
cv::v_uint16x8 grays(const cv::v_uint16x8& r, const cv::v_uint16x8& g, const cv::v_uint16x8& b) {
  const auto sum =
      cv::v_add_wrap(cv::v_add_wrap(cv::v_mul_hi(r, cv::v_setall_u16(kRed)), cv::v_mul_hi(g, cv::v_setall_u16(kGreen))),
                     cv::v_mul_hi(b, cv::v_setall_u16(kBlue)));
  return cv::v_shr<8>(sum);
}

/// Sixteen values in the upper bytes of two words.
void expand_high(const cv::v_uint8x16& bytes, cv::v_uint16x8 (&words)[2]) {
  cv::v_expand(bytes, words[0], words[1]);
  for (auto& word : words) word = cv::v_shl<8>(word);
}

int gray(const std::uint8_t* pixel) {
  const auto part = [](int value, int weight) { return (value * weight) >> 8; };
  return (part(pixel[0], kRed) + part(pixel[1], kGreen) + part(pixel[2], kBlue)) >> 8;
}

/// `factor` below 2: gray + factor * (value - gray) in units of 1/32.
cv::v_int16x8 away(const cv::v_uint16x8& value, const cv::v_int16x8& from, const cv::v_int16x8& factor) {
  const auto distance = cv::v_sub_wrap(cv::v_reinterpret_as_s16(cv::v_shr<8>(value)), from);
  const auto moved = cv::v_mul_hi(cv::v_shl<7>(distance), factor);
  return cv::v_shr<5>(cv::v_add_wrap(cv::v_shl<5>(from), moved));
}

std::uint8_t cut(double value) { return static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0)); }

void saturate_row(std::uint8_t* row, int width, double factor) {
  int x = 0;
  if (factor < 1.999) {
    const auto f = cv::v_setall_s16(static_cast<short>(std::lround(factor * 16384)));
    for (; x + kLanes <= width; x += kLanes) {
      std::uint8_t* const at = row + 3 * x;
      cv::v_uint8x16 bytes[3];
      cv::v_load_deinterleave(at, bytes[0], bytes[1], bytes[2]);
      cv::v_uint16x8 words[3][2];
      for (int c = 0; c < 3; ++c) expand_high(bytes[c], words[c]);
      cv::v_int16x8 from[2];
      for (int half = 0; half < 2; ++half) {
        from[half] = cv::v_reinterpret_as_s16(grays(words[0][half], words[1][half], words[2][half]));
      }
      for (int c = 0; c < 3; ++c) bytes[c] = cv::v_pack_u(away(words[c][0], from[0], f), away(words[c][1], from[1], f));
      cv::v_store_interleave(at, bytes[0], bytes[1], bytes[2]);
    }
  }
  for (; x < width; ++x) {
    std::uint8_t* const pixel = row + 3 * x;
    const double from = gray(pixel);
    for (int c = 0; c < 3; ++c) pixel[c] = cut(from + factor * (pixel[c] - from));
  }
}

void scale_row(std::uint8_t* row, int count, float factor, float offset) {
  const auto f = cv::v_setall_f32(factor), o = cv::v_setall_f32(offset);
  const auto four = [&](const cv::v_uint32x4& value) {
    return cv::v_trunc(cv::v_muladd(cv::v_cvt_f32(cv::v_reinterpret_as_s32(value)), f, o));
  };
  int i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    cv::v_uint16x8 words[2];
    cv::v_expand(cv::v_load(row + i), words[0], words[1]);
    cv::v_int16x8 out[2];
    for (int half = 0; half < 2; ++half) {
      cv::v_uint32x4 low, high;
      cv::v_expand(words[half], low, high);
      out[half] = cv::v_pack(four(low), four(high));
    }
    cv::v_store(row + i, cv::v_pack_u(out[0], out[1]));
  }
  for (; i < count; ++i) {
    const float value = static_cast<float>(row[i]) * factor;
    row[i] = static_cast<std::uint8_t>(std::clamp(value + offset, 0.0F, 255.0F));
  }
}

std::uint64_t sum_grays(const std::uint8_t* row, int width) {
  std::uint64_t sum = 0;
  int x = 0;
  for (; x + kLanes <= width; x += kLanes) {
    cv::v_uint8x16 bytes[3];
    cv::v_load_deinterleave(row + 3 * x, bytes[0], bytes[1], bytes[2]);
    cv::v_uint16x8 words[3][2];
    for (int c = 0; c < 3; ++c) expand_high(bytes[c], words[c]);
    const auto both =
        cv::v_add_wrap(grays(words[0][0], words[1][0], words[2][0]), grays(words[0][1], words[1][1], words[2][1]));
    cv::v_uint32x4 low, high;
    cv::v_expand(both, low, high);
    sum += cv::v_reduce_sum(low) + cv::v_reduce_sum(high);
  }
  for (; x < width; ++x) sum += static_cast<std::uint64_t>(gray(row + 3 * x));
  return sum;
}

void turn_hue(std::uint8_t* pixel, float turns) {
  const float r = static_cast<float>(pixel[0]) / 255, g = static_cast<float>(pixel[1]) / 255,
              b = static_cast<float>(pixel[2]) / 255;
  const float high = std::max({r, g, b}), low = std::min({r, g, b}), chroma = high - low;
  if (chroma == 0) return;
  float hue = high == r ? (g - b) / chroma : high == g ? 2 + (b - r) / chroma : 4 + (r - g) / chroma;
  hue = hue / 6 + turns;
  hue = (hue - std::floor(hue)) * 6;
  const auto value = [&](float shift) {
    float k = hue + shift;
    if (k >= 6) k -= 6;
    const float level = high - chroma * std::clamp(std::min(k, 4 - k), 0.0F, 1.0F);
    return static_cast<std::uint8_t>(std::min(level * 255.999F, 255.0F));
  };
  pixel[0] = value(5);
  pixel[1] = value(3);
  pixel[2] = value(1);
}

}  // namespace

double gray_mean(const cv::Mat& image) {
  std::uint64_t sum = 0;
  for (int y = 0; y < image.rows; ++y) {
    const auto* row = image.ptr<std::uint8_t>(y);
    if (image.channels() == 3) {
      sum += sum_grays(row, image.cols);
    } else {
      for (int x = 0; x < image.cols; ++x) sum += row[x];
    }
  }
  return static_cast<double>(sum) / (static_cast<double>(image.rows) * image.cols);
}

void adjust_saturation(cv::Mat& image, double factor) {
  if (image.channels() != 3) return;
  for (int y = 0; y < image.rows; ++y) saturate_row(image.ptr<std::uint8_t>(y), image.cols, factor);
}

void adjust_hue(cv::Mat& image, double turns) {
  if (image.channels() != 3) return;
  for (int y = 0; y < image.rows; ++y) {
    auto* row = image.ptr<std::uint8_t>(y);
    for (int x = 0; x < image.cols; ++x) turn_hue(row + 3 * x, static_cast<float>(turns));
  }
}

void scale_values(cv::Mat& image, float factor, float offset) {
  for (int y = 0; y < image.rows; ++y) {
    scale_row(image.ptr<std::uint8_t>(y), image.cols * image.channels(), factor, offset);
  }
}

PixelTable linear_table(double factor, double offset) {
  PixelTable table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = cut(static_cast<double>(i) * factor + offset + 1e-6);
  return table;
}

}  // namespace boxfeed::transforms
