#include <boxfeed/core/error.h>
#include <boxfeed/transforms/affine.h>
#include <boxfeed/transforms/color_jitter.h>
#include <boxfeed/transforms/compose.h>
#include <boxfeed/transforms/flip.h>
#include <boxfeed/transforms/presets.h>
#include <boxfeed/transforms/tone.h>

#include <stdexcept>

namespace boxfeed::transforms {

Pipeline augmentation_preset(const std::string& name) {
  // The corners of a turned image show the photograph where there is one, and gray elsewhere.
  const auto options = PipelineOptions().clip(false).resample(ResampleOptions().fill(Color{114, 114, 114}));
  if (name == "none") return Pipeline({}, options);
  if (name == "light") {
    return Pipeline(
        {RandomHorizontalFlip(), KeepBoxes({RandomAffine(5).translate(Range{0.05, 0.05}).scale(Range{0.9, 1.1})}),
         ColorJitter(0.2, 0.2, 0.2)},
        options);
  }
  if (name == "strong") {
    const auto moved = RandomAffine(5).translate(Range{0.5, 0.5}).scale(Range{0.6, 1.5}).shear(Range{-3, 3});
    return Pipeline(
        {RandomHorizontalFlip(), KeepBoxes({moved}).sanitize(SanitizeBoundingBoxes().min_visibility(0.98)).attempts(30),
         RandomPhotometricDistort(), RandomGrayscale(0.1)},
        options);
  }
  throw std::invalid_argument("augmentation_preset: expected none, light or strong, got " + quoted(name));
}

}  // namespace boxfeed::transforms
