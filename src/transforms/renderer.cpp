#include <boxfeed/core/error.h>
#include <boxfeed/transforms/renderer.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <opencv2/core.hpp>
#include <opencv2/core/hal/intrin.hpp>
#include <optional>
#include <stdexcept>
#include <string>

#include "image/pixel_buffer.h"
#include "transforms/polygon.h"

namespace boxfeed::transforms {
namespace {

/// Where a canvas cut the image at whole pixels, nothing beyond is seen by any filter.
constexpr double kWholePixel = 1e-4;
/// Shrinking by less than this leaves bilinear interpolation free of visible aliasing.
constexpr double kShrinks = 0.95;

bool is_whole(double value) { return std::abs(value - std::round(value)) < kWholePixel; }

/// The pixels that are needed for what lies in `bounds`: `margin_x` and `margin_y` more at its edges, but none beyond
/// an edge of `limit` at a whole pixel.
cv::Rect needed_part(const Bounds& bounds, const Bounds& limit, double margin_x, double margin_y, cv::Size source) {
  const auto low = [](double edge, double end, int size) {
    const double first = is_whole(end) ? std::max(edge, std::round(end)) : edge;
    return static_cast<int>(std::clamp(std::floor(first), 0.0, static_cast<double>(size - 1)));
  };
  const auto high = [](double edge, double end, int size, int first) {
    const double last = is_whole(end) ? std::min(edge, std::round(end)) : edge;
    return static_cast<int>(std::clamp(std::ceil(last), static_cast<double>(first + 1), static_cast<double>(size)));
  };
  const int x = low(bounds[0] - margin_x, limit[0], source.width);
  const int y = low(bounds[1] - margin_y, limit[1], source.height);
  return {x, y, high(bounds[2] + margin_x, limit[2], source.width, x) - x,
          high(bounds[3] + margin_y, limit[3], source.height, y) - y};
}

/// The map from coordinates of the part to those that `map` leads to.
PlaneMap from_part(const PlaneMap& map, const cv::Rect& part) { return map * PlaneMap::translation(part.x, part.y); }

/// True for a rectangle with all of its edges at whole pixels.
bool is_whole_rectangle(const Polygon& polygon, const Bounds& b) {
  const double whole = (b[2] - b[0]) * (b[3] - b[1]);
  return std::all_of(b.begin(), b.end(), is_whole) && area(polygon) > whole * (1 - 1e-9);
}

/// The map with entries that are only rounding, against the size of the source, set to 0: a turn by 90 degrees then
/// exchanges the axes exactly.
PlaneMap without_rounding(const PlaneMap& map, double largest_side) {
  auto e = map.entries();
  for (auto& entry : e) entry /= map.entries()[8];
  for (const std::size_t i : {0U, 1U, 3U, 4U}) {
    if (std::abs(e[i]) * largest_side < 1e-6) e[i] = 0;
  }
  for (const std::size_t i : {6U, 7U}) {
    if (std::abs(e[i]) * largest_side < 1e-10) e[i] = 0;
  }
  return PlaneMap(e);
}

bool same(const ResampleOptions& a, const ResampleOptions& b) {
  return a.interpolation() == b.interpolation() && a.antialias() == b.antialias() && a.fill() == b.fill();
}

/// True where rows stay rows or become columns.
bool keeps_or_exchanges_axes(const PlaneMap& map) {
  const auto& e = map.entries();
  return e[6] == 0 && e[7] == 0 && ((e[1] == 0 && e[3] == 0) || (e[0] == 0 && e[4] == 0));
}

void check_bytes(const std::string& name, const cv::Mat& image) {
  if (image.type() == CV_8UC3 || image.type() == CV_8UC1) return;
  throw Error(Reason::kHook, name + ": expected 8-bit pixels with 1 or 3 channels, got " +
                                 cv::typeToString(image.type()) +
                                 " (it goes before Normalize, on images decoded to 8 bits)");
}

void call(const DrawnColor& color, cv::Mat& image) {
  const cv::Size size = image.size();
  const int channels = image.channels();
  color.function(image);
  if (image.size() != size || image.channels() != channels || (image.depth() != CV_8U && image.depth() != CV_32F)) {
    throw Error(Reason::kHook, color.name + ": expected " + std::to_string(size.height) + " × " +
                                   std::to_string(size.width) + " pixels of " + std::to_string(channels) +
                                   " channels of 8 bits or floats, got " + std::to_string(image.rows) + " × " +
                                   std::to_string(image.cols) + " of " + cv::typeToString(image.type()));
  }
}

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

/// Fills the pixels `part` of row `row` of `output` from `source` under the map from the output to the source. Beyond
/// the source's edges its edge pixels go on.
///
/// Requires: bytes, or floats from 0 to 255, with 1 or 3 channels, both the same; the map sees the row from the front.
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

}  // namespace

struct Renderer::State {
  Resampler resampler;
  PixelBuffer smaller;

