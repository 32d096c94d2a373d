#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/box_policy.h>
#include <boxfeed/core/error.h>
#include <boxfeed/core/random.h>
#include <boxfeed/core/stage_times.h>
#include <boxfeed/data/dataset_options.h>
#include <boxfeed/data/image_dataset.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "data/example_planner.h"
#include "data/image_reader.h"

namespace boxfeed {

/// The road of an example: its record, the plan of what happens to it, its pixels, its row of a batch. What goes wrong
/// on it gets the place of the record that it is about.
///
/// Thread safety: every method may be called from any number of threads.
class ExampleReader {
 public:
  /// What a dataset, its copies and its subsets have in common.
  struct Shared {
    Shared(const std::string& folder, const DatasetOptions& options) : images(folder, options) {}

    /// Adds what the box policy did to a record, the first time.
    void note(const AnnotationTable& table, std::size_t index, const BoxReport& report);
    BoxReport box_report() const;

    const ImageReader images;
    std::atomic<std::uint64_t> seed{0};
    std::atomic<std::uint64_t> epoch{0};
    std::atomic<std::uint64_t> boxes_read{0};
    std::atomic<std::uint64_t> boxes_dropped{0};

   private:
    friend ExampleReader;
    mutable std::mutex mutex_;
    BoxReport report_;            // guarded by mutex_
    std::vector<bool> reported_;  // guarded by mutex_; by row of the table
  };

  /// Throws: `AnnotationError` for boxes that the policy refuses, and for two records of one image whose boxes differ;
  /// `Error` for files that `check_files` found missing; `std::invalid_argument` for wrong options.
  ExampleReader(const AnnotationTable& table, const std::string& images, DatasetOptions options, Targets targets);
  /// The same for other records of the same table.
  ExampleReader(const ExampleReader& other, AnnotationTable table);

  const AnnotationTable& table() const noexcept { return table_; }
  const DatasetOptions& options() const noexcept { return options_; }
  std::size_t most_sources() const { return planner_.mixer().most_sources(); }
  Shared& shared() const noexcept { return *shared_; }
  /// Example `index` of the epoch that was set.
  ExampleKey key(std::size_t index) const noexcept { return {shared_->seed, shared_->epoch, index}; }

  /// The image file of record `index`, for messages.
  std::string path(std::size_t index) const { return shared_->images.folder().path_of(table_.name(index)); }

  /// Writes the image to `row` and returns what `use` makes of the example.
  /// Throws: `ImageError` with its place; `AnnotationError`; `std::out_of_range`.
  template <typename Use>
  auto read(const ExampleKey& key, void* row, StageTimes& times, const Use& use) const {
    return on_road(key, times, [&](Road& road, PlannedExample& example) {
      road.session.write(render(road, example), row);
      shared_->boxes_read += example.plan.kept.size() + example.plan.dropped.size();
      shared_->boxes_dropped += example.plan.dropped.size();
      return use(example);
    });
  }
  /// What `read` would do, from the image's header. Throws: as `read`.
  transforms::Plan plan(const ExampleKey& key) const;
  /// Throws: as `read`.
  ExplainedExample explain(const ExampleKey& key) const;

 private:
  /// An example on its way.
  struct Road {
    Road(const ExampleKey& example, const ImageReader& images, StageTimes& times)
        : key(example), session(images, times), record(example.index) {}
    const ExampleKey& key;
    ImageReader::Session session;
    /// The record that is dealt with: the example's own, or that of another one which is mixed into it.
    std::size_t record;
  };

  /// Opens the images of an example, plans it and returns what `use` makes of it.
  template <typename Use>
  auto on_road(const ExampleKey& key, StageTimes& times, const Use& use) const {
    check_index(key.index);
    Road road(key, shared_->images, times);
    try {
      PlannedExample example = begin(road);
      return use(road, example);
    } catch (const ImageError& error) {
      rethrow_with_place(error, road);
    }
  }

  void check_index(std::size_t index) const;
  PlannedExample begin(Road& road) const;
  /// The pixels of a planned example.
  cv::Mat render(Road& road, const PlannedExample& example) const;
  [[noreturn]] void rethrow_with_place(const ImageError& error, const Road& road) const;

  DatasetOptions options_;
  AnnotationTable table_;
  std::shared_ptr<Shared> shared_;
  ExamplePlanner planner_;
};

}  // namespace boxfeed
