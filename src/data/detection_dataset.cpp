#include <ATen/ops/empty.h>
#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/core/error.h>
#include <boxfeed/data/detection_dataset.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>
#include <vector>

#include "data/appended.h"
#include "data/detection_pack.h"
#include "data/example_reader.h"
#include "data/options.h"
#include "data/storage_ring.h"

namespace boxfeed {
namespace {

DatasetOptions checked(DatasetOptions options) {
  if (options.target_transform()) {
    throw std::invalid_argument("DetectionDataset: expected no target_transform, got one");
  }
  if (options.box_units() != BoxUnits::kPixels) {
    throw std::invalid_argument("DetectionDataset: expected box_units of pixels, got fractions");
  }
  return options;
}

/// The largest number of objects that an example can have.
std::size_t most_objects(const ExampleReader& reader) {
  std::size_t most = 0;
  for (std::size_t i = 0; i < reader.table().size(); ++i) most = std::max(most, reader.table().boxes(i).size());
  return most * reader.most_sources();
}

/// Writes the image of an example to `row` and returns its objects.
Objects load(const ExampleReader& reader, const ExampleKey& key, void* row, StageTimes& times) {
  return reader.read(key, row, times, [&](PlannedExample& example) {
    return Objects{std::move(example.plan.boxes), example.labels(), reader.table().image_id(key.index),
                   example.plan.map.inverse(), example.plan.weights};
  });
}

}  // namespace

class DetectionDataset::Builder : public BatchBuilder<DetectionBatch> {
 public:
  explicit Builder(std::shared_ptr<const ExampleReader> reader)
      : image_(image_spec(reader->options())), most_objects_(most_objects(*reader)), readers_(std::move(reader)) {}

  std::unique_ptr<BatchInProgress<DetectionBatch>> start(std::size_t size) override {
    const c10::InferenceMode normal_tensors(false);
    const auto total = static_cast<std::int64_t>(bytes(size));
    auto buffer = at::empty({0}, at::TensorOptions(at::kByte)).set_(ring_.get(bytes(size)), 0, {total}, {1});
    return std::make_unique<InProgress>(*this, std::move(buffer), size);
  }

  void pin_memory() override { ring_.pin_memory(); }

  void append(std::unique_ptr<BatchBuilder> other, std::size_t first) override {
    auto* const detections = dynamic_cast<Builder*>(other.get());
    if (detections == nullptr || detections->image_ != image_) {
      throw std::invalid_argument("ConcatDataset: expected datasets whose images have the same size, type and layout");
    }
    most_objects_ = std::max(most_objects_, detections->most_objects_);
    readers_.append(std::move(detections->readers_), first);
  }

  std::size_t bytes(std::size_t size) const override { return packed_bytes(image_, size, size * most_objects_); }

 private:
  class InProgress : public BatchInProgress<DetectionBatch> {
   public:
    InProgress(const Builder& builder, at::Tensor buffer, std::size_t size)
        : builder_(builder),
          buffer_(std::move(buffer)),
          rows_(static_cast<char*>(buffer_.data_ptr())),
          row_bytes_(row_bytes(builder.image_)),
          objects_(size) {}

    void fill(std::size_t place, const ExampleKey& key, StageTimes& times) override {
      builder_.readers_.with(key, [&](const auto& reader, const ExampleKey& own) {
        objects_[place] = load(*reader, own, rows_ + place * row_bytes_, times);
      });
    }

    DetectionBatch finish(const std::vector<std::size_t>& kept) override {
      std::vector<Objects> objects;
      for (const auto place : kept) {
        char* row = rows_ + objects.size() * row_bytes_;
        if (row != rows_ + place * row_bytes_) std::memcpy(row, rows_ + place * row_bytes_, row_bytes_);
        objects.push_back(std::move(objects_[place]));
      }
      return pack(std::exchange(buffer_, {}), builder_.image_, objects);
    }

   private:
    const Builder& builder_;
    at::Tensor buffer_;
    char* rows_;
    std::size_t row_bytes_;
    std::vector<Objects> objects_;
  };

  const RowSpec image_;
  std::size_t most_objects_;
  Appended<std::shared_ptr<const ExampleReader>> readers_;
  StorageRing ring_;
};

DetectionDataset::DetectionDataset(const std::string& csv, const std::string& images, DatasetOptions options,
                                   const CsvOptions& csv_options)
    : DetectionDataset(group_by_image(read_csv(csv, csv_options)), images, std::move(options)) {}

DetectionDataset::DetectionDataset(const AnnotationTable& table, const std::string& images, DatasetOptions options)
    : ImageDataset(std::make_shared<const ExampleReader>(table, images, checked(std::move(options)), Targets::kMany)) {}

DetectionExample DetectionDataset::get(std::size_t index) {
  StageTimes times;
  const auto image = image_spec(options());
  const auto bytes = static_cast<std::int64_t>(packed_bytes(image, 1, 0));
  const auto buffer = at::empty({bytes}, at::TensorOptions(at::kByte));
  const auto batch = pack(buffer, image, {load(*reader_, reader_->key(index), buffer.data_ptr(), times)});
  return {batch.images[0], {batch.boxes, batch.labels, table().image_id(index), batch.to_original[0], batch.weights}};
}

std::unique_ptr<BatchBuilder<DetectionBatch>> DetectionDataset::make_batch_builder() const {
  return std::make_unique<Builder>(reader_);
}

}  // namespace boxfeed
