#include <ATen/Functions.h>
#include <boxfeed/data/detection_batch.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

#include "data/detection_pack.h"

namespace boxfeed {

PaddedDetections DetectionBatch::padded() const {
  const auto counts = (offsets.slice(0, 1) - offsets.slice(0, 0, -1));
  const std::int64_t widest = size() > 0 ? counts.max().item<std::int64_t>() : 0;
  const auto mask = at::arange(widest, counts.options()).unsqueeze(0) < counts.unsqueeze(1);
  PaddedDetections out;
  out.mask = mask;
  // The true places of a mask come in the order in which the objects stand.
  out.boxes = at::zeros({size(), widest, 4}, boxes.options());
  out.boxes.index_put_({mask}, boxes);
  out.labels = at::full({size(), widest}, -1, labels.options());
  out.labels.index_put_({mask}, labels);
  out.weights = at::zeros({size(), widest}, weights.options());
  out.weights.index_put_({mask}, weights);
  return out;
}

at::Tensor DetectionBatch::indexed_boxes() const {
  const auto counts = offsets.slice(0, 1) - offsets.slice(0, 0, -1);
  const auto index = at::repeat_interleave(at::arange(size(), counts.options()), counts);
  return at::cat({index.to(boxes.dtype()).unsqueeze(1), boxes}, 1);
}

DetectionBatch DetectionBatch::to(c10::Device device, bool non_blocking) const {
  DetectionBatch moved = *this;
  moved.buffer = buffer.to(device, buffer.scalar_type(), non_blocking);
  const auto* begin = static_cast<const char*>(buffer.data_ptr());
  for (auto* tensor : {&moved.images, &moved.boxes, &moved.labels, &moved.weights, &moved.offsets, &moved.image_ids}) {
    const auto offset = static_cast<const char*>(tensor->data_ptr()) - begin;
    const auto item = static_cast<std::int64_t>(tensor->element_size());
    *tensor = at::empty({0}, tensor->options().device(device))
                  .set_(moved.buffer.storage(), offset / item + moved.buffer.storage_offset() / item, tensor->sizes(),
                        tensor->strides());
  }
  return moved;
}

void DetectionBatch::record_stream(c10::Stream stream) const {
  c10::impl::VirtualGuardImpl(stream.device_type()).recordDataPtrOnStream(buffer.storage().data_ptr(), stream);
}

DetectionBatch StackDetections::apply_batch(std::vector<DetectionExample> examples) {
  if (examples.empty()) throw std::invalid_argument("StackDetections: expected examples, got none");
  const auto& first = examples.front().data;
  RowSpec image{first.sizes().vec(), first.scalar_type(),
                first.is_contiguous() ? c10::MemoryFormat::Contiguous : c10::MemoryFormat::ChannelsLast};
  if (first.dim() != 3) {
    throw std::invalid_argument("StackDetections: expected images (C, H, W), got " + std::to_string(first.dim()) +
                                " dimensions");
  }
  std::vector<Objects> objects(examples.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const auto& data = examples[i].data;
    const auto& target = examples[i].target;
    if (data.sizes() != first.sizes() || data.scalar_type() != first.scalar_type()) {
      throw std::invalid_argument("StackDetections: expected images of one size and type; image " + std::to_string(i) +
                                  " differs from the first");
    }
    const auto boxes = target.boxes.to(at::kFloat).contiguous();
    const auto labels = target.labels.to(at::kLong).contiguous();
    auto& one = objects[i];
    one.boxes.resize(static_cast<std::size_t>(boxes.size(0)));
    if (!one.boxes.empty()) std::memcpy(one.boxes.data(), boxes.data_ptr(), one.boxes.size() * sizeof(Box));
    one.labels.assign(labels.data_ptr<std::int64_t>(), labels.data_ptr<std::int64_t>() + labels.numel());
    if (target.weights.defined()) {
      const auto weights = target.weights.to(at::kFloat).contiguous();
      one.weights.assign(weights.data_ptr<float>(), weights.data_ptr<float>() + weights.numel());
    }
    count += one.boxes.size();
    one.image_id = target.image_id;
    one.to_original = target.to_original;
  }
  const auto buffer =
      at::empty({static_cast<std::int64_t>(packed_bytes(image, objects.size(), count))}, at::TensorOptions(at::kByte));
  auto batch = pack(buffer, image, objects);
  for (std::size_t i = 0; i < examples.size(); ++i) batch.images[static_cast<std::int64_t>(i)].copy_(examples[i].data);
  return batch;
}

}  // namespace boxfeed
