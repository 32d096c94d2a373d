#include <ATen/Functions.h>
#include <boxfeed/core/error.h>
#include <boxfeed/data/csv_dataset.h>

#include <cstring>
#include <utility>

#include "data/dataset_options.h"
#include "data/example_reader.h"
#include "data/hook.h"
#include "data/records.h"
#include "data/target_writer.h"

namespace boxfeed {

using namespace transforms;

struct CsvDataset::State {
  explicit State(ExampleReader examples)
      : reader(std::move(examples)), targets(reader.table(), reader.options().box_units()) {}

  std::vector<float> target(const PlannedExample& example) const {
    std::vector<float> values;
    targets.write(example.records[0], 0, example.plan, values);
    const auto& transform = reader.options().target_transform();
    if (!transform) return values;
    const std::string path = reader.path_of(example.records[0].name(0));
    values = call_hook("target_transform", path, [&] { return transform(values); });
    if (values.size() != target_size()) {
      throw ImageError(Reason::kHook, path,
                       "expected " + std::to_string(target_size()) + " numbers from the target_transform, got " +
                           std::to_string(values.size()) + " (target_size announces another number)");
    }
    return values;
  }

  std::size_t target_size() const {
    return static_cast<std::size_t>(reader.options().target_size().value_or(static_cast<std::int64_t>(targets.size())));
  }

  ExampleReader reader;
  TargetWriter targets;
};

CsvDataset::CsvDataset(const std::string& csv, const std::string& images, DatasetOptions options,
                       const CsvOptions& csv_options)
    : CsvDataset(read_csv(csv, csv_options), images, std::move(options)) {}

CsvDataset::CsvDataset(AnnotationTable table, const std::string& images, DatasetOptions options)
    : state_(std::make_shared<const State>(ExampleReader(table, images, std::move(options), Targets::kOne))) {}

CsvDataset::CsvDataset(std::shared_ptr<const State> state) : state_(std::move(state)) {}

torch::data::Example<> CsvDataset::get(std::size_t index) {
  const auto spec = data_spec();
  std::vector<std::int64_t> sizes{1};
  sizes.insert(sizes.end(), spec.sizes.begin(), spec.sizes.end());
  auto data = at::empty(sizes, at::TensorOptions(spec.dtype).memory_format(spec.memory_format));
  auto target = at::empty(target_spec().sizes, at::TensorOptions(at::kFloat));
  StageTimes times;
  write_example(state_->reader.epoch().key(index), data.data_ptr(), target.data_ptr(), times);
  return {data.squeeze(0), target};
}

torch::optional<std::size_t> CsvDataset::size() const { return table().size(); }

CsvDataset CsvDataset::subset(const std::vector<std::size_t>& indices) const {
  return CsvDataset(std::make_shared<const State>(state_->reader.subset(indices)));
}

void CsvDataset::set_epoch(std::uint64_t epoch, std::uint64_t seed) { state_->reader.epoch().set(epoch, seed); }

const AnnotationTable& CsvDataset::table() const noexcept { return state_->reader.table(); }

const DatasetOptions& CsvDataset::options() const noexcept { return state_->reader.options(); }

RowSpec CsvDataset::data_spec() const { return image_spec(options()); }

RowSpec CsvDataset::target_spec() const {
  return {{static_cast<std::int64_t>(state_->target_size())}, c10::ScalarType::Float, c10::MemoryFormat::Contiguous};
}

void CsvDataset::write_example(const ExampleKey& key, void* data, void* target, StageTimes& times) const {
  const auto example = state_->reader.read(key, data, times);
  with_place(table(), key.index, [&] {
    const auto values = state_->target(example);
    std::memcpy(target, values.data(), values.size() * sizeof(float));
  });
}

Plan CsvDataset::plan(const ExampleKey& key) const { return state_->reader.plan(key); }

ExplainedExample CsvDataset::explain(const ExampleKey& key) const { return state_->reader.explain(key); }

std::string CsvDataset::fingerprint() const { return state_->reader.fingerprint(); }

}  // namespace boxfeed
