#include "data/example_reader.h"

#include <boxfeed/annotations/box_policy.h>

#include <exception>
#include <stdexcept>
#include <utility>

#include "data/dataset_options.h"
#include "data/fingerprint.h"
#include "data/records.h"

namespace boxfeed {

using namespace transforms;

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
auto ExampleReader::at_source(const ExampleKey& key, const std::vector<std::size_t>& sources, std::size_t k,
                              const Work& work) const {
  return with_place(table_, sources[k], [&] {
    try {
      return work();
    } catch (const ImageError& error) {
      if (k == 0) throw;
      const auto own = table_.place(key.index);
      std::throw_with_nested(error.with_note("mixed into example " + std::to_string(own.index) + ", " +
                                             own.annotation_path + ":" + std::to_string(own.line)));
    }
  });
}

PlannedExample ExampleReader::begin(ImageReader::Session& session, const ExampleKey& key) const {
  if (key.index >= table_.size()) {
    throw std::out_of_range("dataset: expected an index below " + std::to_string(table_.size()) + ", got " +
                            std::to_string(key.index));
  }
  const MixDraft draft = planner_.begin(table_, key);
  std::vector<ImageSize> sizes;
  for (std::size_t k = 0; k < draft.sources.size(); ++k) {
    sizes.push_back(
        at_source(key, draft.sources, k, [&] { return session.open(k, std::string(table_.name(draft.sources[k]))); }));
  }
  PlannedExample example = with_place(
      table_, key.index, [&] { return planner_.draw(table_, key, draft, sizes, path_of(table_.name(key.index))); });
  example.sources = draft.sources;
  session.planned();
  return example;
}

cv::Mat ExampleReader::render(ImageReader::Session& session, const ExampleKey& key,
                              const PlannedExample& example) const {
  if (!example.mix) return at_source(key, example.sources, 0, [&] { return session.render(0, example.plan); });
  cv::Mat mixed;
  for (std::size_t i = 0; i < example.mix->layers.size(); ++i) {
    const auto& layer = example.mix->layers[i];
    paste(*example.mix, i,
          at_source(key, example.sources, layer.source, [&] { return session.render(layer.source, layer.plan); }),
          mixed);
    session.planned();
  }
  return mixed;
}

PlannedExample ExampleReader::read(const ExampleKey& key, void* row, StageTimes& times) const {
  ImageReader::Session session(*images_, times);
  PlannedExample example = begin(session, key);
  const cv::Mat pixels = render(session, key, example);
  with_place(table_, key.index, [&] { session.write(pixels, row); });
  return example;
}

Plan ExampleReader::plan(const ExampleKey& key) const {
  StageTimes times;
  ImageReader::Session session(*images_, times);
  return begin(session, key).plan;
}

ExplainedExample ExampleReader::explain(const ExampleKey& key) const {
  StageTimes times;
  ImageReader::Session session(*images_, times);
  PlannedExample example = begin(session, key);
  cv::Mat image = render(session, key, example).clone();
  auto labels = example.labels();
  return {std::move(example.plan), std::move(labels), std::move(image)};
}

std::string ExampleReader::fingerprint() const { return fingerprint_of(table_, options_); }

}  // namespace boxfeed
