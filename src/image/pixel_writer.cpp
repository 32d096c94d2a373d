#include <boxfeed/image/pixel_writer.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <string>

#include "image/kernels.h"

namespace boxfeed {
namespace {

/// The `value` with its mantissa cut to 16 bits: times a byte it is exact in a float.
float cut(double value) {
  int exponent = 0;
  const double mantissa = std::frexp(value, &exponent);
  return static_cast<float>(std::ldexp(std::trunc(std::ldexp(mantissa, 16)), exponent - 16));
}

}  // namespace

PixelWriter::PixelWriter(const PixelWriterOptions& options) : options_(options) {
  for (std::size_t c = 0; c < 3; ++c) {
    const float mean = options.mean()[c], divisor = options.std()[c];
    if (!std::isfinite(mean)) throw std::invalid_argument("expected a finite mean, got " + std::to_string(mean));
    if (!std::isfinite(divisor) || divisor == 0) {
      throw std::invalid_argument("expected a finite std other than 0, got " + std::to_string(divisor));
    }
    if (options.type() == PixelType::kUInt8 && (mean != 0 || divisor != 1)) {
      throw std::invalid_argument("expected mean 0 and std 1 for uint8, got mean " + std::to_string(mean) +
                                  " and std " + std::to_string(divisor));
    }
    const double factor = 1 / (255.0 * divisor);
    high_[c] = cut(factor);
    low_[c] = static_cast<float>(factor - double{high_[c]});
    offset_[c] = static_cast<float>(-double{mean} / divisor);
  }
}

void PixelWriter::write(const cv::Mat& pixels, void* row) const {
  const int channels = pixels.channels();
  const bool as_float = options_.type() == PixelType::kFloat32, floats = pixels.depth() == CV_32F && as_float;
  if ((pixels.depth() != CV_8U && !floats) || (channels != 1 && channels != 3)) {
    throw std::invalid_argument(
        "PixelWriter: expected 8-bit pixels (or floats for float32) with 1 or 3 channels, got " +
        std::to_string(channels) + " of depth " + std::to_string(pixels.depth()));
  }
  if (floats) return write_floats(pixels, static_cast<float*>(row));
  const ByteToFloat convert{
      {high_[0], high_[1], high_[2]}, {low_[0], low_[1], low_[2]}, {offset_[0], offset_[1], offset_[2]}};
  const auto each = static_cast<std::size_t>(channels);
  const bool in_order = channels == 1 || options_.layout() == PixelLayout::kInterleaved;
  // Without gaps between the rows, all is one row.
  const int rows = pixels.isContinuous() ? 1 : pixels.rows;
  const std::size_t area = pixels.total(), count = area / static_cast<std::size_t>(std::max(rows, 1));
  auto* to_bytes = static_cast<std::uint8_t*>(row);
  auto* to_floats = static_cast<float*>(row);
  const std::size_t step = in_order ? count * each : count;
  for (int y = 0; y < rows; ++y, to_bytes += step, to_floats += step) {
    const auto* from = pixels.ptr<std::uint8_t>(y);
    if (in_order && as_float) {
      kernels().to_float(from, step, channels, convert, to_floats);
    } else if (in_order) {
      std::memcpy(to_bytes, from, step);
    } else if (as_float) {
      float* const planes[] = {to_floats, to_floats + area, to_floats + 2 * area};
      kernels().split_to_float(from, count, convert, planes);
    } else {
      std::uint8_t* const planes[] = {to_bytes, to_bytes + area, to_bytes + 2 * area};
      kernels().split(from, count, planes);
    }
  }
}

void PixelWriter::write_floats(const cv::Mat& pixels, float* row) const {
  const auto channels = static_cast<std::size_t>(pixels.channels()), area = pixels.total();
  const bool planes = options_.layout() == PixelLayout::kPlanes;
  std::size_t i = 0;
  for (int y = 0; y < pixels.rows; ++y) {
    const auto* from = pixels.ptr<float>(y);
    for (int x = 0; x < pixels.cols; ++x, ++i) {
      for (std::size_t c = 0; c < channels; ++c) {
        const float value = *from++;
        row[planes ? c * area + i : i * channels + c] = value * high_[c] + (value * low_[c] + offset_[c]);
      }
    }
  }
}

}  // namespace boxfeed
