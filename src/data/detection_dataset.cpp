#include <ATen/ops/empty.h>
#include <boxfeed/core/error.h>
#include <boxfeed/data/detection_dataset.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "data/dataset_options.h"
#include "data/detection_pack.h"
#include "data/fingerprint.h"
#include "data/image_reader.h"
#include "data/records.h"
#include "data/storage_ring.h"

namespace boxfeed {

struct DetectionDataset::State {
  State(AnnotationTable annotations, std::shared_ptr<const ImageReader> image_reader, DatasetOptions dataset_options)
      : table(std::move(annotations)), images(std::move(image_reader)), options(std::move(dataset_options)) {
    for (std::size_t i = 0; i < table.size(); ++i) most_objects = std::max(most_objects, table.boxes(i).size());
  }

  RowSpec image() const { return image_spec(options); }

  /// Writes the image of a record to `row` and returns its objects.
  Objects load(std::size_t index, void* row, StageTimes& times) const {
    if (index >= table.size()) {
      throw std::out_of_range("DetectionDataset: expected an index below " + std::to_string(table.size()) + ", got " +
                              std::to_string(index));
    }
    return with_place(table, index, [&] {
      const auto read = images->read(std::string(table.name(index)), row, times);
      const auto output = options.image_size();
      const auto record = record_in_image(table, index, options.box_policy(), read.original);
      const auto units =
          record.box_units() == BoxUnits::kPixels
              ? PlaneMap()
              : PlaneMap::scale(static_cast<double>(read.original.width), static_cast<double>(read.original.height));
      const auto boxes = record.boxes(0);
      const auto labels = record.class_ids(0);
      Objects objects;
      objects.image_id = table.image_id(index);
      objects.to_original = read.to_output.inverse();
      for (std::size_t i = 0; i < boxes.size(); ++i) {
        const auto box = clipped((read.to_output * units).apply(boxes[i]), output);
        if (box.width() <= 0 || box.height() <= 0) continue;  // cut off by kCover
        objects.boxes.push_back(box);
        objects.labels.push_back(labels.empty() ? 0 : labels[i]);
      }
      return objects;
    });
  }

  AnnotationTable table;
  std::shared_ptr<const ImageReader> images;
  DatasetOptions options;
  std::size_t most_objects = 0;
};

class DetectionDataset::Builder : public BatchBuilder<DetectionBatch> {
 public:
  explicit Builder(std::shared_ptr<const State> state) : state_(std::move(state)) {}

  std::unique_ptr<BatchInProgress<DetectionBatch>> start(std::size_t size) override {
    const c10::InferenceMode normal_tensors(false);
    const auto total = static_cast<std::int64_t>(bytes(size));
    auto buffer = at::empty({0}, at::TensorOptions(at::kByte)).set_(ring_.get(bytes(size)), 0, {total}, {1});
    return std::make_unique<InProgress>(*state_, std::move(buffer), size);
  }

  std::size_t bytes(std::size_t size) const override {
    return packed_bytes(state_->image(), size, size * state_->most_objects);
  }

 private:
  class InProgress : public BatchInProgress<DetectionBatch> {
   public:
    InProgress(const State& state, at::Tensor buffer, std::size_t size)
        : state_(state),
          buffer_(std::move(buffer)),
          rows_(static_cast<char*>(buffer_.data_ptr())),
          row_bytes_(row_bytes(state.image())),
          objects_(size) {}

    void fill(std::size_t place, const ExampleKey& key, StageTimes& times) override {
      objects_[place] = state_.load(key.index, rows_ + place * row_bytes_, times);
    }

    DetectionBatch finish(const std::vector<std::size_t>& kept) override {
      std::vector<Objects> objects;
      for (const auto place : kept) {
        char* row = rows_ + objects.size() * row_bytes_;
        if (row != rows_ + place * row_bytes_) std::memcpy(row, rows_ + place * row_bytes_, row_bytes_);
        objects.push_back(std::move(objects_[place]));
      }
      return pack(std::exchange(buffer_, {}), state_.image(), objects);
    }

   private:
    const State& state_;
    at::Tensor buffer_;
    char* rows_;
    std::size_t row_bytes_;
    std::vector<Objects> objects_;
  };

  std::shared_ptr<const State> state_;
  StorageRing ring_;
};

DetectionDataset::DetectionDataset(AnnotationTable table, const std::string& images, DatasetOptions options) {
  check_options(options);
  if (options.target_transform() || options.box_units() != BoxUnits::kPixels) {
    throw std::invalid_argument("DetectionDataset: expected neither target_transform nor box_units, got one of them");
  }
  auto reader = std::make_shared<const ImageReader>(images, options);
  table = apply_box_policy(table, options.box_policy()).table;
  if (options.check_files()) check_image_files(table, reader->folder());
  state_ = std::make_shared<const State>(std::move(table), std::move(reader), std::move(options));
}

DetectionDataset::DetectionDataset(std::shared_ptr<const State> state) : state_(std::move(state)) {}

DetectionExample DetectionDataset::get(std::size_t index) {
  StageTimes times;
  const auto image = state_->image();
  const auto total = static_cast<std::int64_t>(packed_bytes(image, 1, state_->most_objects));
  const auto buffer = at::empty({total}, at::TensorOptions(at::kByte));
  const auto batch = pack(buffer, image, {state_->load(index, buffer.data_ptr(), times)});
  return {batch.images[0], {batch.boxes, batch.labels, state_->table.image_id(index), batch.to_original[0]}};
}

torch::optional<std::size_t> DetectionDataset::size() const { return state_->table.size(); }

DetectionDataset DetectionDataset::subset(const std::vector<std::size_t>& indices) const {
  return DetectionDataset(
      std::make_shared<const State>(state_->table.subset(indices), state_->images, state_->options));
}

const AnnotationTable& DetectionDataset::table() const noexcept { return state_->table; }

const DatasetOptions& DetectionDataset::options() const noexcept { return state_->options; }

std::unique_ptr<BatchBuilder<DetectionBatch>> DetectionDataset::make_batch_builder() const {
  return std::make_unique<Builder>(state_);
}

std::uint64_t DetectionDataset::fingerprint() const {
  Fingerprint fingerprint;
  fingerprint.add(state_->table);
  fingerprint.add(state_->options);
  return fingerprint.value();
}

}  // namespace boxfeed
