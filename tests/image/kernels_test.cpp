#include "image/kernels.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "support/catch.h"

namespace {

using boxfeed::AxisWeights;
using boxfeed::WeightKind;
using Bytes = std::vector<std::uint8_t>;

Bytes noise(std::size_t count, std::uint32_t state) {
  Bytes out(count);
  for (auto& byte : out) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<std::uint8_t>(state >> 24);
  }
  return out;
}

/// Weights that sum to 1 for `count` output pixels of `each` source pixels; a third of them negative if signed.
struct Weights {
  Weights(int count, int each, WeightKind kind_, int source_pixels)
      : stride(static_cast<std::size_t>(each)), kind(kind_) {
    const bool is_signed = kind == WeightKind::kSigned;
    const int unit = is_signed ? 16384 : 65536;
    for (int i = 0; i < count; ++i) {
      first.push_back(i * (source_pixels - each) / std::max(count - 1, 1));
      taps.push_back(each);
      int left = unit;
      for (int k = 0; k < each; ++k) {
        int weight = k + 1 == each ? left : is_signed && k % 3 == 0 ? -unit / (8 * each) : left / 2;
        weight = std::min(weight, is_signed ? 32767 : 65535);
        left -= weight;
        values.push_back(static_cast<std::uint16_t>(weight));
        exact.push_back(static_cast<double>(weight) / unit);
      }
    }
  }

  AxisWeights view() const {
    return {first.data(), taps.data(), values.data(), stride, static_cast<int>(first.size()), kind};
  }

  std::vector<int> first, taps;
  std::vector<std::uint16_t> values;
  std::vector<double> exact;
  std::size_t stride;
  WeightKind kind;
};

/// How far a result may be from the exact one: half a level, and what products of 16 bits lose.
double tolerance(int taps, WeightKind kind) {
  const double lost = taps > boxfeed::kMaxFastTaps ? 0.01 : taps / (kind == WeightKind::kSigned ? 128.0 : 512.0);
  return 0.5 + lost + 0.02;
}

}  // namespace

TEST_CASE("rows are mixed as exact numbers would be, whatever the processor") {
  for (const auto* kernels : boxfeed::runnable_kernels()) {
    for (const std::size_t count : {1U, 31U, 32U, 77U}) {
      for (const int taps : {1, 2, 3, 4, 5, 32, 33, 50}) {
        std::vector<Bytes> rows;
        std::vector<const std::uint8_t*> pointers;
        for (int k = 0; k < taps; ++k) rows.push_back(noise(count, static_cast<std::uint32_t>(k)));
        for (const auto& row : rows) pointers.push_back(row.data());
        for (const auto kind : {WeightKind::kUnsigned, WeightKind::kSigned}) {
          const Weights weights(1, taps, kind, taps);
          Bytes out(count);
          kernels->mix_rows(pointers.data(), weights.values.data(), taps, kind, count, out.data());
          double worst = 0;
          for (std::size_t i = 0; i < count; ++i) {
            double sum = 0;
            for (std::size_t k = 0; k < rows.size(); ++k) sum += weights.exact[k] * rows[k][i];
            worst = std::max(worst, std::abs(std::clamp(sum, 0.0, 255.0) - out[i]));
          }
          INFO(kernels->name << ", " << taps << " taps, " << count);
          CHECK(worst <= tolerance(taps, kind));
        }
      }
    }
  }
}

