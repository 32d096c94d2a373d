// The inner loops, written once over `Lanes`: the bytes, 16-bit numbers and floats that one kind of processor holds.
// Included by one source file for each kind, which defines `Lanes` before in an unnamed namespace, so that nothing
// compiled for one processor can be linked into the code for another.

#include <cstddef>
#include <cstdint>

#include "image/kernels.h"

// NOLINTBEGIN(misc-definitions-in-headers): each includes it once
namespace boxfeed {
namespace {

/// The weight as a number, and its unit's bits.
template <WeightKind Kind>
std::int32_t weight_of(std::uint16_t bits) {
  return Kind == WeightKind::kSigned ? static_cast<std::int16_t>(bits) : bits;
}
template <WeightKind Kind>
constexpr int kWeightBits = Kind == WeightKind::kSigned ? 14 : 16;

template <WeightKind Kind>
std::uint8_t byte_of(std::int32_t sum) {
  const std::int32_t value = (sum + (1 << (kWeightBits<Kind> - 1))) >> kWeightBits<Kind>;
  return static_cast<std::uint8_t>(value < 0 ? 0 : value > 255 ? 255 : value);
}

/// A sum of `taps` products in units of 2^-8 (unsigned) or 2^-6 (signed): starts at half a unit of the result, and half
/// a unit of the sum for each product, which is rounded down.
template <WeightKind Kind>
Lanes::Words start_of(int taps) {
  return Lanes::set(static_cast<std::uint16_t>((Kind == WeightKind::kSigned ? 32 : 128) + taps / 2));
}

template <WeightKind Kind, int Taps>
void mix_fast(const std::uint8_t* const* rows, const std::uint16_t* weights, int taps, std::size_t count,
              std::uint8_t* out) {
  constexpr auto kStep = static_cast<std::size_t>(Lanes::kBytes);
  constexpr int kKept = Taps > 0 ? Taps : 1;
  if (Taps > 0) taps = Taps;
  Lanes::Words kept[kKept];
  for (int k = 0; k < Taps; ++k) kept[k] = Lanes::set(weights[k]);
  const auto start = start_of<Kind>(taps);
  const auto block = [&](std::size_t i) {
    auto low = start, high = start;
    for (int k = 0; k < taps; ++k) {
      const auto weight = Taps > 0 ? kept[k] : Lanes::set(weights[k]);
      Lanes::add_product<Kind>(Lanes::load(rows[k] + i), weight, low, high);
    }
    Lanes::store(out + i, Lanes::to_bytes<Kind>(low, high));
  };
  std::size_t i = 0;
  for (; i + kStep <= count; i += kStep) block(i);
  if (i < count) block(count - kStep);  // again over some that are done
}

template <WeightKind Kind>
void mix_kind(const std::uint8_t* const* rows, const std::uint16_t* weights, int taps, std::size_t count,
              std::uint8_t* out) {
  if (taps <= kMaxFastTaps && count >= static_cast<std::size_t>(Lanes::kBytes)) {
    switch (taps) {
      case 2: return mix_fast<Kind, 2>(rows, weights, taps, count, out);
      case 3: return mix_fast<Kind, 3>(rows, weights, taps, count, out);
      case 4: return mix_fast<Kind, 4>(rows, weights, taps, count, out);
      default: return mix_fast<Kind, 0>(rows, weights, taps, count, out);
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    std::int32_t sum = 0;
    for (int k = 0; k < taps; ++k) sum += weight_of<Kind>(weights[k]) * rows[k][i];
    out[i] = byte_of<Kind>(sum);
  }
}

void mix_rows(const std::uint8_t* const* rows, const std::uint16_t* weights, int taps, WeightKind kind,
              std::size_t count, std::uint8_t* out) {
  if (kind == WeightKind::kSigned) {
    mix_kind<WeightKind::kSigned>(rows, weights, taps, count, out);
  } else {
    mix_kind<WeightKind::kUnsigned>(rows, weights, taps, count, out);
  }
}

/// Rows and columns exchanged of 16 × 16 bytes, in each 16 bytes of the registers.
inline void exchange(Lanes::Bytes (&tile)[16]) {
  Lanes::Bytes other[16];
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 8; ++i) Lanes::zip(tile[i], tile[i + 8], other[2 * i], other[2 * i + 1]);
    for (int i = 0; i < 8; ++i) Lanes::zip(other[i], other[i + 8], tile[2 * i], tile[2 * i + 1]);
  }
}

/// columns[kBytes x + r] = rows[r][x].
inline void to_columns(const std::uint8_t* const* rows, std::size_t count, std::uint8_t* columns) {
  constexpr auto kRows = static_cast<std::size_t>(Lanes::kBytes);
  std::size_t x = 0;
  for (; x + 16 <= count; x += 16) {
    Lanes::Bytes tile[16];
    for (int r = 0; r < 16; ++r) tile[r] = Lanes::load_16(rows + r, x);
    exchange(tile);
    for (std::size_t i = 0; i < 16; ++i) Lanes::store(columns + kRows * (x + i), tile[i]);
  }
  for (; x < count; ++x) {
    for (std::size_t r = 0; r < kRows; ++r) columns[kRows * x + r] = rows[r][x];
  }
}

inline void to_rows(const std::uint8_t* columns, std::size_t count, std::uint8_t* const* rows) {
  constexpr auto kRows = static_cast<std::size_t>(Lanes::kBytes);
  std::size_t x = 0;
  for (; x + 16 <= count; x += 16) {
    Lanes::Bytes tile[16];
    for (std::size_t i = 0; i < 16; ++i) tile[i] = Lanes::load(columns + kRows * (x + i));
    exchange(tile);
    for (int r = 0; r < 16; ++r) Lanes::store_16(rows + r, x, tile[r]);
  }
  for (; x < count; ++x) {
    for (std::size_t r = 0; r < kRows; ++r) rows[r][x] = columns[kRows * x + r];
  }
}

template <WeightKind Kind, int Channels>
void weigh_fast(const std::uint8_t* columns, const AxisWeights& filter, std::uint8_t* out) {
  constexpr std::size_t kPixel = static_cast<std::size_t>(Lanes::kBytes) * Channels;
  for (int x = 0; x < filter.count; ++x, out += kPixel) {
    const auto* from = columns + static_cast<std::size_t>(filter.first[x]) * kPixel;
    const auto* weights = filter.weights + static_cast<std::size_t>(x) * filter.stride;
    const int taps = filter.taps[x];
    Lanes::Words low[Channels], high[Channels];
    for (int c = 0; c < Channels; ++c) low[c] = high[c] = start_of<Kind>(taps);
    for (int k = 0; k < taps; ++k, from += kPixel) {
      const auto weight = Lanes::set(weights[k]);
      for (int c = 0; c < Channels; ++c) {
        Lanes::add_product<Kind>(Lanes::load(from + Lanes::kBytes * c), weight, low[c], high[c]);
      }
    }
    for (int c = 0; c < Channels; ++c) Lanes::store(out + Lanes::kBytes * c, Lanes::to_bytes<Kind>(low[c], high[c]));
  }
}

template <WeightKind Kind>
void weigh_slow(const std::uint8_t* columns, const AxisWeights& filter, int channels, std::uint8_t* out) {
  const auto pixel = std::size_t{Lanes::kBytes} * static_cast<std::size_t>(channels);
  for (int x = 0; x < filter.count; ++x, out += pixel) {
    const auto* from = columns + static_cast<std::size_t>(filter.first[x]) * pixel;
    const auto* weights = filter.weights + static_cast<std::size_t>(x) * filter.stride;
    for (std::size_t i = 0; i < pixel; ++i) {
      std::int32_t sum = 0;
      for (int k = 0; k < filter.taps[x]; ++k) {
        sum += weight_of<Kind>(weights[k]) * from[static_cast<std::size_t>(k) * pixel + i];
      }
      out[i] = byte_of<Kind>(sum);
    }
  }
}

template <WeightKind Kind>
void weigh(const std::uint8_t* columns, const AxisWeights& filter, int channels, std::uint8_t* out) {
  if (filter.stride > kMaxFastTaps) {
    weigh_slow<Kind>(columns, filter, channels, out);
  } else if (channels == 3) {
    weigh_fast<Kind, 3>(columns, filter, out);
  } else {
    weigh_fast<Kind, 1>(columns, filter, out);
  }
}

void narrow_rows(const std::uint8_t* const* source, std::size_t source_bytes, const AxisWeights& filter, int channels,
                 std::uint8_t* scratch, std::uint8_t* const* out) {
  std::uint8_t* narrow = scratch + static_cast<std::size_t>(Lanes::kBytes) * ((source_bytes + 15) / 16 * 16);
  to_columns(source, source_bytes, scratch);
  if (filter.kind == WeightKind::kSigned) {
    weigh<WeightKind::kSigned>(scratch, filter, channels, narrow);
  } else {
    weigh<WeightKind::kUnsigned>(scratch, filter, channels, narrow);
  }
  to_rows(narrow, static_cast<std::size_t>(filter.count) * static_cast<std::size_t>(channels), out);
}

inline float float_of(std::uint8_t byte, const ByteToFloat& convert, int channel) {
  const float value = byte;
  return value * convert.high[channel] + (value * convert.low[channel] + convert.offset[channel]);
}

void split_to_float(const std::uint8_t* rgb, std::size_t count, const ByteToFloat& numbers, float* const* planes) {
  const ByteToFloat convert = numbers;  // a copy, which the floats that are written cannot change
  std::size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    Lanes::Sixteen bytes[3];
    Lanes::load_split(rgb + 3 * i, bytes);
    for (int c = 0; c < 3; ++c) {
      Lanes::store_floats(planes[c] + i, bytes[c], convert.high[c], convert.low[c], convert.offset[c]);
    }
  }
  for (; i < count; ++i) {
    for (std::size_t c = 0; c < 3; ++c) planes[c][i] = float_of(rgb[3 * i + c], convert, static_cast<int>(c));
  }
}

