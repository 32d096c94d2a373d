#include <boxfeed/image/resampler.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <opencv2/core.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "image/axis_filter.h"
#include "image/kernels.h"
#include "image/pixel_buffer.h"

namespace boxfeed {
namespace {

void check(const cv::Mat& source, const cv::Mat& output) {
  const int type = source.type();
  if (source.empty() || (type != CV_8UC1 && type != CV_8UC3 && type != CV_32FC1 && type != CV_32FC3)) {
    throw std::invalid_argument("Resampler: expected an 8-bit or float source with 1 or 3 channels, got " +
                                std::to_string(source.channels()) + " of depth " + std::to_string(source.depth()));
  }
  if (output.empty() || output.type() != type) {
    throw std::invalid_argument("Resampler: expected an output of the source's type, got " +
                                std::to_string(output.channels()) + " channels of depth " +
                                std::to_string(output.depth()));
  }
}

void check(const PlaneMap& map) {
  const auto& e = map.entries();
  const double x = e[0] / e[8], y = e[4] / e[8];
  if (!map.is_axis_aligned() || x == 0 || y == 0 || !std::isfinite(1 / x) || !std::isfinite(1 / y) ||
      !std::isfinite(e[2] / e[8]) || !std::isfinite(e[5] / e[8])) {
    throw std::invalid_argument("Resampler: expected a map that keeps or exchanges the axes and can be inverted");
  }
}

/// The map with its output's axes exchanged.
PlaneMap exchanged(const PlaneMap& map) { return PlaneMap({0, 1, 0, 1, 0, 0, 0, 0, 1}) * map; }

/// Bicubic weights lead beyond the range, where a byte is cut.
float in_range(float value) { return std::clamp(value, 0.0F, 255.0F); }

/// Every row of `source` with the filter's width.
void narrow_floats(const cv::Mat& source, const AxisFilter& filter, cv::Mat& output) {
  const int channels = source.channels();
  for (int y = 0; y < source.rows; ++y) {
    auto* to = output.ptr<float>(y);
    for (int i = filter.begin(); i < filter.end(); ++i) {
      const auto* from = source.ptr<float>(y) + std::ptrdiff_t{filter.first(i)} * channels;
      const float* weights = filter.float_weights(i);
      for (int c = 0; c < channels; ++c) {
        float sum = 0;
        for (int k = 0; k < filter.taps(i); ++k) sum += weights[k] * from[k * channels + c];
        *to++ = in_range(sum);
      }
    }
  }
}

/// out[i] = the sum of number i of each of `taps` rows from `first` on, weighed.
void mix_float_rows(const cv::Mat& source, int first, int taps, const float* weights, std::size_t count, float* out) {
  std::fill_n(out, count, 0.0F);
  for (int k = 0; k < taps; ++k) {
    const auto* row = source.ptr<float>(first + k);
    for (std::size_t i = 0; i < count; ++i) out[i] += weights[k] * row[i];
  }
  for (std::size_t i = 0; i < count; ++i) out[i] = in_range(out[i]);
}

/// The same for bytes, many rows at once; `scratch` grows as needed.
void narrow_bytes(const cv::Mat& source, const AxisFilter& filter, std::vector<std::uint8_t>& scratch,
                  cv::Mat& output) {
  const auto row_bytes = static_cast<std::size_t>(source.cols) * source.elemSize();
  const auto out_bytes = static_cast<std::size_t>(output.cols) * output.elemSize();
  const auto rounded = [](std::size_t bytes) { return (bytes + 15) / 16 * 16; };
  const int tile_rows = kernels().tile_rows;
  const std::size_t tile_bytes = static_cast<std::size_t>(tile_rows) * (rounded(row_bytes) + rounded(out_bytes));
  // What stands behind the tile takes the rows that a last, incomplete one has too many.
  if (scratch.size() < tile_bytes + out_bytes) scratch.resize(tile_bytes + out_bytes);
  for (int y = 0; y < source.rows; y += tile_rows) {
    const std::uint8_t* from[kMaxTileRows];
    std::uint8_t* to[kMaxTileRows];
    for (int r = 0; r < tile_rows; ++r) {
      const bool there = y + r < source.rows;
      from[r] = source.ptr<std::uint8_t>(there ? y + r : y);
      to[r] = there ? output.ptr<std::uint8_t>(y + r) : scratch.data() + tile_bytes;
    }
    kernels().narrow_rows(from, row_bytes, filter.all(), source.channels(), scratch.data(), to);
  }
}

}  // namespace

struct Resampler::State {
  ResampleOptions options;
  PixelBuffer columns;
  PixelBuffer turned;
  AxisFilter across;
  AxisFilter down;
  std::vector<std::uint8_t> scratch;
  std::vector<const std::uint8_t*> rows;
};

Resampler::Resampler(const ResampleOptions& options) : state_(std::make_unique<State>()) { state_->options = options; }
Resampler::Resampler(Resampler&&) noexcept = default;
Resampler& Resampler::operator=(Resampler&&) noexcept = default;
Resampler::~Resampler() = default;

const ResampleOptions& Resampler::options() const noexcept { return state_->options; }

void Resampler::resample(const cv::Mat& source, const PlaneMap& source_to_output, cv::Mat& output) {
  check(source, output);
  const bool turns = !source_to_output.is_axis_aligned();
  const PlaneMap map = turns ? exchanged(source_to_output) : source_to_output;
  check(map);
  cv::Mat target = turns ? state_->turned.take({output.cols, output.rows}, output.channels(), output.depth()) : output;
  auto& across = state_->across;
  auto& down = state_->down;
  const Color& fill = state_->options.fill();
  const auto& e = map.entries();
  const bool floats = source.depth() == CV_32F;
  across.set(source.cols, target.cols, e[0] / e[8], e[2] / e[8], state_->options, floats);
  down.set(source.rows, target.rows, e[4] / e[8], e[5] / e[8], state_->options, floats);
  const int channels = source.channels();
  if (across.begin() == across.end() || down.begin() == down.end()) {
    for (int y = 0; y < output.rows; ++y) fill_row(output, y, 0, output.cols, fill);
    return;
  }

  // First the rows that are needed, each made narrower or wider; then these are mixed.
  const int width = across.end() - across.begin();
  const cv::Mat wide = source.rowRange(down.low(), down.high());
  cv::Mat ready;
  if (across.is_copy()) {
    ready = wide.colRange(across.low(), across.high());
  } else {
    ready = state_->columns.take({wide.rows, width}, channels, source.depth());
    if (floats) {
      narrow_floats(wide, across, ready);
    } else {
      narrow_bytes(wide, across, state_->scratch, ready);
    }
  }

  const int left = across.begin() * channels;
  const auto count = static_cast<std::size_t>(width) * static_cast<std::size_t>(channels);
  for (int y = 0; y < target.rows; ++y) {
    if (y < down.begin() || y >= down.end()) {
      fill_row(target, y, 0, target.cols, fill);
      continue;
    }
    fill_row(target, y, 0, across.begin(), fill);
    fill_row(target, y, across.end(), target.cols, fill);
    const int first = down.first(y) - down.low();
    if (floats) {
      mix_float_rows(ready, first, down.taps(y), down.float_weights(y), count, target.ptr<float>(y) + left);
      continue;
    }
    auto* row = target.ptr<std::uint8_t>(y);
    auto& rows = state_->rows;
    rows.resize(static_cast<std::size_t>(down.taps(y)));
    for (int k = 0; k < down.taps(y); ++k) {
      rows[static_cast<std::size_t>(k)] = ready.ptr<std::uint8_t>(first + k);
    }
    if (down.taps(y) == 1) {
      std::memcpy(row + left, rows[0], count);
    } else {
      kernels().mix_rows(rows.data(), down.weights(y), down.taps(y), down.kind(), count, row + left);
    }
  }
  if (turns) cv::transpose(target, output);
}

}  // namespace boxfeed