TEST_CASE("rows are made narrower as exact numbers would be, whatever the processor") {
  for (const auto* kernels : boxfeed::runnable_kernels()) {
    const auto tile = static_cast<std::size_t>(kernels->tile_rows);
    REQUIRE(tile <= boxfeed::kMaxTileRows);
    for (const int channels : {1, 3}) {
      for (const int taps : {1, 2, 5, 33}) {
        for (const int out_pixels : {1, 13, 64}) {
          for (const auto kind : {WeightKind::kUnsigned, WeightKind::kSigned}) {
            constexpr int kSource = 71;
            const Weights weights(out_pixels, taps, kind, kSource);
            const auto source_bytes = kSource * static_cast<std::size_t>(channels);
            const auto out_bytes = static_cast<std::size_t>(out_pixels) * static_cast<std::size_t>(channels);
            std::vector<Bytes> from, to(tile, Bytes(out_bytes));
            std::vector<const std::uint8_t*> sources;
            std::vector<std::uint8_t*> outs;
            for (std::size_t r = 0; r < tile; ++r) from.push_back(noise(source_bytes, static_cast<std::uint32_t>(r)));
            for (const auto& row : from) sources.push_back(row.data());
            for (auto& row : to) outs.push_back(row.data());
            Bytes scratch(tile * ((source_bytes + 15) / 16 * 16 + (out_bytes + 15) / 16 * 16));
            kernels->narrow_rows(sources.data(), source_bytes, weights.view(), channels, scratch.data(), outs.data());
            double worst = 0;
            for (std::size_t r = 0; r < tile; ++r) {
              for (std::size_t i = 0; i < out_bytes; ++i) {
                const std::size_t x = i / static_cast<std::size_t>(channels),
                                  c = i % static_cast<std::size_t>(channels);
                double sum = 0;
                for (std::size_t k = 0; k < static_cast<std::size_t>(taps); ++k) {
                  const std::size_t at = static_cast<std::size_t>(weights.first[x]) + k;
                  sum += weights.exact[x * weights.stride + k] * from[r][at * static_cast<std::size_t>(channels) + c];
                }
                worst = std::max(worst, std::abs(std::clamp(sum, 0.0, 255.0) - to[r][i]));
              }
            }
            INFO(kernels->name << ", " << taps << " taps, " << channels << " channels, " << out_pixels);
            CHECK(worst <= tolerance(taps, kind));
          }
        }
      }
    }
  }
}

TEST_CASE("pixels are taken apart alike by every processor") {
  const std::size_t count = 83;
  const Bytes rgb = noise(3 * count, 5);
  const boxfeed::ByteToFloat convert{{0.5F, 0.25F, 0.125F}, {0.01F, 0.007F, 0.003F}, {-1.1F, 0.3F, 0.0F}};
  const auto expected = [&](std::size_t i, std::size_t c) {
    const float value = rgb[3 * i + c];
    // Exact in double, so that nothing but the two roundings of the definition is left.
    const auto rest = static_cast<float>(static_cast<double>(static_cast<float>(value * convert.low[c])) +
                                         static_cast<double>(convert.offset[c]));
    return static_cast<float>(static_cast<double>(value * convert.high[c]) + static_cast<double>(rest));
  };
  for (const auto* kernels : boxfeed::runnable_kernels()) {
    INFO(kernels->name);
    std::vector<float> floats(3 * count), interleaved(3 * count), gray(3 * count);
    float* const planes[] = {floats.data(), floats.data() + count, floats.data() + 2 * count};
    kernels->split_to_float(rgb.data(), count, convert, planes);
    kernels->to_float(rgb.data(), 3 * count, 3, convert, interleaved.data());
    kernels->to_float(rgb.data(), 3 * count, 1, convert, gray.data());
    Bytes bytes(3 * count);
    std::uint8_t* const byte_planes[] = {bytes.data(), bytes.data() + count, bytes.data() + 2 * count};
    kernels->split(rgb.data(), count, byte_planes);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t c = 0; c < 3; ++c) {
        REQUIRE(floats[c * count + i] == expected(i, c));
        REQUIRE(interleaved[3 * i + c] == expected(i, c));
        REQUIRE(bytes[c * count + i] == rgb[3 * i + c]);
      }
      REQUIRE(gray[3 * i] == expected(i, 0));
    }
  }
}

TEST_CASE("the kernels in use are the last of those that run") {
  CHECK(&boxfeed::kernels() == boxfeed::runnable_kernels().back());
  CHECK(std::string(boxfeed::runnable_kernels().front()->name) == "baseline");
}
