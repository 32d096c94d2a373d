#pragma once

#include <boxfeed/core/file.h>
#include <boxfeed/core/image_size.h>
#include <boxfeed/core/plane_map.h>
#include <boxfeed/core/stage_times.h>
#include <boxfeed/data/dataset_options.h>
#include <boxfeed/image/image_decoder.h>
#include <boxfeed/image/pixel_writer.h>
#include <boxfeed/image/resampler.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace boxfeed {

/// Brings an image from its file into its row of a batch: read, decoded, resized, preprocessed, written.
///
/// Thread safety: `read` may be called from any number of threads; each works with memory that is kept for the next
/// call.
class ImageReader {
 public:
  /// What a target needs to know of the image that was read.
  struct Result {
    ImageSize original;
    PlaneMap to_output;
  };

  /// Throws: `std::invalid_argument` for wrong options.
  ImageReader(const std::string& folder, const DatasetOptions& options);
  ~ImageReader();

  /// Writes the image `name` to `row`. Throws: `ImageError` without a place.
  Result read(const std::string& name, void* row, StageTimes& times) const;

  const Folder& folder() const noexcept { return folder_; }

 private:
  struct Workspace;
  /// A workspace taken from those that nobody uses, and given back at the end of the scope.
  class Lease;

  void write(const cv::Mat& pixels, const std::string& path, void* row) const;

  Folder folder_;
  DatasetOptions options_;
  PixelWriter writer_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Workspace>> free_;
};

}  // namespace boxfeed
