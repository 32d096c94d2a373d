#include "preprocessing.h"

#include <boxfeed/transforms/resizing.h>

namespace localization {
namespace {

boxfeed::PipelineOptions with_small_boxes(boxfeed::PipelineOptions options) { return options.min_size(0).min_area(0); }

}  // namespace

boxfeed::Pipeline fitting(boxfeed::ImageSize size, bool letterbox) {
  const auto options =
      with_small_boxes(boxfeed::PipelineOptions().resample(boxfeed::ResampleOptions().fill({114, 114, 114})));
  if (letterbox) return boxfeed::Pipeline({boxfeed::LetterBox(size)}, options);
  return boxfeed::Pipeline({boxfeed::Resize(size)}, options);
}

boxfeed::Pipeline joined(const boxfeed::Pipeline& augmentation, const Preprocessing& preprocessing) {
  boxfeed::Pipeline pipeline(augmentation.transforms(), with_small_boxes(augmentation.options()));
  for (const auto& transform : preprocessing.pipeline.transforms()) pipeline = pipeline.then(transform);
  return pipeline;
}

}  // namespace localization
