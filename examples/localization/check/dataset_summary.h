#pragma once

#include <boxfeed/annotations/annotation_table.h>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "check/dataset_check.h"
#include "data/image_scan.h"

namespace localization {

/// Counts and sizes of images and boxes.
class DatasetSummary {
 public:
  void add(const boxfeed::AnnotationTable& table, std::size_t i, const ScannedImage& image);
  void fill(DatasetReport& report) const;

 private:
  std::size_t images_ = 0;
  std::size_t boxes_ = 0;
  std::size_t keypoints_ = 0;
  std::size_t numbers_ = 0;
  std::size_t empty_ = 0;
  std::map<std::string, std::size_t> classes_;
  std::map<std::string, std::size_t> formats_;
  std::map<std::string, std::vector<double>> values_;
};

}  // namespace localization
