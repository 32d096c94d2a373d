#include "data/detection_pack.h"

#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>

namespace boxfeed {
namespace {

/// Where the parts of a batch begin in its buffer: images, offsets, image ids, labels, weights, boxes.
struct Layout {
  Layout(const RowSpec& image, std::size_t images, std::size_t objects)
      : offsets((images * row_bytes(image) + 63) / 64 * 64),
        image_ids(offsets + (images + 1) * sizeof(std::int64_t)),
        labels(image_ids + images * sizeof(std::int64_t)),
        weights(labels + objects * sizeof(std::int64_t)),
        boxes(weights + objects * sizeof(float)),
        end(boxes + objects * sizeof(Box)) {}

  std::size_t offsets;
  std::size_t image_ids;
  std::size_t labels;
  std::size_t weights;
  std::size_t boxes;
  std::size_t end;
};

/// The bytes [begin, end) of a buffer as a tensor.
at::Tensor part(const at::Tensor& buffer, std::size_t begin, std::size_t end, at::ScalarType dtype,
                at::IntArrayRef sizes) {
  return buffer.narrow(0, static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end - begin))
      .view(dtype)
      .view(sizes);
}

at::Tensor images_in(const at::Tensor& buffer, const RowSpec& image, std::size_t count) {
  const auto n = static_cast<std::int64_t>(count);
  const auto& s = image.sizes;
  const std::size_t end = count * row_bytes(image);
  if (image.memory_format == c10::MemoryFormat::ChannelsLast) {
    return part(buffer, 0, end, image.dtype, {n, s[1], s[2], s[0]}).permute({0, 3, 1, 2});
  }
  return part(buffer, 0, end, image.dtype, {n, s[0], s[1], s[2]});
}

}  // namespace

std::size_t packed_bytes(const RowSpec& image, std::size_t images, std::size_t objects) {
  return Layout(image, images, objects).end;
}

DetectionBatch pack(const at::Tensor& buffer, const RowSpec& image, const std::vector<Objects>& objects) {
  const c10::InferenceMode normal_tensors(false);
  std::size_t count = 0;
  for (const auto& one : objects) count += one.boxes.size();
  const Layout layout(image, objects.size(), count);
  DetectionBatch batch;
  batch.buffer = buffer;
  if (buffer.numel() < static_cast<std::int64_t>(layout.end)) {
    batch.buffer = at::empty({static_cast<std::int64_t>(layout.end)}, buffer.options());
    const auto used = static_cast<std::int64_t>(objects.size() * row_bytes(image));
    batch.buffer.narrow(0, 0, used).copy_(buffer.narrow(0, 0, used));
  }
  batch.buffer = batch.buffer.narrow(0, 0, static_cast<std::int64_t>(layout.end));

  const auto b = static_cast<std::int64_t>(objects.size()), m = static_cast<std::int64_t>(count);
  batch.images = images_in(batch.buffer, image, objects.size());
  batch.offsets = part(batch.buffer, layout.offsets, layout.image_ids, at::kLong, {b + 1});
  batch.image_ids = part(batch.buffer, layout.image_ids, layout.labels, at::kLong, {b});
  batch.labels = part(batch.buffer, layout.labels, layout.weights, at::kLong, {m});
  batch.weights = part(batch.buffer, layout.weights, layout.boxes, at::kFloat, {m});
  batch.boxes = part(batch.buffer, layout.boxes, layout.end, at::kFloat, {m, 4});

  auto* offsets = batch.offsets.data_ptr<std::int64_t>();
  auto* image_ids = batch.image_ids.data_ptr<std::int64_t>();
  auto* labels = batch.labels.data_ptr<std::int64_t>();
  auto* weights = batch.weights.data_ptr<float>();
  auto* boxes = batch.boxes.data_ptr<float>();
  *offsets++ = 0;
  std::int64_t end = 0;
  for (const auto& one : objects) {
    *offsets++ = end += static_cast<std::int64_t>(one.boxes.size());
    *image_ids++ = one.image_id;
    labels = std::copy(one.labels.begin(), one.labels.end(), labels);
    if (one.weights.empty()) std::fill_n(weights, one.boxes.size(), 1.0F);
    std::copy(one.weights.begin(), one.weights.end(), weights);
    weights += one.boxes.size();
    for (const auto& box : one.boxes) {
      for (const float side : {box.xmin, box.ymin, box.xmax, box.ymax}) *boxes++ = side;
    }
    batch.to_original.push_back(one.to_original);
  }
  return batch;
}

}  // namespace boxfeed
