// For x86 processors with AVX2 and FMA; compiled with -mavx2 -mfma, called only where they are.
#include <immintrin.h>

#include <cstdint>

#include "image/kernels.h"

namespace boxfeed {
namespace {

struct Lanes {
  static constexpr int kBytes = 32;
  using Bytes = __m256i;
  using Sixteen = __m128i;
  using Words = __m256i;

  static Words set(std::uint16_t value) { return _mm256_set1_epi16(static_cast<short>(value)); }
  static Bytes load(const std::uint8_t* bytes) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes)); }
  static void store(std::uint8_t* out, Bytes bytes) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), bytes); }
  static Bytes load_16(const std::uint8_t* const* rows, std::size_t x) {
    return _mm256_inserti128_si256(_mm256_castsi128_si256(load_sixteen(rows[0] + x)), load_sixteen(rows[16] + x), 1);
  }
  static void store_16(std::uint8_t* const* rows, std::size_t x, Bytes bytes) {
    store_sixteen(rows[0] + x, _mm256_castsi256_si128(bytes));
    store_sixteen(rows[16] + x, _mm256_extracti128_si256(bytes, 1));
  }
  static void zip(Bytes a, Bytes b, Bytes& low, Bytes& high) {
    low = _mm256_unpacklo_epi8(a, b);
    high = _mm256_unpackhi_epi8(a, b);
  }

  /// low and high += the bytes (less 128 where weights are signed) times 2^8, times the weight, the upper half of it.
  template <WeightKind Kind>
  static void add_product(Bytes bytes, Words weight, Words& low, Words& high) {
    if (Kind == WeightKind::kSigned) bytes = _mm256_xor_si256(bytes, _mm256_set1_epi8(-128));
    const Words first = _mm256_unpacklo_epi8(_mm256_setzero_si256(), bytes);
    const Words second = _mm256_unpackhi_epi8(_mm256_setzero_si256(), bytes);
    if (Kind == WeightKind::kUnsigned) {
      low = _mm256_add_epi16(low, _mm256_mulhi_epu16(first, weight));
      high = _mm256_add_epi16(high, _mm256_mulhi_epu16(second, weight));
    } else {
      low = _mm256_add_epi16(low, _mm256_mulhi_epi16(first, weight));
      high = _mm256_add_epi16(high, _mm256_mulhi_epi16(second, weight));
    }
  }
  template <WeightKind Kind>
  static Bytes to_bytes(Words low, Words high) {
    if (Kind == WeightKind::kUnsigned) {
      return _mm256_packus_epi16(_mm256_srli_epi16(low, 8), _mm256_srli_epi16(high, 8));
    }
    return _mm256_xor_si256(_mm256_packs_epi16(_mm256_srai_epi16(low, 6), _mm256_srai_epi16(high, 6)),
                            _mm256_set1_epi8(-128));
  }

  static Sixteen load_sixteen(const std::uint8_t* bytes) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
  }
  static void store_sixteen(std::uint8_t* out, Sixteen bytes) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
  }
  static void load_split(const std::uint8_t* rgb, Sixteen (&bytes)[3]) {
    const Sixteen a = load_sixteen(rgb), b = load_sixteen(rgb + 16), c = load_sixteen(rgb + 32);
    constexpr char z = -1;  // a zero
    const auto three = [](Sixteen x, Sixteen y, Sixteen w) { return _mm_or_si128(_mm_or_si128(x, y), w); };
    bytes[0] = three(_mm_shuffle_epi8(a, _mm_setr_epi8(0, 3, 6, 9, 12, 15, z, z, z, z, z, z, z, z, z, z)),
                     _mm_shuffle_epi8(b, _mm_setr_epi8(z, z, z, z, z, z, 2, 5, 8, 11, 14, z, z, z, z, z)),
                     _mm_shuffle_epi8(c, _mm_setr_epi8(z, z, z, z, z, z, z, z, z, z, z, 1, 4, 7, 10, 13)));
    bytes[1] = three(_mm_shuffle_epi8(a, _mm_setr_epi8(1, 4, 7, 10, 13, z, z, z, z, z, z, z, z, z, z, z)),
                     _mm_shuffle_epi8(b, _mm_setr_epi8(z, z, z, z, z, 0, 3, 6, 9, 12, 15, z, z, z, z, z)),
                     _mm_shuffle_epi8(c, _mm_setr_epi8(z, z, z, z, z, z, z, z, z, z, z, 2, 5, 8, 11, 14)));
    bytes[2] = three(_mm_shuffle_epi8(a, _mm_setr_epi8(2, 5, 8, 11, 14, z, z, z, z, z, z, z, z, z, z, z)),
                     _mm_shuffle_epi8(b, _mm_setr_epi8(z, z, z, z, z, 1, 4, 7, 10, 13, z, z, z, z, z, z)),
                     _mm_shuffle_epi8(c, _mm_setr_epi8(z, z, z, z, z, z, z, z, z, z, 0, 3, 6, 9, 12, 15)));
  }
  static void store_floats(float* out, Sixteen bytes, float high, float low, float offset) {
    const auto half = [&](float* to, Sixteen eight) {
      const __m256 value = _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(eight));
      // value * high is exact, so that a fused operation gives what two give; value * low is not.
      const __m256 rest = _mm256_add_ps(_mm256_mul_ps(value, _mm256_set1_ps(low)), _mm256_set1_ps(offset));
      _mm256_storeu_ps(to, _mm256_fmadd_ps(value, _mm256_set1_ps(high), rest));
    };
    half(out, bytes);
    half(out + 8, _mm_srli_si128(bytes, 8));
  }
};

}  // namespace
}  // namespace boxfeed

#include "image/kernel_bodies.h"

namespace boxfeed {

const Kernels kAvx2Kernels{"avx2", Lanes::kBytes, mix_rows, narrow_rows, split_to_float, split, to_float};

}  // namespace boxfeed
