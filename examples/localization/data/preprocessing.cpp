#include "data/preprocessing.h"

#include <boxfeed/transforms/geometry.h>

namespace localization {
namespace {

boxfeed::transforms::PipelineOptions with_small_boxes(boxfeed::transforms::PipelineOptions options) {
  return options.sanitize(boxfeed::transforms::SanitizeBoundingBoxes().min_size(0).min_area(0));
}

}  // namespace

boxfeed::transforms::Pipeline fitting(boxfeed::ImageSize size, bool letterbox) {
  const auto options = with_small_boxes(
      boxfeed::transforms::PipelineOptions().resample(boxfeed::ResampleOptions().fill({114, 114, 114})));
  return boxfeed::transforms::Pipeline(
      {boxfeed::transforms::fit(size, letterbox ? boxfeed::ResizeMode::kLetterbox : boxfeed::ResizeMode::kStretch)},
      options);
}

boxfeed::transforms::Pipeline joined(const boxfeed::transforms::Pipeline& augmentation,
                                     const Preprocessing& preprocessing) {
  boxfeed::transforms::Pipeline pipeline(augmentation.transforms(), with_small_boxes(augmentation.options()));
  for (const auto& transform : preprocessing.pipeline.transforms()) pipeline = pipeline.then(transform);
  return pipeline;
}

}  // namespace localization
