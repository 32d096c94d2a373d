#include "transforms/warp_kernel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace boxfeed {
namespace {

using Floats = float __attribute__((vector_size(16)));
using Ints = std::int32_t __attribute__((vector_size(16)));
using Bytes = std::uint8_t __attribute__((vector_size(4)));

/// Four bytes, the pixel and what follows it.
inline Floats load(const std::uint8_t* from) {
  Bytes bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  return __builtin_convertvector(bytes, Floats);
}

/// Catmull and Rom's cubic, a = -0.5, at the four pixels around a point `t` beyond the second.
std::array<float, 4> cubic_weights(float t) {
  const float t2 = t * t, t3 = t2 * t;
  return {-0.5F * t3 + t2 - 0.5F * t, 1.5F * t3 - 2.5F * t2 + 1, -1.5F * t3 + 2 * t2 + 0.5F * t, 0.5F * t3 - 0.5F * t2};
}

std::uint8_t to_byte(float value) { return static_cast<std::uint8_t>(std::clamp(value + 0.5F, 0.0F, 255.0F)); }

/// A pixel from `taps` × `taps` pixels, any of which may be beyond the edge.
void mix(const cv::Mat& source, int x, int y, int taps, const float* across, const float* down, std::uint8_t* out) {
  const int channels = source.channels();
  std::array<float, 3> sum{};
  for (int j = 0; j < taps; ++j) {
    const auto* row = source.ptr<std::uint8_t>(std::clamp(y + j, 0, source.rows - 1));
    for (int i = 0; i < taps; ++i) {
      const auto* pixel = row + std::clamp(x + i, 0, source.cols - 1) * channels;
      for (int c = 0; c < channels; ++c)
        sum[static_cast<std::size_t>(c)] += down[j] * across[i] * static_cast<float>(pixel[c]);
    }
  }
  for (int c = 0; c < channels; ++c) out[c] = to_byte(sum[static_cast<std::size_t>(c)]);
}

void nearest(const cv::Mat& source, double u, double v, std::uint8_t* out) {
  const int channels = source.channels();
  const int x = std::clamp(static_cast<int>(std::floor(u)), 0, source.cols - 1);
  const int y = std::clamp(static_cast<int>(std::floor(v)), 0, source.rows - 1);
  const auto* pixel = source.ptr<std::uint8_t>(y) + x * channels;
  for (int c = 0; c < channels; ++c) out[c] = pixel[c];
}

void bicubic(const cv::Mat& source, double u, double v, std::uint8_t* out) {
  const int x = static_cast<int>(std::floor(u - 0.5)), y = static_cast<int>(std::floor(v - 0.5));
  const auto across = cubic_weights(static_cast<float>(u - 0.5 - x)),
             down = cubic_weights(static_cast<float>(v - 0.5 - y));
  mix(source, x - 1, y - 1, 4, across.data(), down.data(), out);
}

void bilinear(const cv::Mat& source, double u, double v, std::uint8_t* out) {
  const int x = static_cast<int>(std::floor(u - 0.5)), y = static_cast<int>(std::floor(v - 0.5));
  const auto fx = static_cast<float>(u - 0.5 - x), fy = static_cast<float>(v - 0.5 - y);
  const std::array<float, 2> across{1 - fx, fx}, down{1 - fy, fy};
  mix(source, x, y, 2, across.data(), down.data(), out);
}

/// For all pixels of the row, the point of the source that is at its centre.
template <bool kProjective, typename Pixel>
void for_row(const PlaneMap& map, int row, RowPart part, const Pixel& pixel) {
  const auto& e = map.entries();
  const double y = row + 0.5;
  for (int i = part.first; i < part.last; ++i) {
    const double x = i + 0.5;
    const double u = e[0] * x + (e[1] * y + e[2]), v = e[3] * x + (e[4] * y + e[5]);
    if constexpr (kProjective) {
      const double w = 1 / (e[6] * x + (e[7] * y + e[8]));
      pixel(i, u * w, v * w);
    } else {
      pixel(i, u, v);
    }
  }
}

template <bool kProjective>
void bilinear_row_rgb(const cv::Mat& source, const PlaneMap& map, int row, RowPart part, std::uint8_t* out) {
  const std::uint8_t* const pixels = source.data;
  const std::size_t step = source.step[0];
  // Where four bytes can be read at each of the four pixels without passing the end.
  const auto safe_x = static_cast<unsigned>(std::max(source.cols - 2, 0));
  const auto safe_y = static_cast<unsigned>(std::max(source.rows - 1, 0));
  for_row<kProjective>(map, row, part, [&](int i, double u, double v) {
    // Non-negative before it is cut to a whole number, which then is the floor.
    const double us = u + 1023.5, vs = v + 1023.5;
    const int xs = static_cast<int>(us), ys = static_cast<int>(vs);
    const int x = xs - 1024, y = ys - 1024;
    if (static_cast<unsigned>(x) >= safe_x || static_cast<unsigned>(y) >= safe_y) {
      bilinear(source, u, v, out + 3 * i);
      return;
    }
    const auto fx = static_cast<float>(us - xs), fy = static_cast<float>(vs - ys);
    const std::uint8_t* p = pixels + static_cast<std::size_t>(y) * step + 3 * static_cast<std::size_t>(x);
    const Floats a = load(p), b = load(p + 3), c = load(p + step), d = load(p + step + 3);
    const Floats top = a + (b - a) * fx, bottom = c + (d - c) * fx;
    const Floats value = top + (bottom - top) * fy + 0.5F;
    const Ints whole = __builtin_convertvector(value, Ints);
    std::uint8_t* to = out + 3 * i;
    to[0] = static_cast<std::uint8_t>(whole[0]);
    to[1] = static_cast<std::uint8_t>(whole[1]);
    to[2] = static_cast<std::uint8_t>(whole[2]);
  });
}

template <bool kProjective>
void any_row(const cv::Mat& source, const PlaneMap& map, Interpolation interpolation, int row, RowPart part,
             std::uint8_t* out) {
  const int channels = source.channels();
  if (interpolation == Interpolation::kBilinear && channels == 3) {
    bilinear_row_rgb<kProjective>(source, map, row, part, out);
    return;
  }
  for_row<kProjective>(map, row, part, [&](int i, double u, double v) {
    std::uint8_t* to = out + i * channels;
    switch (interpolation) {
      case Interpolation::kNearest: nearest(source, u, v, to); return;
      case Interpolation::kBilinear: bilinear(source, u, v, to); return;
      case Interpolation::kBicubic: bicubic(source, u, v, to); return;
    }
  });
}

}  // namespace

void warp_row(const cv::Mat& source, const PlaneMap& map, Interpolation interpolation, int row, RowPart part,
              cv::Mat& output) {
  const auto& e = map.entries();
  auto* out = output.ptr<std::uint8_t>(row);
  if (e[6] == 0 && e[7] == 0) {
    auto affine = e;
    for (auto& entry : affine) entry /= e[8];
    any_row<false>(source, PlaneMap(affine), interpolation, row, part, out);
  } else {
    any_row<true>(source, map, interpolation, row, part, out);
  }
}

}  // namespace boxfeed
