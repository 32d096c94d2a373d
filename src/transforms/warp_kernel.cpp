#include "transforms/warp_kernel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <opencv2/core/hal/intrin.hpp>

namespace boxfeed::transforms {
namespace {

/// Fractions of a pixel, in units of 2^-14: the weights of four neighbors sum to exactly 1.
constexpr int kWeightBits = 14;
constexpr int kOne = 1 << kWeightBits;

/// Catmull and Rom's cubic, a = -0.5, at the four pixels around a point `t` beyond the second.
std::array<float, 4> cubic_weights(float t) {
  const float t2 = t * t, t3 = t2 * t;
  return {-0.5F * t3 + t2 - 0.5F * t, 1.5F * t3 - 2.5F * t2 + 1, -1.5F * t3 + 2 * t2 + 0.5F * t, 0.5F * t3 - 0.5F * t2};
}

void assign(float value, std::uint8_t& out) { out = static_cast<std::uint8_t>(std::clamp(value + 0.5F, 0.0F, 255.0F)); }
void assign(float value, float& out) { out = std::clamp(value, 0.0F, 255.0F); }

/// A pixel from `taps` × `taps` pixels, any of which may be beyond the edge.
template <typename Value>
void mix(const cv::Mat& source, int x, int y, int taps, const float* across, const float* down, Value* out) {
  const int channels = source.channels();
  std::array<float, 3> sum{};
  for (int j = 0; j < taps; ++j) {
    const auto* row = source.ptr<Value>(std::clamp(y + j, 0, source.rows - 1));
    for (int i = 0; i < taps; ++i) {
      const auto* pixel = row + std::clamp(x + i, 0, source.cols - 1) * channels;
      for (int c = 0; c < channels; ++c)
        sum[static_cast<std::size_t>(c)] += down[j] * across[i] * static_cast<float>(pixel[c]);
    }
  }
  for (int c = 0; c < channels; ++c) assign(sum[static_cast<std::size_t>(c)], out[c]);
}

template <typename Value>
void nearest(const cv::Mat& source, double u, double v, Value* out) {
  const int channels = source.channels();
  const int x = std::clamp(static_cast<int>(std::floor(u)), 0, source.cols - 1);
  const int y = std::clamp(static_cast<int>(std::floor(v)), 0, source.rows - 1);
  const auto* pixel = source.ptr<Value>(y) + x * channels;
  for (int c = 0; c < channels; ++c) out[c] = pixel[c];
}

template <typename Value>
void bicubic(const cv::Mat& source, double u, double v, Value* out) {
  const int x = static_cast<int>(std::floor(u - 0.5)), y = static_cast<int>(std::floor(v - 0.5));
  const auto across = cubic_weights(static_cast<float>(u - 0.5 - x)),
             down = cubic_weights(static_cast<float>(v - 0.5 - y));
  mix(source, x - 1, y - 1, 4, across.data(), down.data(), out);
}

template <typename Value>
void bilinear(const cv::Mat& source, double u, double v, Value* out) {
  const int x = static_cast<int>(std::floor(u - 0.5)), y = static_cast<int>(std::floor(v - 0.5));
  const auto fx = static_cast<float>(u - 0.5 - x), fy = static_cast<float>(v - 0.5 - y);
  const std::array<float, 2> across{1 - fx, fx}, down{1 - fy, fy};
  mix(source, x, y, 2, across.data(), down.data(), out);
}

/// For all pixels of the row, the point of the source that is at its center.
template <typename Pixel>
void for_row(const PlaneMap& map, int row, RowPart part, const Pixel& pixel) {
  const auto& e = map.entries();
  const bool projective = e[6] != 0 || e[7] != 0;
  const double y = row + 0.5;
  for (int i = part.first; i < part.last; ++i) {
    const double x = i + 0.5;
    const double u = e[0] * x + (e[1] * y + e[2]), v = e[3] * x + (e[4] * y + e[5]);
    const double w = projective ? 1 / (e[6] * x + (e[7] * y + e[8])) : 1;
    pixel(i, u * w, v * w);
  }
}

/// Weights the four RGB pixels from `top` and `bottom` on; reads eight bytes of each. The result's fourth byte is
/// nothing.
inline std::uint32_t mix_rgb(const std::uint8_t* top, const std::uint8_t* bottom, int fx, int fy) {
  const int both = (fx * fy + kOne / 2) >> kWeightBits;
  const auto pair = [](int left, int right) {
    return cv::v_reinterpret_as_s16(
        cv::v_setall_s32(static_cast<int>(static_cast<unsigned>(right) << 16 | static_cast<unsigned>(left))));
  };
  // Each channel beside that of the pixel to its right.
  const auto neighbors = [](const std::uint8_t* from) {
    const cv::v_int16x8 bytes = cv::v_reinterpret_as_s16(cv::v_load_expand(from));
    cv::v_int16x8 low, high;
    cv::v_zip(bytes, cv::v_rotate_right<3>(bytes), low, high);
    return low;
  };
  const cv::v_int32x4 sum = cv::v_dotprod(neighbors(bottom), pair(fy - both, both),
                                          cv::v_dotprod(neighbors(top), pair(kOne - fx - fy + both, fx - both)));
  const cv::v_int16x8 words = cv::v_rshr_pack<kWeightBits>(sum, sum);
  return cv::v_reinterpret_as_u32(cv::v_pack_u(words, words)).get0();
}

/// Coordinates in units of 2^-32 pixels.
struct Fixed {
  std::int64_t x;
  std::int64_t y;
};
Fixed fixed(double x, double y) {
  constexpr double kUnit = 4294967296.0;
  return {static_cast<std::int64_t>(std::floor(x * kUnit)), static_cast<std::int64_t>(std::floor(y * kUnit))};
}

/// Where pixels have all of the bytes around them that `mix_rgb` reads.
class Readable {
 public:
  explicit Readable(const cv::Mat& source)
      : width_(std::max(source.cols - 2, 0)), height_(std::max(source.rows - 1, 0)) {}
  bool contains(Fixed at) const {
    const std::int64_t x = at.x >> 32, y = at.y >> 32;
    return x >= 0 && x < width_ && y >= 0 && y < height_;
  }

