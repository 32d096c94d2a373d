#include "data/example_reader.h"

#include <boxfeed/annotations/box_policy.h>

#include <stdexcept>
#include <utility>

#include "data/dataset_options.h"
#include "data/fingerprint.h"
#include "data/records.h"

namespace boxfeed {
namespace {

DatasetOptions checked(DatasetOptions options) {
  check_options(options);
  return options;
}

}  // namespace

ExampleReader::ExampleReader(const AnnotationTable& table, const std::string& images, DatasetOptions options,
                             Targets targets)
    : options_(checked(std::move(options))),
      table_(apply_box_policy(table, options_.box_policy()).table),
      targets_(targets),
      images_(std::make_shared<const ImageReader>(images, options_)),
      epoch_(std::make_shared<EpochCounter>()),
      planner_(table_, options_, targets) {
  if (options_.check_files()) check_image_files(table_, images_->folder());
}

ExampleReader::ExampleReader(const ExampleReader& other, AnnotationTable table)
    : options_(other.options_),
      table_(std::move(table)),
      targets_(other.targets_),
      images_(other.images_),
      epoch_(other.epoch_),
      planner_(other.planner_) {}

ExampleReader ExampleReader::subset(const std::vector<std::size_t>& indices) const {
  return ExampleReader(*this, table_.subset(indices));
}

template <typename Work>
auto ExampleReader::with_example(const ExampleKey& key, const Work& work) const {
  if (key.index >= table_.size()) {
    throw std::out_of_range("dataset: expected an index below " + std::to_string(table_.size()) + ", got " +
                            std::to_string(key.index));
  }
  return with_place(table_, key.index, [&] {
    const ImageReader::Draw draw = [&](ImageSize displayed, const std::string& path) {
      return planner_.draw(table_, key, displayed, path);
    };
    return work(std::string(table_.name(key.index)), draw);
  });
}

PlannedExample ExampleReader::read(const ExampleKey& key, void* row, StageTimes& times) const {
  return with_example(key, [&](const std::string& name, const ImageReader::Draw& draw) {
    return images_->read(name, draw, row, times);
  });
}

Plan ExampleReader::plan(const ExampleKey& key) const {
  return with_example(
      key, [&](const std::string& name, const ImageReader::Draw& draw) { return images_->plan(name, draw).plan; });
}

ExplainedExample ExampleReader::explain(const ExampleKey& key) const {
  return with_example(key, [&](const std::string& name, const ImageReader::Draw& draw) {
    auto [example, image] = images_->explain(name, draw);
    return ExplainedExample{std::move(example.plan), std::move(image)};
  });
}

std::string ExampleReader::fingerprint() const { return fingerprint_of(table_, options_); }

}  // namespace boxfeed