void split(const std::uint8_t* rgb, std::size_t count, std::uint8_t* const* planes) {
  std::size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    Lanes::Sixteen bytes[3];
    Lanes::load_split(rgb + 3 * i, bytes);
    for (int c = 0; c < 3; ++c) Lanes::store_sixteen(planes[c] + i, bytes[c]);
  }
  for (; i < count; ++i) {
    for (std::size_t c = 0; c < 3; ++c) planes[c][i] = rgb[3 * i + c];
  }
}

void to_float(const std::uint8_t* bytes, std::size_t count, int channels, const ByteToFloat& convert, float* out) {
  // The constants of 24 numbers in a row: a whole number of pixels and of vectors.
  float high[24], low[24], offset[24];
  for (int i = 0; i < 24; ++i) {
    high[i] = convert.high[i % channels];
    low[i] = convert.low[i % channels];
    offset[i] = convert.offset[i % channels];
  }
  std::size_t i = 0;
  for (; i + 24 <= count; i += 24) {
    for (std::size_t j = 0; j < 24; ++j) {
      const auto value = static_cast<float>(bytes[i + j]);
      out[i + j] = value * high[j] + (value * low[j] + offset[j]);
    }
  }
  for (std::size_t j = 0; i < count; ++i, ++j) {
    const auto value = static_cast<float>(bytes[i]);
    out[i] = value * high[j] + (value * low[j] + offset[j]);
  }
}

}  // namespace
}  // namespace boxfeed
// NOLINTEND(misc-definitions-in-headers)
