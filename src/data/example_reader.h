#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/core/random.h>
#include <boxfeed/core/stage_times.h>
#include <boxfeed/data/dataset_options.h>
#include <boxfeed/data/explained_example.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "data/epoch_counter.h"
#include "data/example_planner.h"
#include "data/image_reader.h"

namespace boxfeed {

/// What every dataset of this library is: records, their images, and how an example is made of them.
///
/// Thread safety: every method may be called from any number of threads.
class ExampleReader {
 public:
  /// Throws: `AnnotationError` for boxes that the policy refuses; `Error` for files that `check_files` found missing;
  /// `std::invalid_argument` for wrong options.
  ExampleReader(const AnnotationTable& table, const std::string& images, DatasetOptions options, Targets targets);

  ExampleReader subset(const std::vector<std::size_t>& indices) const;

  const AnnotationTable& table() const noexcept { return table_; }
  const DatasetOptions& options() const noexcept { return options_; }
  std::size_t most_sources() const { return planner_.most_sources(); }
  EpochCounter& epoch() const noexcept { return *epoch_; }
  std::string path_of(std::string_view name) const { return images_->folder().path_of(name); }

  /// Writes the image to `row`. Throws: `ImageError` with its place; `AnnotationError`; `std::out_of_range`.
  PlannedExample read(const ExampleKey& key, void* row, StageTimes& times) const;
  /// What `read` would do, from the image's header. Throws: as `read`.
  transforms::Plan plan(const ExampleKey& key) const;
  /// Throws: as `read`.
  ExplainedExample explain(const ExampleKey& key) const;
  std::string fingerprint() const;

 private:
  ExampleReader(const ExampleReader& other, AnnotationTable table);

  /// Opens the images of an example and plans it.
  PlannedExample begin(ImageReader::Session& session, const ExampleKey& key) const;
  /// The pixels of a planned example.
  cv::Mat render(ImageReader::Session& session, const ExampleKey& key, const PlannedExample& example) const;
  /// What `work` returns. What it throws about source number k of an example gets its place.
  template <typename Work>
  auto at_source(const ExampleKey& key, const std::vector<std::size_t>& sources, std::size_t k, const Work& work) const;

  DatasetOptions options_;
  AnnotationTable table_;
  Targets targets_;
  std::shared_ptr<const ImageReader> images_;
  std::shared_ptr<EpochCounter> epoch_;
  ExamplePlanner planner_;
};

}  // namespace boxfeed
