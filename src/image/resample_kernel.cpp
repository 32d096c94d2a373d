#include "image/resample_kernel.h"

#include <algorithm>

namespace boxfeed {

void resample_rows(const cv::Mat& source, const AxisFilter& filter, cv::Mat& output, ResampleScratch& /*scratch*/) {
  const int channels = source.channels();
  for (int y = 0; y < source.rows; ++y) {
    const auto* from = source.ptr<std::uint8_t>(y);
    auto* to = output.ptr<std::uint8_t>(y);
    for (int x = filter.begin(); x < filter.end(); ++x) {
      const auto* weights = filter.weights(x);
      for (int c = 0; c < channels; ++c) {
        int sum = 1 << (filter.shift() - 1);
        for (int k = 0; k < filter.taps(x); ++k) sum += weights[k] * from[(filter.first(x) + k) * channels + c];
        *to++ = static_cast<std::uint8_t>(std::clamp(sum >> filter.shift(), 0, 255));
      }
    }
  }
}

void mix_rows(const std::uint8_t* const* rows, const std::int16_t* weights, int taps, int shift, int count,
              std::uint8_t* out) {
  for (int i = 0; i < count; ++i) {
    int sum = 1 << (shift - 1);
    for (int k = 0; k < taps; ++k) sum += weights[k] * rows[k][i];
    out[i] = static_cast<std::uint8_t>(std::clamp(sum >> shift, 0, 255));
  }
}

}  // namespace boxfeed
