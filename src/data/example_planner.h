#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/core/image_size.h>
#include <boxfeed/data/dataset_options.h>
#include <boxfeed/data/row_spec.h>
#include <boxfeed/transforms/plan.h>

#include <optional>
#include <string>

namespace boxfeed {

/// How many objects an example may have.
enum class Targets {
  kOne,   ///< as its record has; an example that loses one is an error
  kMany,  ///< any number
};

/// An example before any of its pixels is decoded.
struct PlannedExample {
  /// One record, its boxes as the box policy leaves them.
  AnnotationTable record;
  /// `kept` and `dropped` count the record's boxes.
  Plan plan;
};

/// Draws what will happen to an example, its labels included, from its record, the size of its image and its key.
///
/// Thread safety: any number of threads.
class ExamplePlanner {
 public:
  /// Throws: `std::invalid_argument` for `flip_pairs` that an object of the table does not have.
  ExamplePlanner(const AnnotationTable& table, const DatasetOptions& options, Targets targets);

  /// `displayed` is the size of the image, `path` serves the messages.
  /// Throws: `CsvError` for a box that the policy refuses; `ImageError` with `kHook` for what a transform threw, and
  /// with `kOutside` or `kBoxLost` for a single target that is lost.
  PlannedExample draw(const AnnotationTable& table, const ExampleKey& key, ImageSize displayed,
                      const std::string& path) const;

 private:
  Plan plan_of(const AnnotationTable& record, const ExampleKey& key, ImageSize displayed,
               const std::string& path) const;
  void exchange_flipped(Plan& plan, std::size_t keypoints_per_object) const;

  DatasetOptions options_;
  Targets targets_;
  /// The pipeline of the options with what brings its end to `image_size`.
  std::optional<Pipeline> pipeline_;
};

}  // namespace boxfeed
