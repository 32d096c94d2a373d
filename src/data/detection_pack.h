#pragma once

#include <boxfeed/core/box.h>
#include <boxfeed/core/plane_map.h>
#include <boxfeed/data/detection_batch.h>
#include <boxfeed/data/row_batch_builder.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace boxfeed {

/// The objects of one image before they are tensors.
struct Objects {
  std::vector<Box> boxes;
  std::vector<std::int64_t> labels;
  std::int64_t image_id = 0;
  PlaneMap to_original;
  std::vector<float> weights = {};  ///< none where all are 1
};

/// The bytes that a batch of `images` images with `objects` objects takes.
std::size_t packed_bytes(const RowSpec& image, std::size_t images, std::size_t objects);

/// A batch in `buffer`, (bytes) uint8, at whose beginning the images stand already, one behind the other. Where the
/// buffer is too small for the objects, the batch gets a larger one.
DetectionBatch pack(const at::Tensor& buffer, const RowSpec& image, const std::vector<Objects>& objects);

}  // namespace boxfeed
