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
#include "data/target_writer.h"

namespace boxfeed {
namespace {

constexpr std::size_t kMaxReported = 20;

DatasetOptions checked(DatasetOptions options) {
  check_options(options);
  return options;
}

/// Opens every file once. Throws an error that names the first ones that are not there, and counts all.
void check_files(const AnnotationTable& table, const Folder& folder) {
  std::string report;
  std::size_t missing = 0;
  std::optional<Reason> reason;
  for (std::size_t i = 0; i < table.size(); ++i) {
    try {
      folder.open(table.name(i));
    } catch (const Error& error) {
      if (!reason) reason = error.reason();
      if (missing++ >= kMaxReported) continue;
      const ImageError placed =
          ImageError(error.reason(), folder.path_of(table.name(i)), error.what()).at(table.place(i));
      report += (report.empty() ? "" : "\n") + std::string(placed.what());
    }
  }
  if (!reason) return;
  if (missing > kMaxReported)
    report += "\n… " + std::to_string(missing) + " of " + std::to_string(table.size()) + " images in all";
  throw Error(*reason, report, table.path());
}

}  // namespace

struct CsvDataset::State {
  State(AnnotationTable annotations, std::shared_ptr<const ImageReader> image_reader, DatasetOptions dataset_options)
      : table(std::move(annotations)),
        images(std::move(image_reader)),
        options(std::move(dataset_options)),
        targets(table, options.box_units()) {}

  std::vector<float> target(std::size_t index, const ImageReader::Result& image) const {
    std::vector<float> values;
    targets.write(table, index, image.original, image.to_output, options.image_size(), values);
    if (!options.target_transform()) return values;
    const auto path = images->folder().path_of(table.name(index));
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
  options = checked(std::move(options));
  auto reader = std::make_shared<const ImageReader>(images, options);
  if (options.check_files()) check_files(table, reader->folder());
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

RowSpec CsvDataset::data_spec() const {
  const auto& options = state_->options;
  return {{options.channels(), options.image_size().height, options.image_size().width},
          options.dtype(),
          options.memory_format()};
}

RowSpec CsvDataset::target_spec() const {
  return {{static_cast<std::int64_t>(state_->target_size())}, c10::ScalarType::Float, c10::MemoryFormat::Contiguous};
}

void CsvDataset::write_example(const ExampleKey& key, void* data, void* target, StageTimes& times) const {
  const auto& table = state_->table;
  if (key.index >= table.size()) {
    throw std::out_of_range("CsvDataset: expected an index below " + std::to_string(table.size()) + ", got " +
                            std::to_string(key.index));
  }
  try {
    const auto image = state_->images->read(std::string(table.name(key.index)), data, times);
    const auto values = state_->target(key.index, image);
    std::memcpy(target, values.data(), values.size() * sizeof(float));
  } catch (const ImageError& error) {
    const auto placed = error.at(table.place(key.index));
    if (dynamic_cast<const std::nested_exception*>(&error) == nullptr) throw placed;
    try {
      std::rethrow_if_nested(error);
    } catch (...) {
      std::throw_with_nested(placed);
    }
  }
}

std::uint64_t CsvDataset::fingerprint() const {
  Fingerprint fingerprint;
  fingerprint.add(state_->table);
  fingerprint.add(state_->options);
  return fingerprint.value();
}

}  // namespace boxfeed
