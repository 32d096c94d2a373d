#include "transforms/registry.h"

#include <boxfeed/transforms/affine.h>
#include <boxfeed/transforms/color_jitter.h>
#include <boxfeed/transforms/compose.h>
#include <boxfeed/transforms/crop.h>
#include <boxfeed/transforms/degradation.h>
#include <boxfeed/transforms/flip.h>
#include <boxfeed/transforms/normalize.h>
#include <boxfeed/transforms/pad.h>
#include <boxfeed/transforms/resizing.h>
#include <boxfeed/transforms/sanitize.h>
#include <boxfeed/transforms/tone.h>

namespace boxfeed::transforms {
namespace {

template <typename T>
Transform make(FieldVisitor& visitor) {
  T transform;
  transform.fields(visitor);
  return transform;
}

template <typename... T>
std::map<std::string, TransformMaker> registry_of() {
  return {{T::kName, make<T>}...};
}

}  // namespace

const std::map<std::string, TransformMaker>& transform_registry() {
  static const auto registry =
      registry_of<CenterCrop, CenterResizedCrop, ClampBoundingBoxes, ColorJitter, Compose, GaussianBlur, GaussianNoise,
                  JPEG, KeepBoxes, LetterBox, Normalize, OneOf, Pad, RandomAffine, RandomApply, RandomAutocontrast,
                  RandomChoice, RandomCrop, RandomEqualize, RandomErasing, RandomGrayscale, RandomHorizontalFlip,
                  RandomIoUCrop, RandomOrder, RandomPerspective, RandomPhotometricDistort, RandomPosterize,
                  RandomResizedCrop, RandomRotation, RandomVerticalFlip, RandomZoomOut, Resize, SanitizeBoundingBoxes,
                  ScaleJitter>();
  return registry;
}

}  // namespace boxfeed::transforms
