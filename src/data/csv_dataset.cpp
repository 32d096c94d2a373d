#include <ATen/Functions.h>
#include <boxfeed/core/error.h>
#include <boxfeed/data/csv_dataset.h>

#include <cstring>
#include <exception>
#include <stdexcept>
#include <utility>

#include "data/dataset_options.h"
#include "data/fingerprint.h"
#include "data/image_reader.h"
#include "data/records.h"
#include "data/target_writer.h"

namespace boxfeed {

struct CsvDataset::State {
  State(AnnotationTable annotations, std::shared_ptr<const ImageReader> image_reader, DatasetOptions dataset_options)
      : table(std::move(annotations)),
        images(std::move(image_reader)),
        options(std::move(dataset_options)),
        targets(table, options.box_units()) {}

  std::vector<float> target(std::size_t index, const ImageReader::Result& image) const {
    const auto path = images->folder().path_of(table.name(index));
    const auto record = record_in_image(table, index, options.box_policy(), image.original);
    if (record.boxes(0).size() != table.boxes(index).size()) {
      throw ImageError(Reason::kOutside, path,
                       "its box lies outside the image and cannot be left out: an example has one target");
    }
    std::vector<float> values;
    targets.write(record, 0, image.original, image.to_output, options.image_size(), values);
    if (!options.target_transform()) return values;
    try {
      values = options.target_transform()(values);
    } catch (const std::exception& error) {
      std::throw_with_nested(
          ImageError(Reason::kHook, path, std::string("the target_transform threw: ") + error.what()));
    }
    if (values.size() != target_size()) {
      throw ImageError(Reason::kHook, path,
                       "expected " + std::to_string(target_size()) + " numbers from the target_transform, got " +
                           std::to_string(values.size()) + " (target_size announces another number)");
    }
    return values;
  }

  std::size_t target_size() const {
    return static_cast<std::size_t>(options.target_size().value_or(static_cast<std::int64_t>(targets.size())));
  }

  AnnotationTable table;
  std::shared_ptr<const ImageReader> images;
  DatasetOptions options;
  TargetWriter targets;
};

CsvDataset::CsvDataset(const std::string& csv, const std::string& images, DatasetOptions options,
                       const CsvOptions& csv_options)
    : CsvDataset(read_csv(csv, csv_options), images, std::move(options)) {}

CsvDataset::CsvDataset(AnnotationTable table, const std::string& images, DatasetOptions options) {
  check_options(options);
  auto reader = std::make_shared<const ImageReader>(images, options);
  table = apply_box_policy(table, options.box_policy()).table;
  if (options.check_files()) check_image_files(table, reader->folder());
  state_ = std::make_shared<const State>(std::move(table), std::move(reader), std::move(options));
}

CsvDataset::CsvDataset(std::shared_ptr<const State> state) : state_(std::move(state)) {}

torch::data::Example<> CsvDataset::get(std::size_t index) {
  const auto spec = data_spec();
  std::vector<std::int64_t> sizes{1};
  sizes.insert(sizes.end(), spec.sizes.begin(), spec.sizes.end());
  auto data = at::empty(sizes, at::TensorOptions(spec.dtype).memory_format(spec.memory_format));
  auto target = at::empty(target_spec().sizes, at::TensorOptions(at::kFloat));
  StageTimes times;
  write_example({index, 0, 0}, data.data_ptr(), target.data_ptr(), times);
  return {data.squeeze(0), target};
}

torch::optional<std::size_t> CsvDataset::size() const { return state_->table.size(); }

CsvDataset CsvDataset::subset(const std::vector<std::size_t>& indices) const {
  return CsvDataset(std::make_shared<const State>(state_->table.subset(indices), state_->images, state_->options));
}

const AnnotationTable& CsvDataset::table() const noexcept { return state_->table; }

const DatasetOptions& CsvDataset::options() const noexcept { return state_->options; }

RowSpec CsvDataset::data_spec() const { return image_spec(state_->options); }

RowSpec CsvDataset::target_spec() const {
  return {{static_cast<std::int64_t>(state_->target_size())}, c10::ScalarType::Float, c10::MemoryFormat::Contiguous};
}

void CsvDataset::write_example(const ExampleKey& key, void* data, void* target, StageTimes& times) const {
  const auto& table = state_->table;
  if (key.index >= table.size()) {
    throw std::out_of_range("CsvDataset: expected an index below " + std::to_string(table.size()) + ", got " +
                            std::to_string(key.index));
  }
  with_place(table, key.index, [&] {
    const auto image = state_->images->read(std::string(table.name(key.index)), data, times);
    const auto values = state_->target(key.index, image);
    std::memcpy(target, values.data(), values.size() * sizeof(float));
  });
}

std::uint64_t CsvDataset::fingerprint() const {
  Fingerprint fingerprint;
  fingerprint.add(state_->table);
  fingerprint.add(state_->options);
  return fingerprint.value();
}

}  // namespace boxfeed