  /// Fills what `plan` shows of the image under a map that turns the axes. Requires: a resampler as the plan says.
  void warp(const Plan& plan, const cv::Mat& pixels, const PlaneMap& map, cv::Mat& output);
};

Renderer::Renderer() : state_(std::make_unique<State>()) {}
Renderer::Renderer(Renderer&&) noexcept = default;
Renderer& Renderer::operator=(Renderer&&) noexcept = default;
Renderer::~Renderer() = default;

void Renderer::State::warp(const Plan& plan, const cv::Mat& pixels, const PlaneMap& map, cv::Mat& output) {
  const auto in_source = mapped(map.inverse(), plan.visible);
  auto scale = largest_scale(map, in_source);
  const bool antialias = plan.resample.antialias() && plan.resample.interpolation() != Interpolation::kNearest;
  for (double& s : scale) s = antialias && s < kShrinks ? s : 1;
  const cv::Rect part = needed_part(bounds(in_source), bounds(mapped(map.inverse(), plan.uncut)), 3 / scale[0],
                                    3 / scale[1], pixels.size());
  cv::Mat source = pixels(part);
  PlaneMap to_output = from_part(map, part);
  if (scale[0] < 1 || scale[1] < 1) {
    const auto side = [](int from, double s) { return s < 1 ? static_cast<int>(std::ceil(from * s)) : from; };
    const int width = side(source.cols, scale[0]), height = side(source.rows, scale[1]);
    cv::Mat small = smaller.take({height, width}, source.channels(), source.depth());
    const PlaneMap shrink =
        PlaneMap::scale(static_cast<double>(width) / source.cols, static_cast<double>(height) / source.rows);
    resampler.resample(source, shrink, small);
    source = small;
    to_output = to_output * shrink.inverse();
  }
  const PlaneMap back = to_output.inverse();
  for (int y = 0; y < output.rows; ++y) {
    const RowPart row = row_part(plan.visible, y, output.cols);
    fill_row(output, y, 0, row.first, plan.resample.fill());
    warp_row(source, back, plan.resample.interpolation(), y, row, output);
    fill_row(output, y, row.last, output.cols, plan.resample.fill());
  }
}

void Renderer::resample(const Plan& plan, const cv::Mat& pixels, const PlaneMap& to_displayed, cv::Mat& output) {
  const bool known =
      (pixels.depth() == CV_8U || pixels.depth() == CV_32F) && (pixels.channels() == 1 || pixels.channels() == 3);
  if (pixels.empty() || !known) {
    throw std::invalid_argument("Renderer: expected pixels of 8 bits or floats with 1 or 3 channels, got " +
                                (pixels.empty() ? "none" : cv::typeToString(pixels.type())));
  }
  output.create(static_cast<int>(plan.size.height), static_cast<int>(plan.size.width), pixels.type());
  if (plan.visible.empty()) {
    for (int y = 0; y < output.rows; ++y) fill_row(output, y, 0, output.cols, plan.resample.fill());
    return;
  }
  auto& resampler = state_->resampler;
  if (!same(resampler.options(), plan.resample)) resampler = Resampler(plan.resample);
  const PlaneMap map = without_rounding(plan.map * to_displayed, std::max(pixels.rows, pixels.cols));
  if (!keeps_or_exchanges_axes(map)) return state_->warp(plan, pixels, map, output);

  const Polygon uncut = mapped(map.inverse(), plan.uncut);
  const Bounds edges = bounds(uncut);
  const auto scale = largest_scale(map, uncut);
  const auto margin = [](double s) { return 2 * std::max(1.0, 1 / s) + 1; };
  const cv::Rect part = needed_part(edges, edges, margin(scale[0]), margin(scale[1]), pixels.size());
  resampler.resample(pixels(part), from_part(map, part), output);

  // What lies beyond the part has the fill color already.
  if (is_whole_rectangle(uncut, edges)) return;
  for (int y = 0; y < output.rows; ++y) {
    const RowPart row = row_part(plan.visible, y, output.cols);
    fill_row(output, y, 0, row.first, plan.resample.fill());
    fill_row(output, y, row.last, output.cols, plan.resample.fill());
  }
}

void apply_colors(const Plan& plan, cv::Mat& image) {
  std::optional<PixelTable> joined;
  const auto flush = [&] {
    if (joined) cv::LUT(image, cv::Mat(1, 256, CV_8UC1, joined->data()), image);
    joined.reset();
  };
  for (const auto& color : plan.colors) {
    if (!color.takes_floats) check_bytes(color.name, image);
    if (color.table) {
      if (!joined) {
        joined = color.table;
      } else {
        for (auto& value : *joined) value = (*color.table)[value];
      }
    }
    if (!color.function) continue;
    flush();
    call(color, image);
  }
  flush();
}

}  // namespace boxfeed::transforms
