#include <boxfeed/data/csv_dataset.h>
#include <boxfeed/data/detection_dataset.h>
#include <boxfeed/data/image_dataset.h>

#include "data/cache_rules.h"
#include "data/example_reader.h"
#include "data/fingerprint.h"

namespace boxfeed {

using namespace transforms;

template <typename Self, typename Example>
torch::optional<std::size_t> ImageDataset<Self, Example>::size() const {
  return reader_->table().size();
}

template <typename Self, typename Example>
Self ImageDataset<Self, Example>::subset(const std::vector<std::size_t>& indices) const {
  return static_cast<const Self&>(*this).with(
      std::make_shared<const ExampleReader>(*reader_, reader_->table().subset(indices)));
}

template <typename Self, typename Example>
const AnnotationTable& ImageDataset<Self, Example>::table() const noexcept {
  return reader_->table();
}

template <typename Self, typename Example>
const DatasetOptions& ImageDataset<Self, Example>::options() const noexcept {
  return reader_->options();
}

template <typename Self, typename Example>
void ImageDataset<Self, Example>::set_seed(std::uint64_t seed) {
  reader_->shared().seed = seed;
}

template <typename Self, typename Example>
void ImageDataset<Self, Example>::set_epoch(std::uint64_t epoch) {
  reader_->shared().epoch = epoch;
}

template <typename Self, typename Example>
Plan ImageDataset<Self, Example>::plan(const ExampleKey& key) const {
  return reader_->plan(key);
}

template <typename Self, typename Example>
ExplainedExample ImageDataset<Self, Example>::explain(const ExampleKey& key) const {
  return reader_->explain(key);
}

template <typename Self, typename Example>
BoxReport ImageDataset<Self, Example>::box_report() const {
  return reader_->shared().box_report();
}

template <typename Self, typename Example>
BoxCounts ImageDataset<Self, Example>::box_counts() const {
  const auto& shared = reader_->shared();
  return {shared.boxes_read, shared.boxes_dropped};
}

template <typename Self, typename Example>
CacheStats ImageDataset<Self, Example>::cache_stats() const {
  return reader_->shared().images.cache_stats();
}

template <typename Self, typename Example>
std::uint64_t ImageDataset<Self, Example>::cacheable_bytes() const {
  const bool can_have_one = !options().cache() && options().decode().pixel_type() == PixelType::kUInt8;
  return can_have_one ? cache_bytes(table().size(), options()) : 0;
}

template <typename Self, typename Example>
std::string ImageDataset<Self, Example>::fingerprint() const {
  return fingerprint_of(table(), options());
}

template class ImageDataset<CsvDataset, torch::data::Example<>>;
template class ImageDataset<DetectionDataset, DetectionExample>;

}  // namespace boxfeed
