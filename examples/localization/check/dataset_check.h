#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "data/data_files.h"
#include "data/image_scan.h"

namespace localization {

enum class Severity {
  kError,    ///< must be mended
  kWarning,  ///< should be looked at
  kNote,     ///< good to know
};

/// Something that the check found.
struct Finding {
  Severity severity = Severity::kError;
  std::string kind;  ///< a word, as `boxfeed::reason_name` or one of the check's own
  std::string file;
  std::size_t line = 0;  ///< counted from 1; 0: the file as a whole, or a format without lines
  std::string image;     ///< empty where no image is meant
  std::string text;
};

/// The smallest, the middle and the largest of some numbers.
struct Spread {
  double min = 0;
  double median = 0;
  double max = 0;
};

/// What was found, and what the data set is like.
struct DatasetReport {
  std::vector<std::string> descriptions;  ///< how each annotation file was understood
  std::string images_folder;
  std::size_t images = 0;
  std::size_t boxes = 0;
  std::size_t keypoints = 0;  ///< those that are there
  std::size_t numbers = 0;
  std::size_t images_without_boxes = 0;
  std::vector<std::pair<std::string, std::size_t>> classes;  ///< boxes of each class
  std::vector<std::pair<std::string, std::size_t>> formats;  ///< images of each file format
  /// By name, such as "box width", in pixels; ratios are width / height.
  std::vector<std::pair<std::string, Spread>> spreads;
  /// Errors first; within a severity in the order of files and lines.
  std::vector<Finding> findings;

  std::size_t count(Severity severity) const;
};

/// What is to be checked.
struct CheckOptions {
  DataFiles files;
  ScanDepth depth = ScanDepth::kEnd;
  std::size_t threads = 1;
};

/// Checks annotations and images in one pass and stops at nothing. `progress` is told how many of all images are done.
/// The report does not depend on the number of threads.
DatasetReport check_dataset(const CheckOptions& options, const std::function<void(std::size_t, std::size_t)>& progress);

}  // namespace localization
