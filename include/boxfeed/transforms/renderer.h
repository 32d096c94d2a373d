#pragma once

#include <boxfeed/core/plane_map.h>
#include <boxfeed/transforms/plan.h>

#include <memory>
#include <opencv2/core/mat.hpp>

namespace boxfeed::transforms {

/// Makes the pixels that plans describe.
///
/// A product that keeps or exchanges the axes is one call of a `Resampler` on the part of the image that is needed.
/// Anything else is one warp, antialiased where it shrinks by making the needed part smaller first.
///
/// Thread safety: one renderer for one thread; its memory is used again.
class Renderer {
 public:
  Renderer();
  Renderer(Renderer&&) noexcept;
  Renderer& operator=(Renderer&&) noexcept;
  ~Renderer();

  /// Fills `output`, which becomes of the plan's size and the source's type, from `pixels`; `to_displayed` is the map
  /// from their coordinates to those of the displayed image (`DecodedImage::to_displayed`).
  ///
  /// Requires: bytes, or floats from 0 to 255 (slower, not rounded), with 1 or 3 channels; not the memory of `output`.
  /// Throws: `std::invalid_argument` for other pixels.
  void resample(const Plan& plan, const cv::Mat& pixels, const PlaneMap& to_displayed, cv::Mat& output);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Changes the colors of `image` as the plan says.
/// Throws: `Error` with `kHook`, in the transform's name, for floats where it needs 8 bits, and where a function leaves
/// another size or number of channels, or neither 8 bits nor floats.
void apply_colors(const Plan& plan, cv::Mat& image);

}  // namespace boxfeed::transforms
