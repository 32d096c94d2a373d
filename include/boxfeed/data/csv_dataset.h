#pragma once

#include <boxfeed/annotations/annotation_table.h>
#include <boxfeed/annotations/csv_reader.h>
#include <boxfeed/core/random.h>
#include <boxfeed/core/stage_times.h>
#include <boxfeed/data/dataset_options.h>
#include <boxfeed/data/explained_example.h>
#include <boxfeed/data/row_spec.h>
#include <torch/data/datasets/base.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace boxfeed {

/// Images named in a CSV, and the numbers beside them: one example a row, read from disk when it is asked for.
///
/// `get(i)` returns the image as data (C, H, W), float32 in [0, 1] by default, and the label columns of row i, in the
/// file's order, as target (T), float32. A box follows its image to the new size.
///
/// ```cpp
/// boxfeed::CsvDataset dataset("data.csv", "images", boxfeed::DatasetOptions().image_size({64, 48}));
/// auto example = dataset.get(0);  // data (3, 64, 48), target (4) for a CSV with the columns image, x, y, h, w
/// ```
///
/// Copies share everything, so they cost nothing.
/// Thread safety: every method may be called from any number of threads, on copies and on one object.
class CsvDataset : public torch::data::datasets::Dataset<CsvDataset> {
 public:
  /// Reads the CSV, no image. `images` is the folder that the names in the CSV are relative to.
  /// Throws: `AnnotationError`; `Error` for a file that `check_files` found missing; `std::invalid_argument` for wrong
  /// options.
  CsvDataset(const std::string& csv, const std::string& images, DatasetOptions options = {},
             const CsvOptions& csv_options = {});

  /// The same from a table that stands already.
  CsvDataset(AnnotationTable table, const std::string& images, DatasetOptions options = {});

  /// One example, in the epoch of `set_epoch`. Throws: `ImageError` with the place of its row, with `kBoxLost` where
  /// the pipeline loses its only box; `std::out_of_range`.
  torch::data::Example<> get(std::size_t index) override;

  /// The epoch whose random numbers `get` uses, of this object, its copies and its subsets: to be set between epochs
  /// where the loader is LibTorch's, which has no epochs of its own. (boxfeed's loader brings epoch and seed itself.)
  void set_epoch(std::uint64_t epoch, std::uint64_t seed = 0);

  torch::optional<std::size_t> size() const override;

  /// The examples at `indices`, in that order: half of a split, for instance. What is random about an example follows
  /// from its place in the subset, so that one that is there twice differs from itself.
  CsvDataset subset(const std::vector<std::size_t>& indices) const;

  const AnnotationTable& table() const noexcept;
  const DatasetOptions& options() const noexcept;

  /// What `write_example` writes as data.
  RowSpec data_spec() const;
  /// What `write_example` writes as target.
  RowSpec target_spec() const;
  /// Writes one example into memory that stands already, laid out as the specs say, and books the time of each stage.
  /// Throws: as `get`; then the memory's content is undefined.
  void write_example(const ExampleKey& key, void* data, void* target, StageTimes& times) const;

  /// What happens to the example in that epoch, from its image's header alone: `plan(key).explain()`, and
  /// `plan(key).to_original(boxes)`, which takes predictions back to the photograph. Throws: as `get`.
  transforms::Plan plan(const ExampleKey& key) const;
  /// The same with the image. Throws: as `get`.
  ExplainedExample explain(const ExampleKey& key) const;

  /// Checksums of the rows, of every option that changes a tensor, and of the pipeline (of hooks and a user's own
  /// transforms only that they are there, and their names).
  std::string fingerprint() const;

 private:
  struct State;
  explicit CsvDataset(std::shared_ptr<const State> state);
  std::shared_ptr<const State> state_;
};

}  // namespace boxfeed
