#pragma once

#include <boxfeed/core/file.h>
#include <boxfeed/core/image_size.h>
#include <boxfeed/core/stage_times.h>
#include <boxfeed/data/dataset_options.h>
#include <boxfeed/image/image_decoder.h>
#include <boxfeed/image/pixel_writer.h>

#include <functional>
#include <memory>
#include <mutex>
#include <opencv2/core/mat.hpp>
#include <string>
#include <utility>
#include <vector>

#include "data/example_planner.h"

namespace boxfeed {

/// Brings an image from its file into its row of a batch: read, planned, decoded, resampled, preprocessed, written.
///
/// Thread safety: every method may be called from any number of threads; each works with memory that is kept for the
/// next call.
class ImageReader {
 public:
  /// Plans an example as soon as the size of its image is known; `path` serves the messages.
  using Draw = std::function<PlannedExample(ImageSize displayed, const std::string& path)>;

  /// Throws: `std::invalid_argument` for wrong options.
  ImageReader(const std::string& folder, const DatasetOptions& options);
  ~ImageReader();

  /// Writes the image `name` to `row`. Throws: `ImageError` without a place; what `draw` throws.
  PlannedExample read(const std::string& name, const Draw& draw, void* row, StageTimes& times) const;

  /// What `read` would do; decodes nothing. Throws: as `read`.
  PlannedExample plan(const std::string& name, const Draw& draw) const;

  /// What `read` does, and the image before the hook, the normalisation and the tensor. Throws: as `read`.
  std::pair<PlannedExample, cv::Mat> explain(const std::string& name, const Draw& draw) const;

  const Folder& folder() const noexcept { return folder_; }

 private:
  struct Workspace;
  /// A workspace taken from those that nobody uses, and given back at the end of the scope.
  class Lease;

  /// Reads the file and its header, and plans.
  PlannedExample begin(Workspace& space, const std::string& name, const std::string& path, const Draw& draw,
                       StageClock& clock) const;
  /// The image as the plan makes it.
  cv::Mat render(Workspace& space, const Plan& plan, const std::string& path, StageClock& clock) const;
  void write(const cv::Mat& pixels, const std::string& path, void* row) const;

  Folder folder_;
  DatasetOptions options_;
  PixelWriter writer_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Workspace>> free_;
};

}  // namespace boxfeed
