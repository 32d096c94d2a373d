#include <ATen/TensorOperators.h>
#include <boxfeed/visual/draw_batch.h>
#include <boxfeed/visual/draw_boxes.h>
#include <boxfeed/visual/make_grid.h>
#include <boxfeed/visual/to_image.h>

#include <cstddef>
#include <cstdint>

#include "visual/palette.h"

namespace boxfeed {
namespace {

std::string name_of(std::int64_t label, const std::vector<std::string>& names) {
  const bool named = label >= 0 && label < static_cast<std::int64_t>(names.size());
  return named ? names[static_cast<std::size_t>(label)] : std::to_string(label);
}

}  // namespace

cv::Mat draw_batch(const DetectionBatch& batch, const BatchDrawingOptions& options) {
  const auto boxes = batch.boxes.cpu(), labels = batch.labels.cpu(), offsets = batch.offsets.cpu();
  const float* const box = boxes.data_ptr<float>();
  const auto *const label = labels.data_ptr<std::int64_t>(), *const offset = offsets.data_ptr<std::int64_t>();
  std::vector<cv::Mat> pictures;
  for (std::int64_t b = 0; b < batch.size(); ++b) {
    std::vector<DrawnBox> drawn;
    for (std::int64_t i = offset[b]; i < offset[b + 1]; ++i) {
      drawn.push_back({{box[4 * i], box[4 * i + 1], box[4 * i + 2], box[4 * i + 3]},
                       box_color(static_cast<std::size_t>(label[i])),
                       name_of(label[i], options.class_names())});
    }
    pictures.push_back(draw_bounding_boxes(to_image(batch.images[b], options.mean(), options.std()), drawn));
  }
  return make_grid(pictures, options.columns());
}

}  // namespace boxfeed
