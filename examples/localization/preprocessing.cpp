#include "preprocessing.h"

#include <boxfeed/transforms/resizing.h>

namespace localization {
namespace {

boxfeed::PipelineOptions with_small_boxes(boxfeed::PipelineOptions options) { return options.min_size(0).min_area(0); }

}  // namespace

boxfeed::Pipeline fitting(boxfeed::ImageSize size, bool letterbox) {
  const auto options =
      with_small_boxes(boxfeed::PipelineOptions().resample(boxfeed::ResampleOptions().fill({114, 114, 114})));
  return boxfeed::Pipeline(
      {boxfeed::fit(size, letterbox ? boxfeed::ResizeMode::kLetterbox : boxfeed::ResizeMode::kStretch)}, options);
}

boxfeed::Pipeline joined(const boxfeed::Pipeline& augmentation, const Preprocessing& preprocessing) {
  boxfeed::Pipeline pipeline(augmentation.transforms(), with_small_boxes(augmentation.options()));
  for (const auto& transform : preprocessing.pipeline.transforms()) pipeline = pipeline.then(transform);
  return pipeline;
}

}  // namespace localization
