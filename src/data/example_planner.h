#pragma once

#include <boxfeed/annotations/annotation_record.h>
#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/core/image_size.h>
#include <boxfeed/core/random.h>
#include <boxfeed/data/dataset_options.h>
#include <boxfeed/transforms/mixer.h>
#include <boxfeed/transforms/plan.h>

#include <cstddef>
#include <string>
#include <vector>

namespace boxfeed {

/// How many objects an example may have.
enum class Targets {
  kOne,   ///< as its record has; an example that loses one is an error
  kMany,  ///< any number
};

/// An example before any of its pixels is decoded.
struct PlannedExample : transforms::MixPlan {
  /// The examples that it is made of, itself first.
  std::vector<std::size_t> sources;
  /// One for each source, its boxes as the box policy leaves them.
  std::vector<AnnotationRecord> records;
  /// The class of each box of the plan; 0 where there are no classes.
  std::vector<std::int64_t> labels() const;
};

/// Draws what will happen to an example, its labels included, from its record, the size of its image and its key.
///
/// Thread safety: any number of threads.
class ExamplePlanner {
 public:
  /// Throws: `std::invalid_argument` for `flip_pairs` that an object of the table does not have, and for mixes with
  /// single targets.
  ExamplePlanner(const AnnotationTable& table, const DatasetOptions& options, Targets targets);

  /// What an example is made of: its `begin` is before `draw`.
  const transforms::Mixer& mixer() const noexcept { return mixer_; }

  /// `records` and `displayed` are those of the sources, and the sizes of their images; `boxes` is the number that the
  /// example's own record had before the box policy; `path`, the first one's, serves the messages.
  /// Throws: `ImageError` with `kHook` for what a transform threw, and with `kOutside` or `kBoxLost` for a single
  /// target that is lost.
  PlannedExample draw(const ExampleKey& key, const transforms::MixDraft& draft, std::vector<AnnotationRecord> records,
                      const std::vector<ImageSize>& displayed, std::size_t boxes, const std::string& path) const;

 private:
  Targets targets_;
  FlipPairs flip_pairs_;
  bool has_transforms_;
  transforms::Mixer mixer_;
};

}  // namespace boxfeed
