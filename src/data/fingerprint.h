#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/data/dataset_options.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace boxfeed {

/// A 64-bit checksum of what makes a dataset what it is, the same on every machine of one byte order.
/// Source: XXH3 of Collet's xxHash.
class Fingerprint {
 public:
  Fingerprint();
  ~Fingerprint();

  void add(const AnnotationTable& table);
  /// Without the pipeline.
  void add(const DatasetOptions& options);
  void add(const transforms::Pipeline& pipeline);
  std::uint64_t value() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The checksums of rows, options and pipeline, each by its name, so that one sees which of them differs.
std::string fingerprint_of(const AnnotationTable& table, const DatasetOptions& options);

}  // namespace boxfeed
