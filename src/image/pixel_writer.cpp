#include <boxfeed/image/pixel_writer.h>

#include <cmath>
#include <stdexcept>
#include <string>

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
    const float mean = options.mean()[c], deviation = options.deviation()[c];
    if (!std::isfinite(mean)) {
      throw std::invalid_argument("PixelWriter: expected a finite mean, got " + std::to_string(mean));
    }
    if (!std::isfinite(deviation) || deviation == 0) {
      throw std::invalid_argument("PixelWriter: expected a finite deviation other than 0, got " +
                                  std::to_string(deviation));
    }
    if (options.type() == PixelType::kUInt8 && (mean != 0 || deviation != 1)) {
      throw std::invalid_argument("PixelWriter: mean and deviation need float32, not uint8");
    }
    const double factor = 1 / (255.0 * deviation);
    high_[c] = cut(factor);
    low_[c] = static_cast<float>(factor - high_[c]);
    offset_[c] = static_cast<float>(-double{mean} / deviation);
  }
}

void PixelWriter::write(const cv::Mat& pixels, void* row) const {
  const int channels = pixels.channels();
  if (pixels.depth() != CV_8U || (channels != 1 && channels != 3)) {
    throw std::invalid_argument("PixelWriter: expected 8-bit pixels with 1 or 3 channels, got " +
                                std::to_string(channels) + " of depth " + std::to_string(pixels.depth()));
  }
  const bool planes = options_.layout() == PixelLayout::kPlanes;
  const bool bgr = options_.order() == ChannelOrder::kBGR && channels == 3;
  const std::size_t area = pixels.total();
  for (int y = 0; y < pixels.rows; ++y) {
    const auto* from = pixels.ptr<std::uint8_t>(y);
    const auto start = static_cast<std::size_t>(y) * static_cast<std::size_t>(pixels.cols);
    for (std::size_t x = 0; x < static_cast<std::size_t>(pixels.cols); ++x) {
      for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c) {
        const std::uint8_t value = *from++;
        const std::size_t place = bgr ? 2 - c : c;
        const std::size_t at =
            planes ? place * area + start + x : (start + x) * static_cast<std::size_t>(channels) + place;
        if (options_.type() == PixelType::kUInt8) {
          static_cast<std::uint8_t*>(row)[at] = value;
        } else {
          static_cast<float*>(row)[at] = value * high_[c] + (value * low_[c] + offset_[c]);
        }
      }
    }
  }
}

}  // namespace boxfeed
