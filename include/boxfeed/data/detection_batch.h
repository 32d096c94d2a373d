#pragma once

#include <ATen/core/Tensor.h>
#include <boxfeed/core/plane_map.h>
#include <c10/core/Device.h>
#include <c10/core/Stream.h>
#include <torch/data/example.h>
#include <torch/data/transforms/collate.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace boxfeed {

/// The objects of one image.
struct DetectionTarget {
  /// Shape: (M, 4), float32: xmin, ymin, xmax, ymax. Units: pixels of the resized image.
  at::Tensor boxes;
  /// Shape: (M), int64.
  at::Tensor labels;
  std::int64_t image_id = 0;
  /// From the resized image back to the original as it is displayed: takes a prediction to the photograph. Of several
  /// images that were mixed, to the example's own.
  PlaneMap to_original;
  /// Shape: (M), float32: how much of its image is in the mix, as a loss should weigh it; below 1 with `MixUp` only.
  /// Where it is not defined, all are 1.
  at::Tensor weights = {};
};

/// An image (C, H, W) and its objects.
using DetectionExample = torch::data::Example<at::Tensor, DetectionTarget>;

/// Boxes of the same number for every image, the missing ones filled up.
struct PaddedDetections {
  at::Tensor boxes;    ///< (B, N, 4) float32, N the largest number of objects in the batch; 0 where there is none
  at::Tensor labels;   ///< (B, N) int64; -1 where there is none
  at::Tensor weights;  ///< (B, N) float32; 0 where there is none
  at::Tensor mask;     ///< (B, N) bool; true where there is one
};

/// Images of one size, each with any number of objects: those of image b are the rows offsets[b] to offsets[b + 1].
///
/// All tensors lie in one piece of memory, so that `to` is one copy.
struct DetectionBatch {
  at::Tensor images;                  ///< (B, C, H, W)
  at::Tensor boxes;                   ///< (M, 4) float32: xmin, ymin, xmax, ymax in pixels of the resized images
  at::Tensor labels;                  ///< (M) int64
  at::Tensor weights;                 ///< (M) float32: what each counts in a loss, 1 but for `MixUp`
  at::Tensor offsets;                 ///< (B + 1) int64
  at::Tensor image_ids;               ///< (B) int64
  std::vector<PlaneMap> to_original;  ///< B maps from the resized image back to the original

  std::int64_t size() const { return images.size(0); }

  /// The same objects as many for each image.
  PaddedDetections padded() const;

  /// Shape: (M, 5), float32: the image's number in the batch in front of each box, as torchvision's `roi_align` takes
  /// it.
  at::Tensor indexed_boxes() const;

  /// The batch on another device.
  DetectionBatch to(c10::Device device, bool non_blocking = false) const;
  /// Says that a stream of its device uses the batch, so that its memory is not used again before that has happened.
  void record_stream(c10::Stream stream) const;

  /// The memory that all tensors share: (bytes) uint8.
  at::Tensor buffer;
};

/// Puts examples together into a batch, for LibTorch's loader: `dataset.map(StackDetections())`.
struct StackDetections : torch::data::transforms::Collation<DetectionBatch, std::vector<DetectionExample>> {
  /// boxfeed's loader need not call it: it builds the same in place.
  static constexpr bool same_as_built = true;

  /// Throws: `std::invalid_argument` for no examples, or images of different sizes.
  DetectionBatch apply_batch(std::vector<DetectionExample> examples) override;
};

}  // namespace boxfeed
