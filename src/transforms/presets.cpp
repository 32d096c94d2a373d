#include <boxfeed/core/error.h>
#include <boxfeed/transforms/affine.h>
#include <boxfeed/transforms/color_jitter.h>
#include <boxfeed/transforms/compose.h>
#include <boxfeed/transforms/crop.h>
#include <boxfeed/transforms/degradation.h>
#include <boxfeed/transforms/flip.h>
#include <boxfeed/transforms/pad.h>
#include <boxfeed/transforms/presets.h>
#include <boxfeed/transforms/tone.h>

#include <stdexcept>

namespace boxfeed {

Pipeline augmentation_preset(const std::string& name) {
  // The corners of a turned image show the photograph where there is one, and grey elsewhere.
  const auto options = PipelineOptions().clip(false).resample(ResampleOptions().fill(Colour{114, 114, 114}));
  if (name == "none") return Pipeline({}, options);
  if (name == "light") {
    return Pipeline(
        {RandomHorizontalFlip(), KeepBoxes({RandomAffine(5).translate(Range{0.05, 0.05}).scale(Range{0.9, 1.1})}),
         ColorJitter(0.2, 0.2, 0.2)},
        options);
  }
  if (name == "strong") {
    return Pipeline({RandomHorizontalFlip(),
                     KeepBoxes({RandomZoomOut().side_range({1.0, 1.5}).p(0.3),
                                RandomAffine(10).translate(Range{0.1, 0.1}).scale(Range{0.75, 1.3}).shear(Range{-5, 5}),
                                RandomIoUCrop().min_scale(0.5)}),
                     RandomPhotometricDistort(), RandomGrayscale(0.1),
                     RandomApply({GaussianBlur(5).sigma({0.1, 1.5})}, 0.2), RandomErasing().p(0.25).scale({0.02, 0.1})},
                    options);
  }
  throw std::invalid_argument("augmentation_preset: expected none, light or strong, got " + quoted(name));
}

}  // namespace boxfeed
