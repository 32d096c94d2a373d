#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace boxfeed {

/// How weights are written. Those that are never negative have more bits, and faster code.
enum class WeightKind {
  kUnsigned,  ///< in units of 2^-16; 1 is 65535
  kSigned,    ///< in units of 2^-14, as the bits of an int16
};

/// The weights of one axis, as `AxisFilter` holds them: output pixel i is made of `taps[i]` source pixels from
/// `first[i]` on, with the weights from `weights + i * stride` on.
struct AxisWeights {
  const int* first;
  const int* taps;
  const std::uint16_t* weights;
  std::size_t stride;
  int count;
  WeightKind kind;
};

/// How a byte becomes a float in each channel: byte * high + (byte * low + offset).
struct ByteToFloat {
  float high[3];
  float low[3];
  float offset[3];
};

/// The most rows that `narrow_rows` takes at once, for any processor.
constexpr int kMaxTileRows = 32;

/// The most pixels that the vector code weighs for one; above, slower code with 32-bit sums does it.
constexpr int kMaxFastTaps = 32;

/// The inner loops, for one kind of processor.
struct Kernels {
  const char* name;

  /// The rows that `narrow_rows` takes at once.
  int tile_rows;

  /// out[i] = the sum over k of weights[k] · rows[k][i], rounded and cut to a byte.
  void (*mix_rows)(const std::uint8_t* const* rows, const std::uint16_t* weights, int taps, WeightKind kind,
                   std::size_t count, std::uint8_t* out);

  /// Weighs along `tile_rows` rows of `source_bytes` bytes each, with `channels` a pixel. `scratch` holds `tile_rows`
  /// bytes for each byte of a row of the source and of the output, both rounded up to 16.
  void (*narrow_rows)(const std::uint8_t* const* source, std::size_t source_bytes, const AxisWeights& filter,
                      int channels, std::uint8_t* scratch, std::uint8_t* const* out);

  /// Takes `count` RGB pixels apart into three planes of float or of bytes.
  void (*split_to_float)(const std::uint8_t* rgb, std::size_t count, const ByteToFloat& convert, float* const* planes);
  void (*split)(const std::uint8_t* rgb, std::size_t count, std::uint8_t* const* planes);

  /// Converts `count` numbers of channels that alternate with a period of 1 or 3.
  void (*to_float)(const std::uint8_t* bytes, std::size_t count, int channels, const ByteToFloat& convert, float* out);
};

/// The best for this processor.
const Kernels& kernels() noexcept;

/// All that this processor can run, the baseline first: for tests.
std::vector<const Kernels*> runnable_kernels();

extern const Kernels kBaselineKernels;
#if defined(__x86_64__)
extern const Kernels kAvx2Kernels;
#endif

}  // namespace boxfeed