 private:
  std::int64_t width_;
  std::int64_t height_;
};

inline std::uint32_t mix_at(const std::uint8_t* pixels, std::size_t step, Fixed at) {
  constexpr int kShift = 32 - kWeightBits;
  const std::uint8_t* top =
      pixels + static_cast<std::size_t>(at.y >> 32) * step + 3 * static_cast<std::size_t>(at.x >> 32);
  return mix_rgb(top, top + step, static_cast<int>(at.x >> kShift) & (kOne - 1),
                 static_cast<int>(at.y >> kShift) & (kOne - 1));
}

void bilinear_row_affine(const cv::Mat& source, const PlaneMap& map, int row, RowPart part, std::uint8_t* out) {
  const auto& e = map.entries();
  const double y = row + 0.5;
  const auto point = [&](int i) {
    const double x = i + 0.5;
    return std::array<double, 2>{e[0] * x + e[1] * y + e[2], e[3] * x + e[4] * y + e[5]};
  };
  const auto slow = [&](int first, int last) {
    for (int i = first; i < last; ++i) {
      const auto at = point(i);
      bilinear(source, at[0], at[1], out + 3 * i);
    }
  };
  const Fixed step = fixed(e[0], e[3]);
  const auto begin = point(0);
  const Fixed origin = fixed(begin[0] - 0.5, begin[1] - 0.5);
  const auto at = [&](int i) { return Fixed{origin.x + i * step.x, origin.y + i * step.y}; };
  // The readable part of a line is one piece: it ends where its ends are.
  const Readable readable(source);
  int first = part.first, last = part.last;
  while (first < last && !readable.contains(at(first))) ++first;
  while (last > first && !readable.contains(at(last - 1))) --last;
  slow(part.first, first);
  Fixed now = at(first);
  for (int i = first; i < last; ++i) {
    const std::uint32_t pixel = mix_at(source.data, source.step[0], now);
    // Four bytes, of which the next pixel replaces the last.
    std::memcpy(out + 3 * i, &pixel, i + 1 < last ? 4 : 3);
    now = {now.x + step.x, now.y + step.y};
  }
  slow(last, part.last);
}

void bilinear_row_projective(const cv::Mat& source, const PlaneMap& map, int row, RowPart part, std::uint8_t* out) {
  const Readable readable(source);
  for_row(map, row, part, [&](int i, double u, double v) {
    const Fixed at = fixed(u - 0.5, v - 0.5);
    if (readable.contains(at)) {
      const std::uint32_t pixel = mix_at(source.data, source.step[0], at);
      std::memcpy(out + 3 * i, &pixel, 3);
    } else {
      bilinear(source, u, v, out + 3 * i);
    }
  });
}

template <typename Value>
void any_row(const cv::Mat& source, const PlaneMap& map, Interpolation interpolation, int row, RowPart part,
             Value* out) {
  for_row(map, row, part, [&, channels = source.channels()](int i, double u, double v) {
    Value* to = out + i * channels;
    switch (interpolation) {
      case Interpolation::kNearest: return nearest(source, u, v, to);
      case Interpolation::kBilinear: return bilinear(source, u, v, to);
      case Interpolation::kBicubic: return bicubic(source, u, v, to);
    }
  });
}

}  // namespace

void warp_row(const cv::Mat& source, const PlaneMap& map, Interpolation interpolation, int row, RowPart part,
              cv::Mat& output) {
  auto e = map.entries();
  const bool affine = e[6] == 0 && e[7] == 0;
  if (affine) {
    for (auto& entry : e) entry /= map.entries()[8];
  }
  const PlaneMap to_source(e);
  if (source.type() == CV_8UC3 && interpolation == Interpolation::kBilinear) {
    const auto bilinear_row = affine ? bilinear_row_affine : bilinear_row_projective;
    bilinear_row(source, to_source, row, part, output.ptr<std::uint8_t>(row));
  } else if (source.depth() == CV_32F) {
    any_row(source, to_source, interpolation, row, part, output.ptr<float>(row));
  } else {
    any_row(source, to_source, interpolation, row, part, output.ptr<std::uint8_t>(row));
  }
}

}  // namespace boxfeed::transforms
