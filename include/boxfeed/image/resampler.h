#pragma once

#include <boxfeed/core/arg.h>
#include <boxfeed/core/color.h>
#include <boxfeed/core/plane_map.h>

#include <memory>
#include <opencv2/core/mat.hpp>

namespace boxfeed {

/// How a pixel between pixels gets its value.
enum class Interpolation { kNearest, kBilinear, kBicubic };

/// How pixels are resampled.
class ResampleOptions {
  BOXFEED_ARG(Interpolation, interpolation) = Interpolation::kBilinear;

  /// Widens the filter where the image shrinks, as Pillow's resize and torchvision's `antialias=True` do.
  BOXFEED_ARG(bool, antialias) = true;

  /// The color of output pixels whose centers lie outside of the source.
  BOXFEED_ARG(Color, fill) = Color{0, 0, 0};
};

/// Resamples images along their axes: scales, crops, pads, flips and turns by right angles, all in one pass.
///
/// The filters are Pillow's: triangle and Catmull-Rom's cubic with a = -0.5, the support scaled with the ratio when
/// `antialias` is set; a result differs from Pillow's `resize` by at most one gray level. At the source's edges the
/// filter is cut off and normalized.
///
/// Thread safety: one resampler for one thread; its memory is used again.
class Resampler {
 public:
  explicit Resampler(const ResampleOptions& options = {});
  Resampler(Resampler&&) noexcept;
  Resampler& operator=(Resampler&&) noexcept;
  ~Resampler();

  const ResampleOptions& options() const noexcept;

  /// Fills `output`, whose size and type are set already, from `source` under the map from the source's coordinates to
  /// the output's (`resize_map`, an EXIF orientation, a crop, a flip, or a product of them).
  ///
  /// Requires: both 8-bit, or both floats from 0 to 255 (slower, not rounded), with 1 or 3 channels, the same number;
  /// not the same memory. Throws: `std::invalid_argument` for other images, and for a map that neither keeps nor
  /// exchanges the axes.
  void resample(const cv::Mat& source, const PlaneMap& source_to_output, cv::Mat& output);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace boxfeed
