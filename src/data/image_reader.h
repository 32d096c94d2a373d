#pragma once

#include <boxfeed/core/file.h>
#include <boxfeed/core/image_size.h>
#include <boxfeed/core/stage_times.h>
#include <boxfeed/data/dataset_options.h>
#include <boxfeed/image/pixel_writer.h>
#include <boxfeed/transforms/plan.h>

#include <cstddef>
#include <memory>
#include <mutex>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

namespace boxfeed {

/// Brings images from their files into rows of a batch.
///
/// Thread safety: any number of threads, each with sessions of its own.
class ImageReader {
 public:
  class Session;

  /// Throws: `std::invalid_argument` for wrong options.
  ImageReader(const std::string& folder, const DatasetOptions& options);
  ~ImageReader();

  const Folder& folder() const noexcept { return folder_; }
  CacheStats cache_stats() const;

 private:
  struct Workspace;
  struct Cache;

  Folder folder_;
  DatasetOptions options_;
  PixelWriter writer_;
  std::unique_ptr<Cache> cache_;  ///< none where the options ask for none
  /// Memory that nobody uses now.
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Workspace>> free_;
};

/// The work on one example: its images are opened, then rendered as planned, then written. What is thrown is an
/// `ImageError` without a place.
class ImageReader::Session {
 public:
  struct File;

  /// Books the time of each stage.
  Session(const ImageReader& reader, StageTimes& times);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  /// Finds image number `k` of this example in the cache, or reads its file and header; returns its size as displayed.
  ImageSize open(std::size_t k, const std::string& name);
  /// The file of image number `k`, for messages.
  const std::string& path(std::size_t k) const;
  /// Notes that the plan is drawn.
  void planned() { clock_.lap(Stage::kGeometry); }
  /// Image number `k` as the plan makes it, in memory that the next call uses again.
  cv::Mat render(std::size_t k, const transforms::Plan& plan);
  /// Has the hook called, and writes the pixels of the example to `row`.
  void write(cv::Mat pixels, void* row);

 private:
  void read(File& file);
  /// The file of an image that was planned as the cache knows it.
  void read_as_planned(File& file, const transforms::Plan& plan);
  /// From the file. What these three return is before the colors are changed.
  const cv::Mat& render_file(File& file, const transforms::Plan& plan);
  /// The output's pixels, from the cache where it has just these.
  const cv::Mat& render_exact(File& file, const transforms::Plan& plan);
  /// From the reduced image in the cache, which is made where it is not there.
  const cv::Mat& render_reduced(File& file, const transforms::Plan& plan);

  const ImageReader& reader_;
  std::unique_ptr<Workspace> space_;
  StageClock clock_;
};

}  // namespace boxfeed
