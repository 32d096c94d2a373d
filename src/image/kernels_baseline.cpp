// For any processor, and the choice of the best: OpenCV's universal intrinsics at 128 bits.
#include <opencv2/core/hal/intrin.hpp>

#include "image/kernels.h"

namespace boxfeed {
namespace {

struct Lanes {
  static constexpr int kBytes = 16;
  using Bytes = cv::v_uint8x16;
  using Sixteen = cv::v_uint8x16;
  using Words = cv::v_uint16x8;

  static Words set(std::uint16_t value) { return cv::v_setall_u16(value); }
  static Bytes load(const std::uint8_t* bytes) { return cv::v_load(bytes); }
  static void store(std::uint8_t* out, const Bytes& bytes) { cv::v_store(out, bytes); }
  static Bytes load_16(const std::uint8_t* const* rows, std::size_t x) { return cv::v_load(rows[0] + x); }
  static void store_16(std::uint8_t* const* rows, std::size_t x, const Bytes& bytes) {
    cv::v_store(rows[0] + x, bytes);
  }
  static void zip(const Bytes& a, const Bytes& b, Bytes& low, Bytes& high) { cv::v_zip(a, b, low, high); }

  /// low and high += the bytes (less 128 where weights are signed) times 2^8, times the weight, the upper half of it.
  template <WeightKind Kind>
  static void add_product(Bytes bytes, const Words& weight, Words& low, Words& high) {
    if (Kind == WeightKind::kSigned) bytes = cv::v_add_wrap(bytes, cv::v_setall_u8(0x80));
    Bytes first, second;
    cv::v_zip(cv::v_setzero_u8(), bytes, first, second);
    const auto times = [&](const Bytes& half) {
      const Words words = cv::v_reinterpret_as_u16(half);
      if (Kind == WeightKind::kUnsigned) return cv::v_mul_hi(words, weight);
      return cv::v_reinterpret_as_u16(cv::v_mul_hi(cv::v_reinterpret_as_s16(words), cv::v_reinterpret_as_s16(weight)));
    };
    low = cv::v_add_wrap(low, times(first));
    high = cv::v_add_wrap(high, times(second));
  }
  template <WeightKind Kind>
  static Bytes to_bytes(const Words& low, const Words& high) {
    if (Kind == WeightKind::kUnsigned) return cv::v_pack(cv::v_shr<8>(low), cv::v_shr<8>(high));
    const auto bytes =
        cv::v_pack(cv::v_shr<6>(cv::v_reinterpret_as_s16(low)), cv::v_shr<6>(cv::v_reinterpret_as_s16(high)));
    return cv::v_add_wrap(cv::v_reinterpret_as_u8(bytes), cv::v_setall_u8(0x80));
  }

  static void store_sixteen(std::uint8_t* out, const Sixteen& bytes) { cv::v_store(out, bytes); }
  static void load_split(const std::uint8_t* rgb, Sixteen (&bytes)[3]) {
    cv::v_load_deinterleave(rgb, bytes[0], bytes[1], bytes[2]);
  }
  static void store_floats(float* out, const Sixteen& bytes, float high, float low, float offset) {
    cv::v_uint16x8 words[2];
    cv::v_expand(bytes, words[0], words[1]);
    for (const auto& word : words) {
      cv::v_uint32x4 numbers[2];
      cv::v_expand(word, numbers[0], numbers[1]);
      for (const auto& number : numbers) {
        const auto value = cv::v_cvt_f32(cv::v_reinterpret_as_s32(number));
        const auto rest = cv::v_muladd(value, cv::v_setall_f32(low), cv::v_setall_f32(offset));
        cv::v_store(out, cv::v_muladd(value, cv::v_setall_f32(high), rest));
        out += 4;
      }
    }
  }
};

}  // namespace
}  // namespace boxfeed

#include "image/kernel_bodies.h"

namespace boxfeed {
const Kernels kBaselineKernels{"baseline", Lanes::kBytes, mix_rows, narrow_rows, split_to_float, split, to_float};

const Kernels& kernels() noexcept {
#if defined(__x86_64__)
  static const bool runs_avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
  if (runs_avx2) return kAvx2Kernels;
#endif
  return kBaselineKernels;
}

std::vector<const Kernels*> runnable_kernels() {
  if (&kernels() == &kBaselineKernels) return {&kBaselineKernels};
  return {&kBaselineKernels, &kernels()};
}

}  // namespace boxfeed
