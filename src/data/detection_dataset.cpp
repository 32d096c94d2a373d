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
#include "data/example_reader.h"
#include "data/storage_ring.h"

namespace boxfeed {

using namespace transforms;

struct DetectionDataset::State {
  explicit State(ExampleReader examples) : reader(std::move(examples)) {
    const auto& table = reader.table();
    for (std::size_t i = 0; i < table.size(); ++i) most_objects = std::max(most_objects, table.boxes(i).size());
    most_objects *= reader.most_sources();
  }

  RowSpec image() const { return image_spec(reader.options()); }

  /// Writes the image of an example to `row` and returns its objects.
  Objects load(const ExampleKey& key, void* row, StageTimes& times) const {
    PlannedExample example = reader.read(key, row, times);
    Objects objects;
    objects.image_id = reader.table().image_id(key.index);
    objects.to_original = example.plan.map.inverse();
    objects.labels = example.labels();
    objects.boxes = std::move(example.plan.boxes);
    return objects;
  }

  ExampleReader reader;
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
      objects_[place] = state_.load(key, rows_ + place * row_bytes_, times);
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
  if (options.target_transform() || options.box_units() != BoxUnits::kPixels) {
    throw std::invalid_argument("DetectionDataset: expected neither target_transform nor box_units, got one of them");
  }
  state_ = std::make_shared<const State>(ExampleReader(table, images, std::move(options), Targets::kMany));
}

DetectionDataset::DetectionDataset(std::shared_ptr<const State> state) : state_(std::move(state)) {}

DetectionExample DetectionDataset::get(std::size_t index) {
  StageTimes times;
  const auto image = state_->image();
  const auto total = static_cast<std::int64_t>(packed_bytes(image, 1, state_->most_objects));
  const auto buffer = at::empty({total}, at::TensorOptions(at::kByte));
  const auto batch = pack(buffer, image, {state_->load(state_->reader.epoch().key(index), buffer.data_ptr(), times)});
  return {batch.images[0], {batch.boxes, batch.labels, table().image_id(index), batch.to_original[0]}};
}

torch::optional<std::size_t> DetectionDataset::size() const { return table().size(); }

DetectionDataset DetectionDataset::subset(const std::vector<std::size_t>& indices) const {
  return DetectionDataset(std::make_shared<const State>(state_->reader.subset(indices)));
}

void DetectionDataset::set_epoch(std::uint64_t epoch, std::uint64_t seed) { state_->reader.epoch().set(epoch, seed); }

const AnnotationTable& DetectionDataset::table() const noexcept { return state_->reader.table(); }

const DatasetOptions& DetectionDataset::options() const noexcept { return state_->reader.options(); }

std::unique_ptr<BatchBuilder<DetectionBatch>> DetectionDataset::make_batch_builder() const {
  return std::make_unique<Builder>(state_);
}

Plan DetectionDataset::plan(const ExampleKey& key) const { return state_->reader.plan(key); }

ExplainedExample DetectionDataset::explain(const ExampleKey& key) const { return state_->reader.explain(key); }

std::string DetectionDataset::fingerprint() const { return state_->reader.fingerprint(); }

}  // namespace boxfeed
