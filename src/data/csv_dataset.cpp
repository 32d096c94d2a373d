#include <ATen/Functions.h>
#include <boxfeed/core/error.h>
#include <boxfeed/data/csv_dataset.h>
#include <boxfeed/data/row_batch_builder.h>

#include <cstring>
#include <vector>

#include "data/example_reader.h"
#include "data/options.h"
#include "data/target_writer.h"

namespace boxfeed {
namespace {

/// Writes one example into its rows.
RowBatchBuilder::WriteExample example_writer(std::shared_ptr<const ExampleReader> reader,
                                             std::shared_ptr<const TargetWriter> target) {
  return [reader = std::move(reader), target = std::move(target)](const ExampleKey& key, void* data, void* labels,
                                                                  StageTimes& times) {
    reader->read(key, data, times, [&](const PlannedExample& example) {
      const auto values = target->values(example.records[0], example.plan, reader->path(key.index));
      std::memcpy(labels, values.data(), values.size() * sizeof(float));
    });
  };
}

}  // namespace

CsvDataset::CsvDataset(const std::string& csv, const std::string& images, DatasetOptions options,
                       const CsvOptions& csv_options)
    : CsvDataset(read_csv(csv, csv_options), images, std::move(options)) {}

CsvDataset::CsvDataset(const AnnotationTable& table, const std::string& images, DatasetOptions options)
    : ImageDataset(std::make_shared<const ExampleReader>(table, images, std::move(options), Targets::kOne)),
      target_(std::make_shared<const TargetWriter>(reader_->table(), reader_->options(), box_report())) {}

torch::data::Example<> CsvDataset::get(std::size_t index) {
  const auto spec = image_spec(options());
  std::vector<std::int64_t> sizes{1};
  sizes.insert(sizes.end(), spec.sizes.begin(), spec.sizes.end());
  auto data = at::empty(sizes, at::TensorOptions(spec.dtype).memory_format(spec.memory_format));
  auto target = at::empty({static_cast<std::int64_t>(target_->size())}, at::TensorOptions(at::kFloat));
  StageTimes times;
  example_writer(reader_, target_)(reader_->key(index), data.data_ptr(), target.data_ptr(), times);
  return {data.squeeze(0), target};
}

std::unique_ptr<BatchBuilder<torch::data::Example<>>> CsvDataset::make_batch_builder() const {
  const RowSpec target{{static_cast<std::int64_t>(target_->size())}};
  return std::make_unique<RowBatchBuilder>(image_spec(options()), target, example_writer(reader_, target_));
}

}  // namespace boxfeed
