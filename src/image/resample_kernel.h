#pragma once

#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <vector>

#include "image/axis_filter.h"

namespace boxfeed {

/// Memory that `resample_rows` uses again.
struct ResampleScratch {
  std::vector<std::uint8_t> bytes;
};

/// Resamples every row of `source` into the row of `output` that has the filter's width.
void resample_rows(const cv::Mat& source, const AxisFilter& filter, cv::Mat& output, ResampleScratch& scratch);

/// out[i] = the sum over k of weights[k] · 2^-shift · rows[k][i], rounded and cut to a byte.
void mix_rows(const std::uint8_t* const* rows, const std::int16_t* weights, int taps, int shift, int count,
              std::uint8_t* out);

}  // namespace boxfeed
