#include <boxfeed/image/resampler.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "image/axis_filter.h"
#include "image/pixel_buffer.h"
#include "image/resample_kernel.h"

namespace boxfeed {
namespace {

void check(const cv::Mat& source, const cv::Mat& output) {
  const int type = source.type();
  if (source.empty() || (type != CV_8UC1 && type != CV_8UC3)) {
    throw std::invalid_argument("Resampler: expected an 8-bit source with 1 or 3 channels, got " +
                                std::to_string(source.channels()) + " of depth " + std::to_string(source.depth()));
  }
  if (output.empty() || output.type() != type) {
    throw std::invalid_argument("Resampler: expected an output of the source's type, got " +
                                std::to_string(output.channels()) + " channels of depth " +
                                std::to_string(output.depth()));
  }
}

/// The map with its output's axes exchanged.
PlaneMap exchanged(const PlaneMap& map) { return PlaneMap({0, 1, 0, 1, 0, 0, 0, 0, 1}) * map; }

void fill_row(std::uint8_t* row, int begin, int end, int channels, const Colour& fill) {
  for (int x = begin; x < end; ++x) {
    for (int c = 0; c < channels; ++c) row[x * channels + c] = fill[static_cast<std::size_t>(c)];
  }
}

}  // namespace

struct Resampler::State {
  ResampleOptions options;
  PixelBuffer columns;
  PixelBuffer turned;
  ResampleScratch scratch;
  std::vector<const std::uint8_t*> rows;

  /// Under a map that keeps the axes.
  void resample_aligned(const cv::Mat& source, const PlaneMap& map, cv::Mat& output);
};

Resampler::Resampler(const ResampleOptions& options) : state_(std::make_unique<State>()) { state_->options = options; }
Resampler::Resampler(Resampler&&) noexcept = default;
Resampler& Resampler::operator=(Resampler&&) noexcept = default;
Resampler::~Resampler() = default;

const ResampleOptions& Resampler::options() const noexcept { return state_->options; }

void Resampler::State::resample_aligned(const cv::Mat& source, const PlaneMap& map, cv::Mat& output) {
  const auto& e = map.entries();
  const AxisFilter across(source.cols, output.cols, e[0] / e[8], e[2] / e[8], options);
  const AxisFilter down(source.rows, output.rows, e[4] / e[8], e[5] / e[8], options);
  const int channels = source.channels();
  if (across.begin() == across.end() || down.begin() == down.end()) {
    for (int y = 0; y < output.rows; ++y) fill_row(output.ptr(y), 0, output.cols, channels, options.fill());
    return;
  }

  // First the rows that are needed, each made narrower or wider; then these are mixed.
  int low = source.rows, high = 0;
  for (const int y : {down.begin(), down.end() - 1}) {
    low = std::min(low, down.first(y));
    high = std::max(high, down.first(y) + down.taps(y));
  }
  for (int y = down.begin(); y < down.end(); ++y) {
    low = std::min(low, down.first(y));
    high = std::max(high, down.first(y) + down.taps(y));
  }
  const int width = across.end() - across.begin();
  cv::Mat wide = source.rowRange(low, high);
  cv::Mat narrow = across.is_copy() ? wide.colRange(across.first(across.begin()), across.first(across.begin()) + width)
                                    : columns.take({high - low, width}, channels);
  if (!across.is_copy()) resample_rows(wide, across, narrow, scratch);

  const int left = across.begin() * channels, count = width * channels;
  for (int y = 0; y < output.rows; ++y) {
    auto* row = output.ptr<std::uint8_t>(y);
    if (y < down.begin() || y >= down.end()) {
      fill_row(row, 0, output.cols, channels, options.fill());
      continue;
    }
    fill_row(row, 0, across.begin(), channels, options.fill());
    fill_row(row, across.end(), output.cols, channels, options.fill());
    rows.resize(static_cast<std::size_t>(down.taps(y)));
    for (int k = 0; k < down.taps(y); ++k) {
      rows[static_cast<std::size_t>(k)] = narrow.ptr<std::uint8_t>(down.first(y) - low + k);
    }
    mix_rows(rows.data(), down.weights(y), down.taps(y), down.shift(), count, row + left);
  }
}

void Resampler::resample(const cv::Mat& source, const PlaneMap& source_to_output, cv::Mat& output) {
  check(source, output);
  if (source_to_output.is_axis_aligned()) {
    state_->resample_aligned(source, source_to_output, output);
    return;
  }
  const PlaneMap map = exchanged(source_to_output);
  if (!map.is_axis_aligned()) {
    throw std::invalid_argument("Resampler: expected a map that keeps or exchanges the axes");
  }
  cv::Mat turned = state_->turned.take({output.cols, output.rows}, output.channels());
  state_->resample_aligned(source, map, turned);
  cv::transpose(turned, output);
}

}  // namespace boxfeed
